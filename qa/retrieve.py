"""All legs fused: every sentence of the library, scored for a question.

Each leg's scores are put on one scale (z-scores over the library's sentences) and added by weight.
Rank fusion was measured and is worse: it forgets how far apart the scores are. No leg filters: what one
does not find, another may. `reading` comes next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.chunks import Row
from index.library import Library
from qa import settings
from qa.question import Question


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with its score, higher is better, and what each leg said of it.

    The score is the fused one, or once it was read the chance that the sentence answers. Reading adds the
    log-odds that it answers rather than nothing in its window does, and the likeliest short answer in it,
    half-open offsets into its text, with the log-odds of that.
    """

    row: int
    sentence: Row
    score: float
    legs: dict[str, float]
    odds: float = 0.0
    span: tuple[int, int] | None = None
    span_odds: float = 0.0


def retrieve(library: Library, question: Question, top: int | None = None) -> list[Candidate]:
    """The sentences of the library, best first; ties in the order of the library.

    `top` limits how many; None gives all.
    """
    legs = library.legs(question.text, question.language)
    fused = fuse(legs, settings.WEIGHTS)
    order = np.argsort(-fused, kind="stable")[:top]
    return [
        Candidate(
            int(row),
            library.rows[row],
            float(fused[row]),
            {name: round(float(scores[row]), 6) for name, scores in legs.items()},
        )
        for row in order
    ]


def fuse(legs: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The weighted sum of the legs' z-scores, one for each row, rounded to 1e-6 so that ties are ties.

    `weights` names the legs to be fused, which must be among `legs`.
    """
    total: NDArray[np.float64] = sum((w * zscores(legs[name]) for name, w in weights.items()), start=np.zeros(1))
    return np.round(total, 6)


def zscores(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores less their mean, over their standard deviation; all 0 where they do not differ."""
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    standard: NDArray[np.float64] = (scores - scores.mean()) / spread
    return standard

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
from qa.scope import EVERYTHING, Scope


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


def retrieve(
    library: Library, question: Question, top: int | None = None, scope: Scope = EVERYTHING
) -> list[Candidate]:
    """The sentences of the library that are in the scope, best first; ties in the order of the library.

    `top` limits how many; None gives all. None are found in an empty scope.
    """
    rows = scope.rows(library)
    if not len(rows):
        return []
    legs = library.legs(question.text, question.language, rows)
    foreign = library.chinese[rows] != (question.language == "zh")
    fused = fuse(legs, settings.WEIGHTS, foreign)
    order = np.argsort(-fused, kind="stable")[:top]
    return [
        Candidate(
            int(rows[at]),
            library.rows[rows[at]],
            float(fused[at]),
            {name: round(float(scores[at]), 6) for name, scores in legs.items()},
        )
        for at in order
    ]


def fuse(
    legs: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float], foreign: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """The weighted sum of the legs' z-scores, one for each row, rounded to 1e-6 so that ties are ties.

    `weights` names the legs to be fused, which must be among `legs`. `foreign` says which rows are in another language
    than the question: each language is put on a scale of its own, and theirs is raised by `settings.FOREIGN`,
    since even the best of them shares fewer words with the question.
    """
    other = np.zeros(len(next(iter(legs.values()))), dtype=bool) if foreign is None else foreign
    total: NDArray[np.float64] = sum((w * apart(legs[name], other) for name, w in weights.items()), start=np.zeros(1))
    fused: NDArray[np.float64] = np.round(total + np.where(other, settings.FOREIGN, 0.0), 6)
    return fused


def apart(scores: NDArray[np.float64], other: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The z-scores of two groups of rows, each by its own mean and deviation.

    Those of a small group lean on the whole's, as though `settings.APART_PRIOR` rows more were as all are together:
    three sentences have no deviation of their own.
    """
    if not other.any() or other.all():
        return zscores(scores)
    standard = np.empty(len(scores))
    mean, square = scores.mean(), scores.var()
    for group in (other, ~other):
        own, prior = scores[group], settings.APART_PRIOR
        centre = (own.sum() + prior * mean) / (len(own) + prior)
        spread = np.sqrt((((own - centre) ** 2).sum() + prior * square) / (len(own) + prior))
        standard[group] = (own - centre) / spread if spread >= 1e-9 else 0.0
    return standard


def zscores(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores less their mean, over their standard deviation; all 0 where they do not differ."""
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    standard: NDArray[np.float64] = (scores - scores.mean()) / spread
    return standard

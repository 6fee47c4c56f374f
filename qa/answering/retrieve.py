"""All legs fused: every sentence of the library, scored for a question.

Each leg's scores are put on one scale (z-scores over the library's sentences) and added by weight. In a large library
only the best rows of each leg are scored, on the same scale (see `index.scores.pool`).
Rank fusion was measured and is worse: it forgets how far apart the scores are. No leg filters: what one
does not find, another may. `reading` comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from index import settings as index_settings
from index.chunks import Row
from index.library import Library
from index.scores.totals import Totals
from qa import settings
from qa.answering.question import Question
from qa.answering.scope import EVERYTHING, Scope

# A deviation that is less is that of equal scores, of which the sums were rounded.
_LEAST = 1e-6


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


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """Rows, each leg's scores of them, and the fused ones."""

    rows: NDArray[np.int64]
    legs: Mapping[str, NDArray[np.float64]]
    scores: NDArray[np.float64]


class Ranking(Sequence[Candidate]):
    """The sentences that were found, best first, ties in the library's order; each is made when it is looked at."""

    def __init__(self, library: Library, fused: Fused, others: Callable[[NDArray[np.int64]], Fused]) -> None:
        """`others` fuses rows that were not found, on the same scale."""
        self._library, self._fused, self._others = library, fused, others
        self._order = np.argsort(-fused.scores, kind="stable")

    def of(self, rows: Sequence[int]) -> list[Candidate]:
        """These sentences of the library, those among them that were not found too."""
        wanted = np.array(rows, dtype=np.int64)
        places = np.searchsorted(self._fused.rows, wanted)
        near = np.minimum(places, len(self._fused.rows) - 1)
        if (self._fused.rows[near] == wanted).all():
            return [self._made(self._fused, int(place)) for place in places]
        fused = self._others(wanted)
        return [self._made(fused, place) for place in range(len(wanted))]

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, key: int) -> Candidate: ...
    @overload
    def __getitem__(self, key: slice) -> list[Candidate]: ...
    def __getitem__(self, key: int | slice) -> Candidate | list[Candidate]:
        if isinstance(key, slice):
            return [self._made(self._fused, int(place)) for place in self._order[key]]
        return self._made(self._fused, int(self._order[key]))

    def _made(self, fused: Fused, at: int) -> Candidate:
        legs = {name: round(float(scores[at]), 6) for name, scores in fused.legs.items()}
        row = int(fused.rows[at])
        return Candidate(row, self._library.rows[row], float(fused.scores[at]), legs)


def retrieve(library: Library, question: Question, scope: Scope = EVERYTHING) -> Ranking:
    """The sentences of the library that are in the scope, best first.

    Of a library or scope of more than `index.settings.SCORED_WHOLE` sentences, those that are among the best of a leg.
    None are found in an empty scope.
    """
    within = scope.within(library)
    rows = None if within is None else within.rows
    count = len(library.rows) if rows is None else len(rows)
    foreign = library.chinese != (question.language == "zh")
    if count <= index_settings.SCORED_WHOLE:

        def whole(rows: NDArray[np.int64], all: bool = False) -> Fused:
            legs = library.legs(question.text, question.language, None if all else rows)
            return Fused(rows, legs, fuse(legs, settings.WEIGHTS, foreign[rows]))

        if not count:
            return Ranking(library, Fused(np.arange(0), {}, np.zeros(0)), whole)
        return Ranking(library, whole(np.arange(count) if rows is None else rows, rows is None), whole)
    pool = library.pool(question.text, question.language, within)
    totals = {name: both[::-1] if question.language == "zh" else both for name, both in pool.totals.items()}

    def fused(rows: NDArray[np.int64], legs: Mapping[str, NDArray[np.float64]]) -> Fused:
        return Fused(rows, legs, fuse(legs, settings.WEIGHTS, foreign[rows], totals))

    return Ranking(library, fused(pool.rows, pool.legs), lambda rows: fused(rows, pool.score(rows)))


def fuse(
    legs: Mapping[str, NDArray[np.float64]],
    weights: Mapping[str, float],
    foreign: NDArray[np.bool_] | None = None,
    totals: Mapping[str, tuple[Totals, Totals]] | None = None,
) -> NDArray[np.float64]:
    """The weighted sum of the legs' z-scores, one for each row, rounded to 1e-6 so that ties are ties.

    `weights` names the legs to be fused, which must be among `legs`. `foreign` says which rows are in another language
    than the question: each language is put on a scale of its own, and theirs is raised by `settings.FOREIGN`,
    since even the best of them shares fewer words with the question. Where these rows are not all, `totals` are each
    leg's over all foreign rows and over all others.
    """
    other = np.zeros(len(next(iter(legs.values()))), dtype=bool) if foreign is None else foreign
    standard = [
        weight * (apart(legs[name], other) if totals is None else scaled(legs[name], other, totals[name]))
        for name, weight in weights.items()
    ]
    total: NDArray[np.float64] = sum(standard, start=np.zeros(1))
    fused: NDArray[np.float64] = np.round(total + np.where(other, settings.FOREIGN, 0.0), 6)
    return fused


def scaled(scores: NDArray[np.float64], other: NDArray[np.bool_], totals: tuple[Totals, Totals]) -> NDArray[np.float64]:
    """As `apart`, of some rows of two groups of which the totals are known."""
    whole, prior = totals[0] + totals[1], settings.APART_PRIOR
    standard = np.zeros(len(scores))
    for group, own in ((other, totals[0]), (~other, totals[1])):
        lean = prior if own.count < whole.count else 0.0
        centre = (own.sum + lean * whole.mean) / max(own.count + lean, 1.0)
        spread = np.sqrt((own.around(centre) + lean * whole.variance) / max(own.count + lean, 1.0))
        if spread >= _LEAST:
            standard[group] = (scores[group] - centre) / spread
    return standard


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

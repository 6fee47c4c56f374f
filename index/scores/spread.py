"""How the sentences of a library are spread over its paragraphs and over the two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.disk.members import Files
from index.scores.totals import Totals

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
# Of Chinese sentences, and of the others.
Both = tuple[Totals, Totals]

PARAGRAPHS, CHINESE = "sentence-paragraphs.npy", "sentence-chinese.npy"


class Spread:
    """The paragraph of each sentence, ascending, `(sentences,)`, and whether it is a Chinese one.

    ValueError where the arrays are of another kind, or some paragraph has no sentence.
    """

    def __init__(self, paragraphs: NDArray[np.int32], chinese: NDArray[np.bool_]) -> None:
        steps = np.diff(paragraphs, prepend=np.int32(-1))
        if paragraphs.dtype != np.int32 or chinese.dtype != bool or paragraphs.shape != chinese.shape:
            raise ValueError("the paragraphs of the sentences are of another kind or number")
        if paragraphs.ndim != 1 or not ((steps == 0) | (steps == 1)).all():
            raise ValueError("the paragraphs of the sentences are out of order")
        self.paragraph_of: Rows = paragraphs.astype(np.int64)
        self.chinese = chinese

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        return len(self.chinese), len(self.firsts) - 1

    def files(self) -> Files:
        """The names and contents of the files that keep this."""
        yield PARAGRAPHS, self.paragraph_of.astype(np.int32)
        yield CHINESE, self.chinese

    @classmethod
    def read(cls, files: Mapping[str, Any]) -> Spread:
        """What `files` made."""
        return cls(np.asarray(files[PARAGRAPHS]), np.asarray(files[CHINESE]))

    @cached_property
    def firsts(self) -> Rows:
        """The first sentence of each paragraph, and the number of sentences."""
        count = int(self.paragraph_of[-1]) + 1 if len(self.paragraph_of) else 0
        return np.searchsorted(self.paragraph_of, np.arange(count + 1))

    def within(self, paragraphs: Iterable[int]) -> list[Rows]:
        """The sentences of each of these paragraphs."""
        return [np.arange(self.firsts[one], self.firsts[one + 1]) for one in paragraphs]

    def around(self, allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """Which paragraphs have one of the sentences that are allowed, `(paragraphs,)`; None for all."""
        return None if allowed is None else np.logical_or.reduceat(allowed, self.firsts[:-1])

    def totals(self, scores: Scores) -> Both:
        """The totals of the scores of all sentences."""
        if self.chinese.all():
            return Totals.of(scores), Totals()
        if not self.chinese.any():
            return Totals(), Totals.of(scores)
        chinese = self.chinese.astype(np.float64)
        return Totals.of(scores, chinese), Totals.of(scores, 1 - chinese)

    def paragraph_totals(self, scores: Scores) -> Both:
        """The same of the scores of all paragraphs, each counted as often as it has sentences."""
        chinese, others = self._lengths
        return Totals.of(scores, chinese), Totals.of(scores, others)

    @cached_property
    def sample(self) -> Rows:
        """Some sentences of each language, by which all can be judged: short runs, evenly apart."""
        found = []
        for own in (np.flatnonzero(self.chinese), np.flatnonzero(~self.chinese)):
            runs = min(settings.SAMPLE_RUNS, -(-len(own) // settings.SAMPLE_RUN))
            starts = np.arange(runs) * len(own) // max(runs, 1)
            places = (starts[:, None] + np.arange(settings.SAMPLE_RUN)).ravel()
            found.append(own[np.unique(places[places < len(own)])])
        return np.sort(np.concatenate(found))

    def totals_like(self, rows: Rows, scores: Scores) -> Both:
        """The same where the scores of these sentences are known, and all others' are taken to be like them."""
        found = []
        for language in (True, False):
            own = Totals.of(scores[self.chinese[rows] == language])
            times = np.count_nonzero(self.chinese == language) / max(own.count, 1.0)
            found.append(Totals(own.count * times, own.sum * times, own.squares * times))
        return found[0], found[1]

    @cached_property
    def _lengths(self) -> tuple[Scores, Scores]:
        """How many sentences each paragraph has if it is Chinese, and if it is not."""
        lengths, chinese = np.diff(self.firsts).astype(np.float64), self.chinese[self.firsts[:-1]]
        return lengths * chinese, lengths * ~chinese

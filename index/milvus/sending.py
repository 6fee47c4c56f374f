"""Rows of documents on their way into a collection, and what they add to all that is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.joined import Joined
from index.dense.moments import Moments
from index.milvus.collection import Collection, Place, entity
from index.milvus.engine import LEVELS, Both
from index.milvus.frame import Frame
from index.milvus.rows import SparseRows
from index.milvus.shelved import Shelved
from index.milvus.state import State
from index.milvus.statistics import Counts
from index.milvus.texts import Texts

Progress = Callable[[str, int, int], None]
# Sentences that are looked at together.
GROUP = 4_096


class Sending:
    """Rows of documents on their way into a collection."""

    def __init__(
        self, collection: Collection, frame: Frame, texts: Texts, vectors: tuple[Joined, Joined], shelved: Shelved
    ) -> None:
        self._collection, self._frame, self._texts = collection, frame, texts
        self._vectors, self._keys, self._firsts = vectors, shelved.keys, shelved.firsts

    @property
    def rows(self) -> int:
        """How many there are."""
        return int(self._firsts[-1].sum())

    def all(
        self,
        counts: tuple[Counts, Counts],
        moments: Both,
        sent: frozenset[str],
        write: Callable[[Iterable[str]], None],
        progress: Progress,
    ) -> Both:
        """Send all but what was sent; add all to the counts, and give the moments with them.

        `write` is called with the keys of the parts that the server has.
        """
        total = int(self._firsts[-1, 0])
        for low, high in self._groups():
            progress("loading", int(self._firsts[low, 0]), total)
            new = [number for number in range(low, high) if self._keys[number] not in sent]
            batch: list[dict[str, Any]] = []
            found = []
            for level in LEVELS:
                words, dense, chinese, times = self._rows(level, low, high)
                counts[level].add(words, chinese, times)
                found.append(moments_of(dense, chinese, times))
                vectors, first = words.vectors() if new else [], int(self._firsts[low, level])
                for number in new:
                    for row in range(int(self._firsts[number, level]), int(self._firsts[number + 1, level])):
                        place = Place(self._keys[number], level, row - int(self._firsts[number, level]))
                        at = row - first
                        batch.append(entity(place, bool(chinese[at]), int(words.lengths[at]), dense[at], vectors[at]))
                        if len(batch) == settings.MILVUS_ROWS:
                            self._collection.upsert(batch)
                            batch = []
            if batch:
                self._collection.upsert(batch)
            moments = plus(moments, (found[0], found[1]))
            write(self._keys[number] for number in new)
        progress("loading", total, total)
        return moments

    def _groups(self) -> Iterator[tuple[int, int]]:
        """Half-open ranges of documents, each of some `GROUP` sentences."""
        low = 0
        while low < len(self._keys):
            most = self._firsts[low, 0] + GROUP
            high = max(low + 1, int(np.searchsorted(self._firsts[:, 0], most, side="right")) - 1)
            yield low, high
            low = high

    def _rows(
        self, level: int, low: int, high: int
    ) -> tuple[SparseRows, NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]:
        """The rows of these documents: words, vectors, which are Chinese, how many sentences each counts for."""
        first, last = (int(self._firsts[one, level]) for one in (low, high))
        chinese = self._texts.chinese[level][first:last]
        words = SparseRows.of(self._texts.bags[level], first, last, self._frame.lengths[level])
        dense = self._frame.dense(level, self._vectors[level][first:last], chinese)
        return words, dense, chinese, self._texts.times[level][first:last]


class Removed:
    """What documents that are gone have counted for; read at once, while it is there."""

    def __init__(self, state: State, before: Shelved, gone: Shelved, collection: Collection) -> None:
        firsts, numbers = before.firsts, {key: number for number, key in enumerate(before.keys)}
        vectors = gone.vectors(state.frame.dim)
        lengths = np.diff(state.spread.firsts)
        paragraphs = state.spread.chinese[state.spread.firsts[:-1]]
        self._levels = []
        for level in LEVELS:
            ranges = [np.arange(firsts[numbers[key], level], firsts[numbers[key] + 1, level]) for key in gone.keys]
            rows = np.concatenate([np.arange(0), *ranges])
            places = [
                Place(key, level, row) for key, own in zip(gone.keys, ranges, strict=True) for row in range(len(own))
            ]
            chinese = paragraphs[rows] if level else state.spread.chinese[rows]
            times = lengths[rows] if level else np.ones(len(rows), np.int64)
            dense = state.frame.dense(level, vectors[level][: len(rows)], chinese)
            self._levels.append((collection.words(places), dense, chinese, times))

    def taken(self, counts: tuple[Counts, Counts], moments: Both) -> Both:
        """The moments without them; from the counts they are taken off."""
        found = []
        for of, (words, dense, chinese, times) in zip(counts, self._levels, strict=True):
            of.add(words, chinese, times, -1)
            found.append(moments_of(dense, chinese, times))
        return plus(moments, (found[0], found[1]), -1)


def moments_of(
    dense: NDArray[np.float32], chinese: NDArray[np.bool_], times: NDArray[np.int64]
) -> tuple[Moments, Moments]:
    """The moments of Chinese rows and of others, each counted so many times."""
    return Moments.of(dense, times * chinese), Moments.of(dense, times * ~chinese)


def nothing(dim: int) -> Both:
    """The moments of no rows."""
    none = Moments(0.0, np.zeros(dim), np.zeros((dim, dim)))
    return (none, none), (none, none)


def plus(one: Both, other: Both, sign: int = 1) -> Both:
    """Moments with others, or with -1 without them."""
    found = [
        tuple(a + b if sign > 0 else a - b for a, b in zip(*pair, strict=True)) for pair in zip(one, other, strict=True)
    ]
    return (found[0][0], found[0][1]), (found[1][0], found[1][1])

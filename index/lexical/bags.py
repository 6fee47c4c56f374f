"""The terms of chunks as numbers: one long array, and where each chunk's begin."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.disk.stored import Stored

# How many terms are looked at together where all chunks are gone through. More only take more memory: the postings of
# a million chunks of 30 terms are made in 4.5 s and 195 MB so, in 5.4 s and 287 MB with eight times as many.
BLOCK = 1 << 17


class TermIds(dict[str, int]):
    """The numbers of terms: a term that is new gets the next, from `free` on."""

    def __init__(self, known: Mapping[str, int] | None = None, free: int = 0) -> None:
        super().__init__(known or {})
        self.free = free

    def __missing__(self, term: str) -> int:
        found = self[term] = self.free
        self.free += 1
        return found


class Bags:
    """The terms of every chunk by their ids, repeated and in order as they stand in it.

    `ids` is `(tokens,)` int32; those of chunk i are `ids[starts[i]:starts[i + 1]]`, `starts` `(chunks + 1,)` int64.
    """

    def __init__(self, ids: Stored, starts: NDArray[np.int64]) -> None:
        """ValueError where the arrays are of another kind or do not fit each other."""
        if ids.dtype != np.int32 or starts.dtype != np.int64 or starts.ndim != 1:
            raise ValueError("the bags of terms are of another kind")
        if not len(starts) or starts[0] != 0 or starts[-1] != len(ids):
            raise ValueError("the bags do not hold all the terms")
        self.ids, self.starts = ids, starts

    @classmethod
    def count(cls, chunks: Iterable[Sequence[str]], numbers: TermIds) -> Bags:
        """The terms of these chunks, which are gone through once, by their numbers; the arrays may be written to."""
        ids, starts = array("i"), array("q", [0])
        for terms in chunks:
            ids.extend([numbers[term] for term in terms])
            starts.append(len(ids))
        return cls(np.frombuffer(ids, np.int32), np.frombuffer(starts, np.int64))

    def bag(self, row: int) -> NDArray[np.int32]:
        """The ids of the terms of a chunk, `(terms,)`."""
        return self.ids[int(self.starts[row]) : int(self.starts[row + 1])]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def blocks(self, tokens: int = BLOCK) -> Iterator[tuple[int, int]]:
        """Half-open ranges of chunks, in order and all of them, each of so many terms at most or of one chunk."""
        first = 0
        while first < len(self):
            last = int(np.searchsorted(self.starts, self.starts[first] + tokens, side="right")) - 1
            last = max(last, first + 1)
            yield first, last
            first = last

    def arrays(self, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
        """The names of the files, which begin with `name`, and the arrays, that keep this; the first is large."""
        yield f"{name}-terms.npy", self.ids[:]
        yield f"{name}-term-starts.npy", self.starts

    @classmethod
    def of(cls, arrays: Mapping[str, Any], name: str) -> Bags:
        """What `arrays` gave under this name."""
        return cls(arrays[f"{name}-terms.npy"], np.asarray(arrays[f"{name}-term-starts.npy"]))

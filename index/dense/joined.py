"""The vectors of several documents as the rows of one array, which are read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from index.dense.encoder import Vectors
from index.disk.stored import Stored


class Joined:
    """A `Stored` of the arrays that these give, one after the other; `lengths` are how many rows each has."""

    dtype = np.dtype(np.float32)

    def __init__(self, read: Sequence[Callable[[], Stored]], lengths: Sequence[int], dim: int) -> None:
        self._read, self._firsts = read, np.array(list(accumulate(lengths, initial=0)), dtype=np.int64)
        self.shape = (int(self._firsts[-1]), dim)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any, /) -> Vectors:
        """The rows of a slice without a step, or of whole numbers that are not negative, in their order."""
        rows = np.arange(*key.indices(len(self))) if isinstance(key, slice) else np.asarray(key, dtype=np.int64)
        found = np.empty((len(rows), self.shape[1]), dtype=np.float32)
        of = np.searchsorted(self._firsts, rows, side="right") - 1
        for one in np.unique(of).tolist():
            own = of == one
            places = rows[own] - self._firsts[one]
            run = len(places) == places[-1] - places[0] + 1 and bool((np.diff(places) == 1).all())
            found[own] = self._read[one]()[int(places[0]) : int(places[-1]) + 1] if run else self._read[one]()[places]
        return found

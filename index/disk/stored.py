"""What the index asks of an array that lies in memory or on disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Stored(Protocol):
    """A numpy array, or one on disk of which only the rows that are asked for are read."""

    @property
    def shape(self) -> tuple[int, ...]:
        """As numpy's."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """As numpy's."""
        ...

    def __len__(self) -> int:
        """How many rows there are."""
        ...

    def __getitem__(self, rows: Any, /) -> NDArray[Any]:
        """These rows, in memory: `rows` is a slice without a step, or int64 `(m,)`."""
        ...


def blocks(rows: Stored, size: int) -> Iterator[tuple[int, NDArray[Any]]]:
    """The rows by blocks of at most `size`, each with the number of its first."""
    count = rows.shape[0]
    for first in range(0, count, size):
        yield first, rows[first : min(first + size, count)]

"""A fixed random rotation, after which every coordinate of a unit row is nearly normal with variance 1 / dim.

Random signs and Walsh-Hadamard transforms of overlapping halves. They are additions only, so that a row's result is
the same bit for bit in any batch and with any number of threads, which that of a matrix product is not.
"""

from __future__ import annotations

import numpy as np

from index.dense.encoder import Vectors

ROUNDS = 4
# Rows turned at once: 400 KB at 384 dimensions, which a core's cache holds.
BLOCK = 256


class Rotation:
    """The rotation of rows of `dim`, which are filled with zeros to `width`, a multiple of 4."""

    def __init__(self, dim: int) -> None:
        self.width = -(-dim // 4) * 4
        self._span = 1 << (self.width.bit_length() - 1)
        signs = np.random.default_rng(0).integers(0, 2, (ROUNDS, self.width))
        self._signs = (2 * signs - 1).astype(np.float32)

    def turn(self, rows: Vectors) -> Vectors:
        """The rows `(n, dim)` turned, `(n, width)` float32; their inner products stay the same to 1e-6."""
        turned = np.empty((len(rows), self.width), dtype=np.float32)
        for first in range(0, len(rows), BLOCK):
            some = rows[first : first + BLOCK]
            columns = np.zeros((self.width, len(some)), dtype=np.float32)
            columns[: some.shape[1]] = some.T
            self._turn(columns)
            turned[first : first + BLOCK] = columns.T
        return turned

    def _turn(self, columns: Vectors) -> None:
        """Turn columns `(width, n)` in place."""
        last = self.width - self._span
        for number, signs in enumerate(self._signs):
            columns *= signs[:, None]
            first = last if number % 2 else 0
            half = columns[first : first + self._span]
            _hadamard(half)
            half *= np.float32(self._span**-0.5)


def _hadamard(columns: Vectors) -> None:
    """The Walsh-Hadamard transform of each column, in place; their length is a power of two."""
    span, count = columns.shape
    step = 1
    while step < span:
        pairs = columns.reshape(span // (2 * step), 2, step * count)
        left, right = pairs[:, 0], pairs[:, 1]
        sums = left + right
        np.subtract(left, right, out=right)
        left[...] = sums
        step *= 2

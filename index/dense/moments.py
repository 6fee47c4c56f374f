"""The mean and the variance of a question's cosines with all rows, without looking at the rows.

The mean of `q·x` is `q·mean(x)`, that of its square `q·mean(x xᵀ)·q`. Coordinates are taken in whole steps of 2^-16 and
weights are whole, so every sum is exact up to 2^21 of weight: one set of rows has one result, whatever the number of
threads, and in whatever order its parts are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.dense.encoder import Vectors
from index.disk.stored import Stored, blocks
from index.scores.totals import Totals

STEPS = 2.0**16
# What a block's sums stay exact for in float64: 53 bits, less twice the 16 of a coordinate.
WEIGHT_MAX = 2**21
# Rows multiplied at once: 3 MB in float64 at 384 dimensions.
BLOCK = 1_024


@dataclass(frozen=True, slots=True)
class Moments:
    """Of weighted unit rows: their `weight`, their `first` moment `(dim,)` and their `second` `(dim, dim)`.

    Both are sums, not means, in float64, so that those of two sets of rows can be added.
    """

    weight: float
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    NAMES = ("weight", "first", "second")

    @classmethod
    def of(cls, rows: Stored, weights: NDArray[np.int64] | None = None) -> Moments:
        """Of unit rows `(n, dim)`, each counted `weights` `(n,)` times, or once; ValueError for a negative weight."""
        count, dim = rows.shape
        weights = np.ones(count, dtype=np.int64) if weights is None else weights
        if weights.shape != (count,) or (weights < 0).any():
            raise ValueError(f"expected {count} weights, none below 0")
        first, second = np.zeros(dim), np.zeros((dim, dim))
        for start, block in blocks(rows, BLOCK):
            times = weights[start : start + len(block)]
            if (total := int(times.sum())) > WEIGHT_MAX:
                raise ValueError(f"expected weights of {WEIGHT_MAX:,} at most in {BLOCK:,} rows, found {total:,}")
            if not total:
                continue
            some = np.rint(block.astype(np.float64) * STEPS)
            # the same array twice, where that serves: half the work, by symmetry
            weighted = some if (times == 1).all() else some * times[:, None]
            first += weighted.sum(axis=0)
            second += weighted.T @ some
        return cls(float(weights.sum()), first / STEPS, second / STEPS**2)

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.weight + other.weight, self.first + other.first, self.second + other.second)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.weight - other.weight, self.first - other.first, self.second - other.second)

    def mean_and_square(self, question: Vectors) -> tuple[float, float]:
        """The mean of the rows' cosines with a question's vector `(dim,)`, and the mean of their squares.

        Both 0 where there is no weight.
        """
        asked = question.astype(np.float64)
        weight = max(self.weight, 1.0)
        # not `@`: a matrix times a vector is summed in another order by two threads than by one
        squares = np.einsum("i,i->", asked, np.einsum("ij,j->i", self.second, asked))
        return float(np.einsum("i,i->", self.first, asked)) / weight, float(squares) / weight

    def totals(self, question: Vectors) -> Totals:
        """The totals of the rows' cosines with a question's vector, each counted by its weight."""
        mean, square = self.mean_and_square(question)
        return Totals(self.weight, self.weight * mean, self.weight * square)

    def arrays(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """The arrays that keep this, each with its name."""
        yield "weight", np.array([self.weight])
        yield "first", self.first
        yield "second", self.second

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[Any]]) -> Moments:
        """What `arrays` gave; ValueError where they do not fit each other."""
        weight, first, second = (arrays[name] for name in cls.NAMES)
        shapes = (weight.shape, first.ndim, second.shape)
        if shapes != ((1,), 1, first.shape * 2) or {a.dtype.str for a in (weight, first, second)} != {"<f8"}:
            raise ValueError("the moments of the vectors are of another kind or length")
        return cls(float(weight[0]), first, second)

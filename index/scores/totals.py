"""How many numbers there are, their sum and the sum of their squares: what a mean and a deviation are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Totals:
    """The count, the sum and the sum of the squares of numbers that need not be at hand; numbers may have weights."""

    count: float = 0.0
    sum: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Totals:
        """Those of values, each counted as often as its weight says, or once; summed in one order always."""
        if weights is None:
            return cls(len(values), float(np.add.reduce(values)), float(np.einsum("i,i->", values, values)))
        return cls(
            float(np.add.reduce(weights)),
            float(np.einsum("i,i->", values, weights)),
            float(np.einsum("i,i,i->", values, values, weights)),
        )

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.count + other.count, self.sum + other.sum, self.squares + other.squares)

    @property
    def mean(self) -> float:
        """The mean; 0 where there are no numbers."""
        return self.sum / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """The variance of these numbers; 0 where there are none."""
        return self.around(self.mean) / self.count if self.count else 0.0

    def around(self, centre: float) -> float:
        """The sum of the squares of the distances from a number."""
        return max(0.0, self.squares - 2 * centre * self.sum + self.count * centre * centre)

"""The best rows of each leg, together, where a library has too many rows to score every one in every leg.

What a leg says of a row that is no leg's best would not bring it to the top. Each leg's mean and deviation are still
those over all rows: of words they are summed, of vectors they follow from the moments (see `moments`), so that a score
stands on the same scale as if all had been scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.totals import Totals

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]

# Scores among which the greatest is looked for at once: the k-th greatest of these is no more than the k-th of all.
_STRIDE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Rows, ascending, each leg's scores of them, and each leg's totals over all Chinese rows and over the others.

    `score` gives each leg's scores of any other rows.
    """

    rows: Rows
    legs: Mapping[str, Scores]
    totals: Mapping[str, tuple[Totals, Totals]]
    score: Callable[[Rows], Mapping[str, Scores]]


def best(scores: Scores, k: int, allowed: NDArray[np.bool_] | None = None) -> Rows:
    """The places of the k greatest scores above 0, greatest first, ties by the lower place; among those allowed."""
    if allowed is not None:
        scores = np.where(allowed, scores, 0.0)
    found = np.flatnonzero(scores >= max(_floor(scores, k), np.nextafter(0.0, 1.0)))
    order = np.argsort(-scores[found], kind="stable")[:k]
    return found[order]


def _floor(scores: Scores, k: int) -> float:
    """A score that at least k others reach, or 0: the k-th greatest of the greatest of each stride."""
    whole = len(scores) - len(scores) % _STRIDE
    greatest = scores[:whole].reshape(-1, _STRIDE).max(axis=1)
    return float(np.partition(greatest, len(greatest) - k)[len(greatest) - k]) if len(greatest) >= k else 0.0

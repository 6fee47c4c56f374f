"""The best of many scores, without a sort of all: ties, which are told after rounding to 1e-6, by the lower row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Rows = NDArray[np.int32]

# Scores that differ by less may be equal once they are rounded to 1e-6.
MARGIN = 2e-6
# The rows of one set of which the best is found first, to know what the k best score at least.
GROUP = 64


def best(scores: Scores, k: int, allowed: NDArray[np.bool_] | None = None) -> Rows:
    """The rows of the k highest scores above 0, best first; of those allowed, where some are not."""
    if allowed is not None:
        scores = np.where(allowed, scores, 0.0)
    rows = above(scores, least(scores, k))
    return top(rows, scores[rows], k)[0]


def _kth(scores: Scores, k: int) -> float:
    """The k-th highest score; 0 where there are fewer."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) if len(scores) >= k else 0.0


def least(scores: Scores, k: int) -> float:
    """A score that k of these reach, near to the k-th highest; 0 where it finds none.

    It is the k-th highest of the best of groups, since of each group one row at least has its best.
    """
    groups = len(scores) // GROUP
    return _kth(scores[: groups * GROUP].reshape(GROUP, groups).max(axis=0), k)


def above(scores: Scores, least: float) -> Rows:
    """The rows, in order, that score and that may be no less than `least` once they are rounded."""
    return np.flatnonzero(scores > max(least - MARGIN, 0.0)).astype(np.int32)


def top(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k best of these rows, which are in order; the scores rounded, ties by row."""
    scores = np.round(scores, 6)
    least = _kth(scores, k)
    over, ties = np.flatnonzero(scores > least), np.flatnonzero((scores == least) & (scores > 0))
    kept = np.sort(np.concatenate([over, ties[: k - len(over)]]))
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    return rows[kept], scores[kept]

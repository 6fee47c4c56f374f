"""What is right, worked out as plainly as can be: BM25 by its formula, term after term, and every cosine.

The formula is that of BM25+ (Lv and Zhai 2011) as rank_bm25 has it, less what it adds for absent terms, see
`index.lexical.leg`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from eval.bench.speed.contestant import BEST
from eval.bench.speed.synthetic import Terms, Vectors
from index import settings

Scores = NDArray[np.float64]

# Rows of which the cosines are worked out at once.
_ROWS = 50_000


def bm25(ids: Terms, starts: NDArray[np.int64], question: Sequence[int]) -> Scores:
    """The scores of all chunks for a question's terms, each of which counts once; `(chunks,)`, at least 0."""
    lengths = np.diff(starts)
    b, k1 = settings.BM25_B, settings.BM25_K1
    norm = k1 * (1 - b + b * lengths / lengths.mean())
    scores = np.zeros(len(lengths))
    for term in dict.fromkeys(question):
        at = np.searchsorted(starts, np.flatnonzero(ids == term), side="right") - 1
        counts = np.bincount(at, minlength=len(lengths))
        there = int(np.count_nonzero(counts))
        if there:
            scores += log((len(lengths) + 1) / there) * counts * (k1 + 1) / (norm + counts)
    return scores


def nearest(rows: Vectors, asked: Vectors) -> list[list[int]]:
    """The `BEST` rows by their cosine with each question, best first, ties by row; both have unit rows."""
    best = np.full((len(asked), 0), 0.0), np.full((len(asked), 0), 0)
    for low in range(0, len(rows), _ROWS):
        cosines = np.round(asked.astype(np.float64) @ rows[low : low + _ROWS].T.astype(np.float64), 6)
        numbers = np.broadcast_to(np.arange(low, low + cosines.shape[1]), cosines.shape)
        scores, places = np.hstack([best[0], cosines]), np.hstack([best[1], numbers])
        order = np.argsort(-scores, axis=1, kind="stable")[:, :BEST]
        best = np.take_along_axis(scores, order, 1), np.take_along_axis(places, order, 1)
    return [[int(row) for row in places] for places in best[1]]


def recall(found: Sequence[Sequence[int]], right: Sequence[Sequence[int]]) -> float:
    """The share of the right rows that were found, over all questions that were asked."""
    pairs = list(zip(found, right, strict=False))
    return sum(len({*there} & {*wanted}) for there, wanted in pairs) / sum(len(wanted) for _, wanted in pairs)

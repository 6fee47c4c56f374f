"""Chunks as sparse vectors: how far a chunk's repeats of a term count, for each of its terms.

The score of BM25 is the inner product of such a vector with a question's, which has the weights of terms (idf): so no
vector changes when a document comes or goes. A weight has 32 bits on the server; from it and the chunk's length the
count of the term is found again, and from that the exact weight, so that scores are the embedded index's to the last
digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.lexical import impacts
from index.lexical.bags import Bags

Ints = NDArray[np.int64]
Scores = NDArray[np.float64]
# A chunk without a term has this dimension, since no vector may be empty; terms begin after it, and no question has it.
EMPTY = 0


@dataclass(frozen=True, slots=True, eq=False)
class SparseRows:
    """The vectors of some chunks: those of chunk i are `dims[starts[i]:starts[i + 1]]` and `weights` likewise.

    `starts` is `(chunks + 1,)`, `dims` `(postings,)` int64, without `EMPTY`, `weights` float32 and `lengths`
    `(chunks,)` the number of terms, at least 1.
    """

    starts: Ints
    dims: Ints
    weights: NDArray[np.float32]
    lengths: Ints

    @classmethod
    def of(cls, bags: Bags, first: int, last: int, mean: float) -> SparseRows:
        """The chunks `first` to `last` of these bags, whose ids are dimensions, where chunks are so long on average."""
        sizes = np.diff(bags.starts[first : last + 1])
        ids = bags.ids[int(bags.starts[first]) : int(bags.starts[last])].astype(np.int64)
        span = int(ids.max(initial=0)) + 1
        keys, counts = np.unique(np.repeat(np.arange(last - first), sizes) * span + ids, return_counts=True)
        rows, lengths = keys // span, np.maximum(sizes, 1)
        weights = saturations(counts, lengths[rows], mean).astype(np.float32)
        return cls(np.searchsorted(rows, np.arange(last - first + 1)), keys % span, weights, lengths)

    @classmethod
    def fetched(cls, given: Sequence[tuple[Mapping[int, float], int]]) -> SparseRows:
        """Of vectors as the server gives them, each with its chunk's length."""
        kept = [{dim: weight for dim, weight in vector.items() if dim != EMPTY} for vector, _ in given]
        total = sum(map(len, kept))
        return cls(
            np.cumsum([0, *map(len, kept)]),
            np.fromiter((dim for one in kept for dim in one), np.int64, total),
            np.fromiter((weight for one in kept for weight in one.values()), np.float32, total),
            np.array([length for _, length in given], dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def rows(self) -> Ints:
        """The chunk of each posting."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def vectors(self) -> list[dict[int, float]]:
        """As the server takes them."""
        dims, weights, starts = self.dims.tolist(), self.weights.tolist(), self.starts.tolist()
        return [
            dict(zip(dims[low:high], weights[low:high], strict=True)) or {EMPTY: 1.0} for low, high in pairwise(starts)
        ]

    def scores(self, weights: Sequence[tuple[int, float]], mean: float) -> tuple[Scores, Scores]:
        """The BM25 of every chunk for the terms of these dimensions and idf, added up in their order, not rounded.

        And the sum of the squares of what each term adds, likewise `(chunks,)`.
        """
        scores, squares, rows = np.zeros(len(self)), np.zeros(len(self)), self.rows
        for dim, idf in weights:
            at = np.flatnonzero(self.dims == dim)
            own = rows[at]
            part = idf * saturations(self._counts(at, own, mean), self.lengths[own], mean)
            scores[own] += part
            squares[own] += part**2
        return scores, squares

    def _counts(self, at: Ints, rows: Ints, mean: float) -> Ints:
        """How often the terms of some postings stand in their chunks: what the weight was made of."""
        k1, b = settings.BM25_K1, settings.BM25_B
        weights, long = self.weights[at].astype(np.float64), self.lengths[rows]
        counts = weights * k1 * (1 - b + b * long / mean) / np.maximum(k1 + 1 - weights, 1e-9)
        return np.rint(counts).clip(1, long).astype(np.int64)


def saturations(counts: Ints, lengths: Ints, mean: float) -> NDArray[np.float64]:
    """How far terms count that stand so often in chunks of such lengths, as the embedded index has it."""
    span = int(lengths.max(initial=0)) + 1
    pairs, place = np.unique(counts * span + lengths, return_inverse=True)
    of = impacts.saturations(pairs // span, pairs % span, mean, settings.BM25_K1, settings.BM25_B)
    return of[place]

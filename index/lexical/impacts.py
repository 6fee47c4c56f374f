"""BM25 of a set of chunks, compiled once: a sparse matrix, term by chunk, of which a question adds up some columns.

rank_bm25's BM25Plus stays the model: its own code gives the weight of a term and how far a chunk's repeats of it
count. The latter hangs on two numbers only, how often the term stands in the chunk and how long that is, and few
such pairs are distinct, so a posting is a row and the number of its pair: 6 bytes, with no loss, where a weight in
float64 and a row take 12. What Plus adds for absent terms is left out, so that a chunk without any term scores 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.disk.stored import Stored
from index.lexical.bags import Bags

Scores = NDArray[np.float64]
Rows = NDArray[np.int32]

# So many pairs of count and length can have numbers of 16 bits.
PAIRS = 1 << 16
# Postings are added up so many at a time, which keeps what lies between within a core's cache.
BLOCK = 1 << 14


class Column(NamedTuple):
    """A term of a question: its weight, and the half-open range of its postings."""

    idf: float
    start: int
    end: int


class Impacts:
    """The postings of every term, in the order of terms and then of rows.

    `rows` is `(postings,)` int32 and `codes` `(postings,)` uint16 or uint32; a posting of the term t lies in
    `starts[t]:starts[t + 1]`, with `starts` `(terms + 1,)` int64, and counts `saturations[code]` times the weight of
    its term. Both large arrays are read in slices only.
    """

    def __init__(
        self, rows: Stored, codes: Stored, starts: NDArray[np.int64], saturations: Scores, chunks: int
    ) -> None:
        """ValueError where the arrays are of another kind or do not fit each other."""
        kinds = rows.dtype == np.int32 and codes.dtype in (np.uint16, np.uint32)
        if not kinds or starts.dtype != np.int64 or saturations.dtype != np.float64:
            raise ValueError("the postings are of another kind")
        if not len(starts) or starts[0] != 0 or not starts[-1] == len(rows) == len(codes):
            raise ValueError("the terms do not have all the postings")
        self.rows, self.codes, self.starts, self.saturations = rows, codes, starts, saturations
        self.chunks = chunks

    @classmethod
    def build(cls, bags: Bags, terms: int, k1: float, b: float) -> Impacts:
        """The postings of these bags, whose ids are below `terms`; an empty chunk is as long as one of one term.

        Goes through the bags twice, block by block: once to count, once to put every posting in its place.
        """
        lengths = np.maximum(np.diff(bags.starts), 1)
        sizes, size = np.unique(lengths, return_inverse=True)
        size = size.astype(np.int32)
        df = np.zeros(terms, dtype=np.int64)
        repeated = np.zeros(0, dtype=np.int64)
        for _, term, row, tf in _postings(bags):
            df += np.bincount(term, minlength=terms)
            more = np.flatnonzero(tf > 1)
            repeated = np.union1d(repeated, tf[more] * len(sizes) + size[row[more]])
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(df)])
        rows = np.empty(starts[-1], dtype=np.int32)
        # the pairs of one occurrence come first, by their length; those of more after them
        pairs = len(sizes) + len(repeated)
        codes = np.empty(starts[-1], dtype=np.uint16 if pairs <= PAIRS else np.uint32)
        free = starts[:-1].copy()
        for heads, term, row, tf in _postings(bags):
            counts = np.diff(heads, append=len(term))
            places = np.repeat(free[term[heads]] - heads, counts) + np.arange(len(term))
            free[term[heads]] += counts
            code = size[row]
            more = np.flatnonzero(tf > 1)
            code[more] = len(sizes) + np.searchsorted(repeated, tf[more] * len(sizes) + code[more])
            rows[places], codes[places] = row, code
        tfs = np.concatenate([np.ones(len(sizes), np.int64), repeated // max(len(sizes), 1)])
        long = np.concatenate([sizes, sizes[repeated % max(len(sizes), 1)]])
        mean = int(lengths.sum()) / max(len(bags), 1)
        return cls(rows, codes, starts, saturations(tfs, long, mean, k1, b), len(bags))

    def __len__(self) -> int:
        return self.chunks

    def idf(self, term: int | None) -> float:
        """The weight of a term: ln((N + 1) / df), and that of df = 1 for None and for one that no chunk holds."""
        df = 0 if term is None else int(self.starts[term + 1] - self.starts[term])
        return idf(self.chunks, max(df, 1))

    def scores(self, terms: Sequence[int]) -> Scores:
        """The BM25 of every chunk for these terms, each taken once, `(chunks,)`; at least 0, not rounded."""
        scores = np.zeros(self.chunks)
        for column in self._columns(terms):
            self._add(column, scores)
        return scores

    def _columns(self, terms: Sequence[int]) -> list[Column]:
        """The terms that some chunk holds, the rarest first: scores are added up in this order everywhere."""
        columns = (Column(self.idf(t), int(self.starts[t]), int(self.starts[t + 1])) for t in sorted(set(terms)))
        return sorted((c for c in columns if c.end > c.start), key=lambda c: c.end - c.start)

    def _add(self, column: Column, scores: Scores) -> None:
        weights = column.idf * self.saturations
        rows, codes = self.rows[column.start : column.end], self.codes[column.start : column.end]
        for start in range(0, len(rows), BLOCK):
            # three times as fast as `scores[places] +=`, and faster yet with numpy's own kind of integer
            places = rows[start : start + BLOCK].astype(np.intp)
            np.add.at(scores, places, weights.take(codes[start : start + BLOCK], mode="clip"))

    def arrays(self, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
        """The names of the files, which begin with `name`, and the arrays, that keep this; the first two are large."""
        yield f"{name}-posting-rows.npy", self.rows[:]
        yield f"{name}-posting-codes.npy", self.codes[:]
        yield f"{name}-posting-starts.npy", self.starts
        yield f"{name}-saturations.npy", self.saturations

    @classmethod
    def of(cls, arrays: Mapping[str, Any], name: str, chunks: int) -> Impacts:
        """What `arrays` gave under this name, of so many chunks."""
        rows, codes = arrays[f"{name}-posting-rows.npy"], arrays[f"{name}-posting-codes.npy"]
        starts, saturations = (np.asarray(arrays[f"{name}-{one}.npy"]) for one in ("posting-starts", "saturations"))
        return cls(rows, codes, starts, saturations, chunks)


def _postings(
    bags: Bags,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """The postings of each block of chunks by term and row: where each term's begin, their terms, rows and counts."""
    for first, last in bags.blocks():
        bits = (last - first - 1).bit_length()
        local = np.repeat(np.arange(last - first), np.diff(bags.starts[first : last + 1]))
        ids = bags.ids[int(bags.starts[first]) : int(bags.starts[last])]
        keys = ids.astype(np.int64) << bits | local
        keys.sort()
        heads = _heads(keys)
        tf = np.diff(heads, append=len(keys))
        keys = keys[heads]
        term = keys >> bits
        yield _heads(term), term, first + (keys & ((1 << bits) - 1)), tf


def _heads(values: NDArray[Any]) -> NDArray[np.int64]:
    """Where each run of equal values begins."""
    new = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return np.flatnonzero(new)


def _model(**settings: float) -> Any:
    """rank_bm25's model without any chunk of its own."""
    from rank_bm25 import BM25Plus

    return BM25Plus([[""]], **settings)


@lru_cache(maxsize=1 << 16)
def idf(chunks: int, df: int) -> float:
    """What rank_bm25 makes of a term that stands in `df` of so many chunks."""
    model = _model()
    model.corpus_size = chunks
    model._calc_idf({"": df})
    return float(model.idf[""])


def saturations(tf: NDArray[np.int64], lengths: NDArray[np.int64], mean: float, k1: float, b: float) -> Scores:
    """What rank_bm25 makes of a term of weight 1 that stands so often in chunks of such lengths, `(pairs,)`."""
    model = _model(k1=k1, b=b, delta=0)
    model.doc_freqs = [{"": count} for count in tf.tolist()]
    model.doc_len = lengths.tolist()
    model.corpus_size, model.avgdl, model.idf = len(tf), mean, {"": 1.0}
    found: Scores = model.get_scores([""])
    return found

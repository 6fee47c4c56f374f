"""In how many chunks each term stands, and how much it counts in all; a document adds to that, or takes from it.

All are whole numbers (weights in steps of 2^-16), so that they do not hang on the order in which documents came and
went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.disk.members import ARRAY
from index.lexical.bags import TermIds
from index.lexical.impacts import idf
from index.lexical.vocabulary import Vocabulary
from index.milvus.rows import EMPTY, SparseRows

Ints = NDArray[np.int64]
STEPS = 2.0**16
LEVELS = ("sentence", "paragraph")


class Counts:
    """Of the chunks of one level: their number, in how many a dimension stands, `(dims,)`, and its weights' sums.

    `sums` and `squares` are `(dims, 2)`, of Chinese chunks and of others, each counted as often as it has sentences.
    """

    def __init__(self, count: int = 0, df: Ints | None = None, sums: Ints | None = None, squares: Ints | None = None):
        self.count = count
        self.df = np.zeros(0, np.int64) if df is None else df
        self.sums = np.zeros((0, 2), np.int64) if sums is None else sums
        self.squares = np.zeros((0, 2), np.int64) if squares is None else squares

    def add(self, rows: SparseRows, chinese: NDArray[np.bool_], times: Ints, sign: int = 1) -> None:
        """Count these chunks, each so many times in the sums; or with -1 count them no more."""
        self.count += sign * len(rows)
        self._reach(int(rows.dims.max(initial=-1)) + 1)
        np.add.at(self.df, rows.dims, sign)
        steps, of = np.rint(rows.weights.astype(np.float64) * STEPS).astype(np.int64), rows.rows
        column, weight = np.where(chinese, 0, 1)[of], sign * times[of]
        np.add.at(self.sums, (rows.dims, column), weight * steps)
        np.add.at(self.squares, (rows.dims, column), weight * steps**2)

    def copy(self) -> Counts:
        """The same, to be counted on."""
        return Counts(self.count, self.df.copy(), self.sums.copy(), self.squares.copy())

    def _reach(self, dims: int) -> None:
        more = max(0, dims - len(self.df))
        if more:
            more = max(more, len(self.df) // 4)
            self.df = np.concatenate([self.df, np.zeros(more, np.int64)])
            self.sums, self.squares = (
                np.concatenate([one, np.zeros((more, 2), np.int64)]) for one in (self.sums, self.squares)
            )

    def cut(self, dims: int) -> None:
        """Keep the numbers of the first so many dimensions, exactly."""
        self._reach(dims)
        self.df, self.sums, self.squares = self.df[:dims], self.sums[:dims], self.squares[:dims]


class Statistics:
    """The terms, each with its dimension, and the counts of sentences and of paragraphs by dimension."""

    def __init__(self, vocabulary: Vocabulary, dims: Ints, counts: tuple[Counts, Counts]) -> None:
        """`dims` `(terms,)` by the places of the vocabulary; ValueError where they do not fit the counts."""
        if dims.shape != (len(vocabulary),) or dims.min(initial=EMPTY + 1) <= EMPTY:
            raise ValueError("the terms do not have a dimension each")
        sizes = {len(array) for one in counts for array in (one.df, one.sums, one.squares)}
        if len(sizes) != 1 or dims.max(initial=-1) >= max(sizes, default=0) + (not len(dims)):
            raise ValueError("the counts are of other dimensions")
        self.vocabulary, self.dims, self.counts = vocabulary, dims, counts

    @classmethod
    def of(cls, numbers: TermIds, counts: tuple[Counts, Counts]) -> Statistics:
        """Those of the terms that some chunk has, by these dimensions: of the others nothing is left but a hole."""
        for one in counts:
            one.cut(numbers.free)
        kept = {term: dim for term, dim in numbers.items() if any(one.df[dim] for one in counts)}
        vocabulary = Vocabulary.of(kept)
        dims = np.fromiter((kept[term] for term in vocabulary), np.int64, len(vocabulary))
        return cls(vocabulary, dims, counts)

    def idf(self, term: str) -> float:
        """The weight of a term over sentences: that of df = 1 for an unknown."""
        place = self.vocabulary.id(term)
        df = 0 if place is None else int(self.counts[0].df[self.dims[place]])
        return idf(self.counts[0].count, max(df, 1))

    def weights(self, level: int, terms: Sequence[str]) -> list[tuple[int, float]]:
        """The dimensions and weights of a question's terms that some chunk of a level has, the rarest first.

        Ties in the order of the vocabulary: the order in which the embedded index adds up scores.
        """
        of = self.counts[level]
        places = sorted({place for term in terms if (place := self.vocabulary.id(term)) is not None})
        known = [(int(of.df[dim]), dim) for dim in self.dims[places].tolist()] if places else []
        return [(dim, idf(of.count, df)) for df, dim in sorted(known, key=lambda one: one[0]) if df]

    def arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """The names of the files, and the arrays, that keep this."""
        yield from self.vocabulary.arrays()
        yield f"vocabulary-dims{ARRAY}", self.dims
        for level, one in zip(LEVELS, self.counts, strict=True):
            yield f"{level}-count{ARRAY}", np.array([one.count], np.int64)
            yield f"{level}-df{ARRAY}", one.df
            yield f"{level}-sums{ARRAY}", one.sums
            yield f"{level}-squares{ARRAY}", one.squares

    @classmethod
    def read(cls, arrays: Mapping[str, Any]) -> Statistics:
        """What `arrays` gave; ValueError where they do not fit each other."""
        counts = []
        for level in LEVELS:
            number, *rest = (
                np.asarray(arrays[f"{level}-{name}{ARRAY}"]) for name in ("count", "df", "sums", "squares")
            )
            if {one.dtype.str for one in (number, *rest)} != {"<i8"} or [one.ndim for one in rest] != [1, 2, 2]:
                raise ValueError("the counts are of another kind")
            counts.append(Counts(int(number[0]), *rest))
        dims = np.asarray(arrays[f"vocabulary-dims{ARRAY}"])
        if dims.dtype.str != "<i8":
            raise ValueError("the counts are of another kind")
        return cls(Vocabulary.of_arrays(arrays), dims, (counts[0], counts[1]))

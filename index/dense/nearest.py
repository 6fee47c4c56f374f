"""The rows nearest to a question among the unit vectors of one set of chunks.

Few rows are compared one by one (`flat`); of many, codes are scanned and the best compared again (`coded`, see
`Coded`). What is given back are exact cosines either way, which do not hang on the number of threads. Kept as plain
arrays: FAISS's own form is not read from disk, since bytes that are none of its own can keep it from ever coming back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.coded import Coded, library
from index.dense.encoder import Vectors
from index.disk.stored import Stored, blocks

Kind = Literal["flat", "coded"]
Rows = NDArray[np.int64]

# Rows compared at once: 24 MB at 384 dimensions.
BLOCK = 16_384


class Nearest:
    """Unit rows `(n, dim)` float32 and, where they are many, their codes.

    One can be asked from several threads at once.
    """

    # by kind: the arrays that keep it
    NAMES: Mapping[Kind, tuple[str, ...]] = {"flat": ("rows",), "coded": ("rows", "narrow", "wide")}

    def __init__(self, arrays: Mapping[str, Stored]) -> None:
        """What `arrays` gave. Nothing but shapes is looked at before the first question.

        ValueError where they are not the arrays of one kind, or do not fit each other.
        """
        kinds = [kind for kind, names in self.NAMES.items() if set(names) == set(arrays)]
        if not kinds:
            raise ValueError(f"the vectors are of no known kind: {', '.join(sorted(arrays)) or 'nothing'}")
        self.kind = kinds[0]
        self._arrays = dict(arrays)
        self._rows = arrays["rows"]
        if len(self._rows.shape) != 2 or self._rows.dtype != np.dtype("<f4"):
            raise ValueError("the vectors are of another kind or length")
        count, dim = self._rows.shape
        for name, size in zip(self.NAMES[self.kind][1:], Coded.widths(dim), strict=False):
            if arrays[name].shape != (count, size) or arrays[name].dtype != np.uint8:
                raise ValueError("the vectors' codes are of another kind or length")
        self._lock = Lock()
        self._ready = False
        self._coded: Coded | None = None

    @classmethod
    def build(cls, rows: Stored, kind: Kind | Literal["auto"] = "auto") -> Nearest:
        """Of unit rows `(n, dim)` float32; `auto` takes `coded` for more than `settings.FLAT_ROWS`.

        And `flat` for rows longer than `settings.CODED_DIM`, however many.
        """
        if kind == "auto":
            count, dim = rows.shape
            kind = "coded" if count > settings.FLAT_ROWS and dim <= settings.CODED_DIM else "flat"
        codes = Coded.encode(rows) if kind == "coded" else ()
        return cls(dict(zip(cls.NAMES[kind], (rows, *codes), strict=True)))

    def arrays(self) -> Iterator[tuple[str, Stored]]:
        """The arrays that keep this, each with its name."""
        yield from self._arrays.items()

    def __len__(self) -> int:
        return self._rows.shape[0]

    @property
    def dim(self) -> int:
        """The length of a row."""
        return self._rows.shape[1]

    @property
    def memory(self) -> int:
        """The bytes that are read into memory when the first question is asked."""
        scanned = [self._rows] if self.kind == "flat" else [self._arrays[name] for name in self.NAMES["coded"][1:]]
        return sum(array.dtype.itemsize * prod(array.shape) for array in scanned)

    def cosines(self, question: Vectors) -> Vectors:
        """The inner product of every row with a question's unit vector `(dim,)`, `(n,)` in the order of the rows."""
        self._read(question)
        found = np.empty(len(self), dtype=np.float32)
        for first, some in blocks(self._rows, BLOCK):
            found[first : first + len(some)] = products(question, some)
        return found

    def cosines_of(self, question: Vectors, rows: Rows) -> Vectors:
        """What `cosines` gives for these rows, bit for bit, in their order."""
        self._read(question)
        return products(question, self._rows[rows])

    def best(self, question: Vectors, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Rows, Vectors]:
        """The `k` rows nearest to a question's unit vector `(dim,)`, best first, and their cosines to 1e-6.

        With `allowed` `(n,)`, of those rows only. Fewer than `k` where there are no more; ties by lowest row. Of
        `coded`, one row in a thousand may be missed, and of more rows with one vector than `k` any are given.
        """
        if k <= 0:
            raise ValueError(f"k must be greater than 0, found {k}")
        self._read(question)
        rows = self._candidates(question, k, allowed)
        cosines = np.round(self.cosines(question) if rows is None else self.cosines_of(question, rows), 6)
        rows = np.arange(len(self), dtype=np.int64) if rows is None else rows
        if len(rows) > k:
            enough = cosines >= np.partition(cosines, len(rows) - k)[len(rows) - k]
            rows, cosines = rows[enough], cosines[enough]
        order = np.lexsort((rows, -cosines))[:k]
        return rows[order], cosines[order]

    def _candidates(self, question: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> Rows | None:
        """The rows among which the best are, in ascending order; None for all."""
        compared, scanned = _compared(k), _scanned(k)
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if self._coded is None or count <= compared:
            return None if allowed is None else np.flatnonzero(allowed)
        if allowed is None:
            return np.sort(self._coded.best(question, compared, scanned))
        if count >= settings.ALLOWED_SHARE * len(self):
            # as many as hold enough of the allowed if those lie anywhere; not if they are far from the question
            found = self._coded.best(question, len(self), int(1.5 * scanned * len(self) / count))
            found = found[allowed[found]]
            if len(found) >= min(scanned, count):
                return np.sort(found[:compared])
        return np.sort(self._coded.best_of(question, compared, allowed))

    def _read(self, question: Vectors) -> None:
        """Have in memory what is looked at for every question; ValueError where this one is not of the rows' length."""
        if question.shape != (self.dim,):
            raise ValueError(f"expected a question's vector of length {self.dim}, found {question.shape}")
        with self._lock:
            if self._ready:
                return
            if self.kind == "flat":
                self._rows = self._rows[0 : len(self)]
            else:
                self._coded = Coded(self.dim, self._arrays["narrow"], self._arrays["wide"])
            self._ready = True


def _scanned(k: int) -> int:
    """Of how many rows, the best by their 2-bit codes, the 8-bit ones are looked at for the best `k`."""
    return max(settings.SCANNED_LEAST, settings.SCANNED_TIMES * k)


def _compared(k: int) -> int:
    """How many rows, the best by their 8-bit codes, are compared exactly for the best `k`."""
    return k + k // 4 + settings.COMPARED_MORE


def products(question: Vectors, rows: Vectors) -> Vectors:
    """The inner product of each row with a question's vector, each summed in one order whatever else is asked."""
    rows, question = np.ascontiguousarray(rows), np.ascontiguousarray(question, dtype=np.float32)
    which, found = np.arange(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.float32)
    if len(rows):
        pointers = [library().swig_ptr(array) for array in (found, question, rows, which)]
        library().fvec_inner_products_by_idx(*pointers, rows.shape[1], 1, len(rows))
    return found

"""The distinct terms of an index, sorted, each known by its place: two arrays that open without being read through."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Encodes lone surrogates too, which no tokenizer should give but a string may hold.
_ERRORS = "surrogatepass"


class Vocabulary:
    """Terms in the order of their UTF-8 bytes, which is that of their code points; a term's id is its place.

    `text` is `(bytes,)` uint8, the terms one after the other; term i is `text[starts[i]:starts[i + 1]]`,
    with `starts` `(terms + 1,)` int64.
    """

    def __init__(self, text: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        """ValueError where the arrays are of another kind or do not fit each other."""
        if text.dtype != np.uint8 or starts.dtype != np.int64 or text.ndim != 1 or starts.ndim != 1:
            raise ValueError("the vocabulary is of another kind")
        if not len(starts) or starts[0] != 0 or starts[-1] != len(text):
            raise ValueError("the vocabulary's terms do not fill its text")
        self.text, self.starts = text, starts
        # a memoryview gives one byte string or number several times faster than an array
        self._text, self._starts = text.data, starts.data

    @classmethod
    def of(cls, terms: Iterable[str]) -> Vocabulary:
        """The vocabulary of these terms, in any order, repeated or not."""
        encoded = sorted({term.encode(errors=_ERRORS) for term in terms})
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def id(self, term: str) -> int | None:
        """The place of a term; None for one that is not there."""
        wanted = term.encode(errors=_ERRORS)
        place = bisect_left(range(len(self)), wanted, key=self._bytes)
        return place if place < len(self) and self._bytes(place) == wanted else None

    def term(self, id: int) -> str:
        """The term at a place in `range(len(self))`."""
        return self._bytes(id).decode(errors=_ERRORS)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and self.id(term) is not None

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[str]:
        return map(self.term, range(len(self)))

    def arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """The names of the files, and the arrays, that keep this; both small."""
        yield "vocabulary-text.npy", self.text
        yield "vocabulary-starts.npy", self.starts

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any]) -> Vocabulary:
        """What `arrays` gave, by name."""
        return cls(np.asarray(arrays["vocabulary-text.npy"]), np.asarray(arrays["vocabulary-starts.npy"]))

    def _bytes(self, id: int) -> bytes:
        return bytes(self._text[self._starts[id] : self._starts[id + 1]])

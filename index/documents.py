"""The documents of a library, their sentences and their paragraphs, as though all were in memory.

A document is read when something of it is needed, and those that were needed last are kept, up to a number of
sentences. Sentences and paragraphs are numbered through, references left out (see `chunks.rows`).
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, Protocol, TypeVar, overload

from index import chunks, settings
from index.chunks import Row
from index.records import Document, Listed, Paragraph

T = TypeVar("T")


class HasDocument(Protocol):
    """A document's part: how it is listed, how many sentences and paragraphs it has, and itself."""

    @property
    def listed(self) -> Listed:
        """The document as a list shows it."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        ...

    @property
    def document(self) -> Document:
        """The document."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that was read, its sentences and its paragraphs."""

    document: Document
    rows: list[Row]
    paragraphs: list[tuple[Document, Paragraph]]


class Documents(Sequence[Document]):
    """The documents of these parts, in their order."""

    def __init__(self, parts: Sequence[HasDocument], held: int = settings.DOCUMENTS_HELD) -> None:
        """`held` is how many sentences the documents that are kept may have together; one is always kept."""
        self._parts, self._held = parts, held
        self.listed = tuple(part.listed for part in parts)
        self.rows = _Through[Row](self, 0)
        self.paragraphs = _Through[tuple[Document, Paragraph]](self, 1)
        self._numbers = {one.id: number for number, one in enumerate(self.listed)}
        self._opened: OrderedDict[int, Opened] = OrderedDict()
        self._mutex = threading.Lock()

    def firsts(self, which: int) -> list[int]:
        """The first sentence (0) or paragraph (1) of each document, and their number."""
        return list(accumulate((part.size[which] for part in self._parts), initial=0))

    def number(self, id: str) -> int | None:
        """The place of the document of that id."""
        return self._numbers.get(id)

    def at(self, number: int) -> Opened:
        """The document at a place, and what is in it; IndexDamaged where it cannot be read."""
        with self._mutex:
            if number in self._opened:
                self._opened.move_to_end(number)
                return self._opened[number]
        document = self._parts[number].document
        opened = Opened(document, *chunks.rows([document], self.paragraphs.firsts[number]))
        with self._mutex:
            self._opened[number] = opened
            while len(self._opened) > 1 and sum(len(one.rows) for one in self._opened.values()) > self._held:
                self._opened.popitem(last=False)
        return opened

    def __len__(self) -> int:
        return len(self._parts)

    @overload
    def __getitem__(self, key: int) -> Document: ...
    @overload
    def __getitem__(self, key: slice) -> list[Document]: ...
    def __getitem__(self, key: int | slice) -> Any:
        found = range(len(self))[key]
        return [self.at(one).document for one in found] if isinstance(found, range) else self.at(found).document


class _Through(Sequence[T], Generic[T]):
    """The sentences or the paragraphs of all documents, one document's after another's."""

    def __init__(self, documents: Documents, which: int) -> None:
        self._documents, self._which = documents, which
        self.firsts = documents.firsts(which)

    def __len__(self) -> int:
        return self.firsts[-1]

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> list[T]: ...
    def __getitem__(self, key: int | slice) -> Any:
        found = range(len(self))[key]
        return [self._one(row) for row in found] if isinstance(found, range) else self._one(found)

    def __iter__(self) -> Iterator[T]:
        for number in range(len(self._documents)):
            yield from self._of(number)

    def _one(self, row: int) -> T:
        number = bisect_right(self.firsts, row) - 1
        return self._of(number)[row - self.firsts[number]]

    def _of(self, number: int) -> list[T]:
        opened = self._documents.at(number)
        found: Any = opened.paragraphs if self._which else opened.rows
        return found  # type: ignore[no-any-return]

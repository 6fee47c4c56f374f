"""A document's part on disk, which is read as far as a question needs it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from index import chunks
from index.disk.pack import Pack
from index.disk.stored import Stored
from index.errors import StoreError
from index.late.leg import LatePart
from index.records import Document
from index.store import part
from index.store.entry import Entry

T = TypeVar("T")


class Kept:
    """What `Part.files` wrote of the document of that entry.

    IndexDamaged, when it is read, where it is anything else.
    """

    def __init__(self, files: Pack, entry: Entry) -> None:
        self.files, self.listed, self.size = files, entry.listed_as, entry.size
        self._name = entry.name

    @property
    def document(self) -> Document:
        """The document, read anew each time."""
        found = self._read(lambda: part.read_document(self.files, self._name))
        for which, count in enumerate(chunks.counts(found)):
            self._agrees(count, which)
        return found

    @property
    def sentences(self) -> Stored:
        """The vectors of its sentences, `(sentences, dim)`."""
        return self._vectors(part.SENTENCES, 0)

    @property
    def paragraphs(self) -> Stored:
        """The vectors of its paragraphs, `(paragraphs, dim)`."""
        return self._vectors(part.PARAGRAPHS, 1)

    @cached_property
    def late(self) -> LatePart:
        """The token vectors of its sentences."""
        found = self._read(lambda: LatePart.read(self.files))
        self._agrees(len(found), 0)
        return found

    def hold(self) -> None:
        """Read and check all of it now, and keep it in memory."""
        self.files.hold()
        _ = self.sentences, self.paragraphs, self.late

    def _vectors(self, name: str, which: int) -> Stored:
        found: Stored = self._read(lambda: self.files[name])
        self._agrees(len(found), which)
        return found

    def _agrees(self, count: int, which: int) -> None:
        if count != self.size[which]:
            raise self.files.damaged("it has sentences, paragraphs and vectors of different numbers")

    def _read(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except StoreError:
            raise
        except Exception as error:  # of any sort: it is as it was written, but not by this program
            raise self.files.damaged(str(error) or type(error).__name__) from error

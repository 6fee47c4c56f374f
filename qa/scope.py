"""Which documents and which language a question is put to: all of a library, unless it is narrowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.errors import NotFound
from index.library import Library
from index.records import Language


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents by their ids, and the language of their paragraphs; None for all."""

    documents: frozenset[str] | None = None
    language: Language | None = None

    @classmethod
    def of(cls, library: Library, names: Sequence[str] | None, language: Language | None = None) -> Scope:
        """The documents of these ids or file names, all where none is named; NotFound for one that there is not."""
        return cls(frozenset(id for name in names for id in _ids(library, name)) if names else None, language)

    def rows(self, library: Library) -> NDArray[np.int64]:
        """The library's sentences that are in it, in the library's order; maybe none."""
        if self.documents is None and self.language is None:
            return np.arange(len(library.rows))
        return np.array(
            [
                number
                for number, row in enumerate(library.rows)
                if (self.documents is None or row.document.id in self.documents)
                and self.language in (None, row.paragraph.language)
            ],
            dtype=np.int64,
        )


EVERYTHING = Scope()


def _ids(library: Library, name: str) -> list[str]:
    found = [d.id for d in library.documents if d.id == name] or [d.id for d in library.documents if d.file == name]
    if not found:
        some = ", ".join(document.id for document in library.documents[:5])
        more = ", …" if len(library.documents) > 5 else ""
        raise NotFound(f"no document {name!r}", f"the index holds {some}{more}")
    return found

"""Which documents and which language a question is put to: all of a library, unless it is narrowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from index.engine.within import Within
from index.errors import InputError, NotFound
from index.library import Library
from index.records import Language


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents by their ids, and the language of their paragraphs; None for all."""

    documents: frozenset[str] | None = None
    language: Language | None = None

    @classmethod
    def of(cls, library: Library, names: Sequence[str] | None, language: Language | None = None) -> Scope:
        """The documents of these ids or file names, all where none is named; NotFound for one that there is not.

        InputError for another language than Chinese and English.
        """
        if language not in (None, *get_args(Language)):
            raise InputError(f"language is {language!r}", "expected zh, en or none")
        return cls(frozenset(id for name in names for id in _ids(library, name)) if names else None, language)

    def within(self, library: Library) -> Within | None:
        """The library's sentences that are in it, maybe none; None stands for all."""
        if self.documents is None and self.language is None:
            return None
        firsts = library.rows.firsts
        numbers = [n for n, one in enumerate(library.listed) if self.documents is None or one.id in self.documents]
        rows = np.concatenate([np.arange(0), *(np.arange(firsts[one], firsts[one + 1]) for one in numbers)])
        if self.language is not None:
            rows = rows[library.chinese[rows] == (self.language == "zh")]
        return Within(None if self.documents is None else tuple(numbers), self.language, rows)


EVERYTHING = Scope()


def _ids(library: Library, name: str) -> list[str]:
    found = [one.id for one in library.listed if one.id == name] or [
        one.id for one in library.listed if one.file == name
    ]
    if not found:
        some = ", ".join(one.id for one in library.listed[:5])
        more = ", …" if len(library.listed) > 5 else ""
        raise NotFound(f"no document {name!r}", f"the index holds {some}{more}")
    return found

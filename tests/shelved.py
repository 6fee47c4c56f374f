"""A library that holds other documents than it was made of, for tests of what lists and shows them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from itertools import chain, repeat
from types import SimpleNamespace

from index.documents import Documents
from index.library import Library
from index.records import Document


def holding(library: Library, documents: Iterable[Document]) -> Library:
    """The library of one document, in which these are found, that one first; it alone is searched."""
    made = copy.copy(library)
    sizes = chain([(len(library.rows), len(library.paragraphs))], repeat((0, 0)))
    parts = [SimpleNamespace(listed=one.listed, size=size, document=one) for one, size in zip(documents, sizes)]  # noqa: B905
    made.documents = Documents(parts)
    made.listed, made.rows, made.paragraphs = made.documents.listed, made.documents.rows, made.documents.paragraphs
    return made

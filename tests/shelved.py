"""A library that holds other documents than it was made of, for tests of what lists and shows them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from types import SimpleNamespace

from index import chunks
from index.documents import Documents
from index.library import Library
from index.records import Document


def holding(library: Library, documents: Iterable[Document]) -> Library:
    """The library, in which these documents are found; it is searched as before."""
    made = copy.copy(library)
    parts = [
        SimpleNamespace(listed=one.listed, size=tuple(map(len, chunks.rows([one]))), document=one) for one in documents
    ]
    made.documents = Documents(parts)
    made.listed = made.documents.listed
    return made

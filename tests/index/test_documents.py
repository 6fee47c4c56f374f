"""The documents of a library: read when they are needed, few kept, sentences and paragraphs numbered through."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import chunks
from index.documents import Documents
from index.formats import txt
from index.records import Document, Listed
from index.store import part
from index.store.part import Name


def document(number: int, sentences: int) -> Document:
    text = "".join(f"第{number}篇的第{at}句话。\n" for at in range(sentences))
    return part.document(Name(f"d{number}", f"{number}.txt", "t", "0"), txt.read(text.encode()))


DOCUMENTS = [document(number, count) for number, count in enumerate((3, 1, 4, 2))]


@dataclass
class Counted:
    """A part that counts how often its document is read."""

    made: Document
    reads: list[str] = field(default_factory=list)

    @property
    def listed(self) -> Listed:
        return self.made.listed

    @property
    def size(self) -> tuple[int, int]:
        rows, paragraphs = chunks.rows([self.made])
        return len(rows), len(paragraphs)

    @property
    def document(self) -> Document:
        self.reads.append(self.made.id)
        return self.made


def counted(held: int) -> tuple[Documents, list[str]]:
    reads: list[str] = []
    return Documents([Counted(one, reads) for one in DOCUMENTS], held), reads


def test_nothing_is_read_before_it_is_needed() -> None:
    documents, reads = counted(100)
    assert [one.id for one in documents.listed] == ["d0", "d1", "d2", "d3"]
    assert (len(documents), documents.number("d2"), documents.number("x")) == (4, 2, None)
    assert not reads
    assert documents.rows[0].document is documents[0]
    assert reads == ["d0"]


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(0, 12))
def test_rows_are_those_of_all_documents_together(asked: list[int], held: int) -> None:
    rows, paragraphs = chunks.rows(DOCUMENTS)
    documents, _ = counted(held)
    assert (len(documents.rows), len(documents.paragraphs)) == (len(rows), len(paragraphs))
    for row in asked:
        assert documents.rows[row % len(rows)] == rows[row % len(rows)]
        assert documents.paragraphs[row % len(paragraphs)] == paragraphs[row % len(paragraphs)]
    assert list(documents.rows) == rows
    assert list(documents.paragraphs) == paragraphs
    assert documents.rows[2:5] == rows[2:5]
    assert list(documents) == DOCUMENTS


def test_those_needed_last_are_kept() -> None:
    documents, reads = counted(8)
    for number in (0, 2, 0, 3, 2, 1, 0):
        assert documents[number] is DOCUMENTS[number]
    assert reads == ["d0", "d2", "d3", "d2", "d1", "d0"]


def test_a_document_that_is_larger_than_all_that_is_kept_is_kept_alone() -> None:
    documents, reads = counted(0)
    for number in (2, 2, 1, 2):
        assert documents[number] is DOCUMENTS[number]
    assert reads == ["d2", "d1", "d2"]


@pytest.mark.parametrize("row", [10, -11])
def test_a_row_that_there_is_not(row: int) -> None:
    documents, _ = counted(8)
    with pytest.raises(IndexError):
        documents.rows[row]

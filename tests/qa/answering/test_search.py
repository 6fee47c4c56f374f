"""`search`: each paragraph once, by its best sentence, with what every leg said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qa.answering.search import search

if TYPE_CHECKING:
    from index.library import Library


def test_each_paragraph_once_best_first(library: Library) -> None:
    hits = search(library, "CAR-T 的安全性", 50).hits
    ids = [hit.quote.paragraph.id for hit in hits]
    assert len(ids) == len(set(ids)) == len(library.paragraphs)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.quote.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert ids[0] == "3.2-P1"


@pytest.mark.parametrize("top", [1, 4])
def test_top(library: Library, top: int) -> None:
    assert search(library, "lupus", top).hits == search(library, "lupus", 9).hits[:top]


@pytest.mark.parametrize("query", ["", " ", "!!!", "长" * 3000], ids=["empty", "blank", "no word", "too long"])
def test_nothing_is_found_for_no_query(library: Library, query: str) -> None:
    assert search(library, query, 10).hits == ()


def test_traditional_finds_what_simplified_finds(library: Library) -> None:
    first = search(library, "CAR-T细胞疗法的安全性", 1).hits[0].quote.paragraph
    assert search(library, "CAR-T細胞療法的安全性", 1).hits[0].quote.paragraph == first

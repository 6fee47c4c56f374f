"""`search`: each paragraph once, by its best sentence, with what every leg said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qa import settings
from qa.answering.search import explain_lines, hit_lines, record, search

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


def test_record(library: Library) -> None:
    found = search(library, "CAR-Treg", 2)
    data = record(found, library)
    assert list(data) == ["query", "language", "hits", "index"]
    assert (data["query"], data["language"], data["index"]) == ("CAR-Treg", "en", library.fingerprint)
    assert [hit["rank"] for hit in data["hits"]] == [1, 2]
    for hit in data["hits"]:
        assert set(hit["legs"]) == set(settings.WEIGHTS)
        assert hit["raw"] == library.document(hit["document"]).source[hit["start"] : hit["end"]]


def test_lines(library: Library) -> None:
    found = search(library, "CAR-Treg", 2)
    assert len(list(hit_lines(found, explain=False))) == 4
    lines = [line.plain for line in hit_lines(found, explain=True)]
    assert len(lines) == 6
    assert "5-P2" in lines[0]
    assert all(leg in lines[1] for leg in settings.WEIGHTS)
    assert lines[2].strip() == found.hits[0].quote.text


def test_explanation(library: Library) -> None:
    lines = [line.plain for line in explain_lines(search(library, "谁申报了CAR-Treg的个人所得税", 1), library)]
    assert "zh" in lines[0]
    assert "person" in lines[0]
    assert "car-treg" in lines[1].casefold()
    assert "个人所得税" in lines[2]


def test_traditional_finds_what_simplified_finds(library: Library) -> None:
    first = search(library, "CAR-T细胞疗法的安全性", 1).hits[0].quote.paragraph
    assert search(library, "CAR-T細胞療法的安全性", 1).hits[0].quote.paragraph == first

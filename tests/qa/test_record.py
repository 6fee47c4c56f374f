"""The JSON that DESIGN fixes: exactly these keys, of these types, for `ask` and `show`; and citations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qa import settings
from qa.answering.answer import ask
from qa.answering.search import search
from qa.record import answer_record, document_record, level, search_record

if TYPE_CHECKING:
    from index.library import Library

ANSWER = {
    "question": str,
    "language": str,
    "answered": bool,
    "confidence": float,
    "reason": (str, type(None)),
    "quotes": list,
    "nearest": list,
    "index": str,
}
QUOTE = {
    "text": str,
    "raw": str,
    "document": str,
    "section": list,
    "paragraph": str,
    "start": int,
    "end": int,
    "lines": list,
    "page": (int, type(None)),
    "highlights": list,
    "citation": str,
    "score": float,
    "sha256": str,
}
DOCUMENT = {"id": str, "title": str, "language": str, "sha256": str, "paragraphs": list}
PARAGRAPH = {"id": str, "section": list, "start": int, "end": int, "raw": str, "text": str, "sentences": list}


def check(record: dict[str, Any], shape: dict[str, Any]) -> None:
    assert list(record) == list(shape)
    for key, kind in shape.items():
        assert isinstance(record[key], kind), key


@pytest.mark.parametrize(
    ("question", "quotes", "nearest"),
    [
        ("CAAR-NK 细胞是谁构建的？", True, False),
        ("What is the difference between CAR-Treg and TCR-Treg?", True, False),
        ("MSC 治疗的费用是多少？", False, True),
        ("个人所得税怎么申报？", False, False),
        ("", False, False),
    ],
)
def test_the_shape_of_an_answer(library: Library, question: str, quotes: bool, nearest: bool) -> None:
    record = answer_record(ask(library, question))
    check(record, ANSWER)
    assert (bool(record["quotes"]), bool(record["nearest"])) == (quotes, nearest)
    assert record["language"] in ("zh", "en")
    assert record["answered"] is (record["reason"] is None) is quotes
    assert record["index"] == library.fingerprint
    for quote in record["quotes"] + record["nearest"]:
        check(quote, QUOTE)
        assert all(type(title) is str for title in quote["section"])
        assert [type(number) for number in quote["lines"]] == [int, int]
        assert all([type(at) for at in span] == [int, int] for span in quote["highlights"])
        document = library.document(quote["document"])
        assert quote["raw"] == document.source[quote["start"] : quote["end"]]
        assert quote["sha256"] == document.sha256


def test_the_shape_of_a_document(library: Library) -> None:
    document = library.documents[0]
    record = document_record(document, document.paragraphs)
    check(record, DOCUMENT)
    assert len(record["paragraphs"]) == len(document.paragraphs) > 20
    for paragraph in record["paragraphs"]:
        check(paragraph, PARAGRAPH)
        assert paragraph["raw"] == document.source[paragraph["start"] : paragraph["end"]]
        assert paragraph["sentences"][0][0] == paragraph["start"]
        assert paragraph["sentences"][-1][1] == paragraph["end"]
        for a, b in paragraph["sentences"]:
            assert document.display(a, b) in paragraph["text"]


def test_levels() -> None:
    assert [level(x) for x in (1.0, settings.CONFIDENCE_HIGH, 0.7, settings.CONFIDENCE_MEDIUM, 0.59, 0.0)] == [
        "high",
        "high",
        "medium",
        "medium",
        "low",
        "low",
    ]


def test_a_search(library: Library) -> None:
    found = search(library, "CAR-Treg", 2)
    data = search_record(found)
    assert list(data) == ["query", "language", "hits", "index"]
    assert (data["query"], data["language"], data["index"]) == ("CAR-Treg", "en", library.fingerprint)
    assert [hit["rank"] for hit in data["hits"]] == [1, 2]
    for hit in data["hits"]:
        assert set(hit["legs"]) == set(settings.WEIGHTS)
        assert hit["raw"] == library.document(hit["document"]).source[hit["start"] : hit["end"]]

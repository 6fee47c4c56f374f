"""The JSON that DESIGN fixes: exactly these keys, of these types, for `ask` and `show`; and citations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from index.records import Document, Paragraph, Section, Span
from qa import settings
from qa.answering.answer import ask
from qa.answering.quotes import Quote
from qa.record import answer_record, citation, document_record, level

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


def quote(source: str, titles: tuple[str, ...]) -> Quote:
    end = len(source)
    paragraph = Paragraph("3.1-P2", Section("3.1", titles, None), 0, end, "zh", (Span(0, end),))
    document = Document("d", "d.txt", "[综述]", "zh", "0" * 64, source, (), (paragraph,))
    return Quote(document, paragraph, 0, end, source, source, (), 1.0)


@pytest.mark.parametrize(
    ("source", "titles", "language", "expected"),
    [
        ("甲。", ("三、疗法",), "zh", "[综述] · 三、疗法 · 3.1-P2 · 第 1 行"),
        ("甲\n乙。", ("三、疗法", "1. 疗效"), "zh", "[综述] · 三、疗法 › 1. 疗效 · 3.1-P2 · 第 1–2 行"),
        ("甲。", ("三、疗法",), "en", "[综述] · 三、疗法 · 3.1-P2 · line 1"),
        ("甲\n\n乙。", ("三、疗法", "1. 疗效"), "en", "[综述] · 三、疗法 › 1. 疗效 · 3.1-P2 · lines 1–3"),
    ],
)
def test_citation(source: str, titles: tuple[str, ...], language: Any, expected: str) -> None:
    assert citation(quote(source, titles), language) == expected


def test_the_citation_of_the_review(library: Library) -> None:
    first = ask(library, "CAAR-NK 细胞是谁构建的？").quotes[0]
    place = "[系统性红斑狼疮的细胞治疗（综述）] · 四、NK细胞疗法 · 4-P2"
    assert citation(first, "zh") == f"{place} · 第 339–343 行"
    assert citation(first, "en") == f"{place} · lines 339–343"


def test_levels() -> None:
    assert [level(x) for x in (1.0, settings.CONFIDENCE_HIGH, 0.7, settings.CONFIDENCE_MEDIUM, 0.59, 0.0)] == [
        "high",
        "high",
        "medium",
        "medium",
        "low",
        "low",
    ]

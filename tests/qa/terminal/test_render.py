"""What people read: goldens of every view, and text that is hostile to a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from index.library import Library
from index.records import Document, Paragraph, Section, Span
from qa import settings
from qa.answering.answer import Answer
from qa.answering.quotes import Quote
from qa.answering.search import search
from qa.terminal.render import answer_lines, explain_lines, hit_lines, label, outline_lines, paragraph_lines

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202eevil\u202c \u2066x\u2069 \x9b1m [bold]b[/bold] :smile: \u200b"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ask-zh.txt", ["ask", "CAAR-NK 细胞是谁构建的？"]),
        ("ask-en.txt", ["ask", "AB-101 was combined with which drug?"]),
        ("ask-several.txt", ["ask", "What is the difference between CAR-Treg and TCR-Treg?"]),
        ("ask-near-miss.txt", ["ask", "MSC 治疗的费用是多少？"]),
        ("ask-off-topic.txt", ["ask", "个人所得税怎么申报？"]),
        ("ask-zh.md", ["ask", "--format", "markdown", "CAAR-NK 细胞是谁构建的？"]),
        ("ask-near-miss.md", ["ask", "--format", "markdown", "MSC 治疗的费用是多少？"]),
        ("search-explain.txt", ["search", "CAR-Treg", "--top", "3", "--explain"]),
        ("show-outline.txt", ["show"]),
        ("show-paragraph.txt", ["show", "3.2-P1"]),
        ("show-raw.txt", ["show", "3.2-P1", "--raw"]),
    ],
)
def test_golden(name: str, arguments: list[str], review_run: Any, golden: Callable[[str, str], None]) -> None:
    said = review_run(*arguments)
    assert said.err == ""
    assert "\x1b" not in said.out
    golden(name, said.out)


def test_a_piped_quote_is_not_wrapped(review_run: Any) -> None:
    lines = review_run("ask", "MSC 治疗的费用是多少？").out.splitlines()
    assert max(map(len, lines)) > 120


def hostile(answered: bool, language: Any = "zh") -> Answer:
    end = len(HOSTILE)
    paragraph = Paragraph("1-P1", Section("1", ("一、" + HOSTILE,), None), 0, end, "zh", (Span(0, end),))
    document = Document("d", "d.txt", "题", "zh", "0" * 64, HOSTILE, (), (paragraph,))
    quote = Quote(document, paragraph, 0, end, HOSTILE, HOSTILE, ((0, 8),), 1.0, "zh")
    if answered:
        return Answer("q", language, True, 0.9, None, (quote,), (), (), "f")
    return Answer("q", language, False, 0.1, "没有", (), (), (HOSTILE,), "f")


def harmless(lines: Any) -> str:
    text = "\n".join(line.plain for line in lines)
    assert not {unicodedata.category(c) for c in text.replace("\n", "")} & {"Cc", "Cf", "Cs"}
    return text


def test_hostile_words_of_a_source_are_shown_and_do_not_act() -> None:
    paragraph = hostile(True).quotes[0].paragraph
    document = hostile(True).quotes[0].document
    for shown in (
        harmless(list(answer_lines(hostile(True)))[:2]),
        harmless(answer_lines(hostile(False))),
        harmless(outline_lines([document])),
        harmless(paragraph_lines(document, paragraph, raw=False)),
        harmless(paragraph_lines(document, paragraph, raw=True)),
    ):
        assert "�[31mred" in shown
        assert "�" in shown


def test_a_highlight_is_named_without_colour_too() -> None:
    lines = [line.plain for line in answer_lines(hostile(True))]
    assert lines[1].strip().endswith("�[31mred"[:8])


def test_the_answer_is_styled_where_it_stands() -> None:
    quote = next(iter(answer_lines(hostile(True))))
    assert [(span.start, span.end) for span in quote.spans if "reverse" in str(span.style)] == [(3, 11)]


def test_nearest_passages_have_no_answer_line_and_no_mark() -> None:
    quote = hostile(True).quotes[0]
    refusal = Answer("q", "en", False, 0.1, "no", (), (quote,), (), "f")
    lines = list(answer_lines(refusal))
    assert lines[0].plain == "Not answered: no"
    assert lines[1].plain == "Nearest passages (these do not answer):"
    assert lines[2].plain.startswith("– ")
    assert len(lines) == 4
    assert not any("reverse" in str(span.style) for line in lines for span in line.spans)


@pytest.mark.parametrize(
    ("confidence", "zh", "en"), [(0.8953, "高", "high"), (0.7, "中", "medium"), (0.42, "低", "low")]
)
def test_confidence_in_a_word(confidence: float, zh: str, en: str) -> None:
    quotes = hostile(True).quotes
    for language, word in (("zh", zh), ("en", en)):
        answer = Answer("q", language, True, confidence, None, quotes, (), (), "f")  # type: ignore[arg-type]
        last = list(answer_lines(answer))[-1].plain
        assert label("confidence", language) in last  # type: ignore[arg-type]
        assert f"{confidence:.2f}" in last
        assert word in last


def test_the_ends_of_a_document_have_one_neighbour(review_run: Any) -> None:
    assert review_run("show", "zh-P1").out.splitlines()[-1].strip() == "→ en-P1"
    assert review_run("show", "6-P2").out.splitlines()[-1].strip() == "← 6-P1"


def test_a_search(library: Library) -> None:
    found = search(library, "CAR-Treg", 2)
    assert len(list(hit_lines(found, explain=False))) == 4
    lines = [line.plain for line in hit_lines(found, explain=True)]
    assert len(lines) == 6
    assert "5-P2" in lines[0]
    assert all(leg in lines[1] for leg in settings.WEIGHTS)
    assert lines[2].strip() == found.hits[0].quote.text


def test_its_explanation(library: Library) -> None:
    lines = [line.plain for line in explain_lines(search(library, "谁申报了CAR-Treg的个人所得税", 1), library)]
    assert "zh" in lines[0]
    assert "person" in lines[0]
    assert "car-treg" in lines[1].casefold()
    assert "个人所得税" in lines[2]

"""Quotes of the real review: spans of their source, shown as they are repaired, and no longer than needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from index.errors import SourceError
from index.records import Document, Paragraph, Section, Span
from qa import settings
from qa.answering.answer import ask
from qa.answering.quotes import Quote, select
from qa.answering.retrieve import Candidate

if TYPE_CHECKING:
    from index.library import Library

QUESTIONS = [
    "CAAR-NK 细胞是谁构建的？",
    "AB-101 was combined with which drug?",
    "HSCT的原理是什么？",
    "移植相关死亡率是多少？",
    "哪些临床试验正在进行？",
    "首款CAR-T细胞产品何时在哪个国家获批？",
    "CAR-NK相比CAR-T有什么优势？",
    "What was the clinical remission rate of MSC therapy?",
    "How many SLE patients were in the HSCT multicentre trial?",
    "What is the difference between CAR-Treg and TCR-Treg?",
    "Why is low-dose IL-2 used with Treg cells?",
    "Who reported the first CAR-T treatment in lupus?",
    "MSC 治疗的费用是多少？",
    "IL-37",
]


@pytest.fixture(scope="module", params=QUESTIONS)
def quotes(request: pytest.FixtureRequest, library: Library) -> tuple[Quote, ...]:
    """What a question brings up, as quotes or as nearest passages."""
    answer = ask(library, request.param)
    return answer.quotes or answer.nearest


def test_a_quote_is_a_span_of_its_source(quotes: tuple[Quote, ...]) -> None:
    assert quotes
    for quote in quotes:
        assert quote.raw == quote.document.source[quote.start : quote.end]
        assert quote.raw == quote.raw.strip()
        assert quote.text == quote.document.display(quote.start, quote.end)


def test_a_quote_is_whole_sentences_of_its_paragraph(quotes: tuple[Quote, ...]) -> None:
    for quote in quotes:
        assert quote.paragraph in quote.document.paragraphs
        inside = [s for s in quote.paragraph.sentences if quote.start <= s.start and s.end <= quote.end]
        assert 1 <= len(inside) <= 3
        assert (inside[0].start, inside[-1].end) == (quote.start, quote.end)


def test_a_quote_of_several_sentences_is_short(quotes: tuple[Quote, ...]) -> None:
    limits = {"zh": settings.QUOTE_CHARACTERS_ZH, "en": settings.QUOTE_CHARACTERS_EN}
    assert limits == {"zh": 300, "en": 450}
    for quote in quotes:
        alone = any((s.start, s.end) == (quote.start, quote.end) for s in quote.paragraph.sentences)
        assert alone or len(quote.text) <= limits[quote.paragraph.language]


def test_lines_hold_the_quote(quotes: tuple[Quote, ...]) -> None:
    for quote in quotes:
        first, last = quote.lines
        lines = quote.document.source.split("\n")
        assert quote.raw.split("\n")[0] in lines[first - 1]
        assert quote.raw.split("\n")[-1] in lines[last - 1]
        assert last - first == quote.raw.count("\n")


def test_highlights_stand_in_the_quote(quotes: tuple[Quote, ...]) -> None:
    for quote in quotes:
        assert all(0 <= a < b <= len(quote.text) for a, b in quote.highlights)
        assert list(quote.highlights) == sorted(set(quote.highlights))


def test_quotes_are_distinct_and_best_first(quotes: tuple[Quote, ...]) -> None:
    assert [quote.score for quote in quotes] == sorted((quote.score for quote in quotes), reverse=True)
    assert len({quote.text for quote in quotes}) == len(quotes)


def tiny(source: str = "Ａ b。C d。") -> tuple[Document, Paragraph]:
    paragraph = Paragraph("1-P1", Section("1", ("t",), None), 0, 8, "zh", (Span(0, 4), Span(4, 8)))
    return Document("d", "d.txt", "D", "zh", "0" * 64, source, (), (paragraph,)), paragraph


@pytest.mark.parametrize(
    ("start", "end", "raw"), [(0, 4, "A b。"), (0, 4, "Ａ b"), (1, 5, "Ａ b。"), (0, 0, "x"), (8, 9, "x")]
)
def test_a_quote_that_its_source_does_not_hold_is_refused(start: int, end: int, raw: str) -> None:
    document, paragraph = tiny()
    with pytest.raises(SourceError, match=r"d\.txt does not hold the quote at .*yinzheng index build"):
        Quote(document, paragraph, start, end, raw, raw, (), 1.0, "zh")


def test_a_quote_cannot_be_altered_into_another(library: Library) -> None:
    quote = ask(library, QUESTIONS[0]).quotes[0]
    with pytest.raises(SourceError):
        replace(quote, raw=quote.raw + " ")
    with pytest.raises(SourceError):
        replace(quote, start=quote.start + 1)


def test_a_sentence_that_stands_twice_is_quoted_once(library: Library) -> None:
    from qa.answering.question import Question

    question = Question.read(QUESTIONS[0])
    best = ask(library, QUESTIONS[0]).quotes[0]
    row = next(i for i, row in enumerate(library.rows) if row.sentence.start == best.start)
    twice = [Candidate(row, library.rows[row], 0.9, {}), Candidate(row, library.rows[row], 0.8, {})]
    assert len(select(library, question, twice, 3)) == 1


def test_a_far_weaker_sentence_is_not_quoted(library: Library) -> None:
    from qa.answering.question import Question

    between = (settings.FURTHER + settings.FURTHER_SEVERAL) / 2
    ranked = [Candidate(0, library.rows[0], 0.9, {}), Candidate(40, library.rows[40], 0.9 * between, {})]
    assert len(select(library, Question.read("什么是狼疮？"), ranked, 3)) == 1
    assert len(select(library, Question.read("狼疮有哪些特点？"), ranked, 3)) == 2

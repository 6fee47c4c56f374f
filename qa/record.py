"""Answers as plain data, in the shape that DESIGN fixes for `--json`; every edge draws from here.

Also the citation: where a quote stands, in the language of the reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from index.records import Document, Language, Paragraph
from index.text import hidden
from qa import settings
from qa.answering.answer import Answer
from qa.answering.quotes import Quote


def as_json(value: Any, indent: int | None = None) -> str:
    """Plain data as JSON, of one line unless it is indented. What a terminal or an editor would act on is escaped."""
    return hidden.escaped(json.dumps(value, ensure_ascii=False, indent=indent))


def level(confidence: float) -> Literal["high", "medium", "low"]:
    """A confidence in a word."""
    if confidence >= settings.CONFIDENCE_HIGH:
        return "high"
    return "medium" if confidence >= settings.CONFIDENCE_MEDIUM else "low"


def citation(quote: Quote, language: Language) -> str:
    """Document, section path, paragraph and page or lines: all that is needed to find the quote."""
    return cite(quote.document, quote.paragraph, quote.start, quote.end, language)


def cite(document: Document, paragraph: Paragraph, start: int, end: int, language: Language) -> str:
    """The citation of a span: with its page where there are pages, its lines where those are the file's."""
    section = " › ".join(paragraph.section.titles)
    return " · ".join(filter(None, [document.title, section, paragraph.id, _where(document, start, end, language)]))


def _where(document: Document, start: int, end: int, language: Language) -> str:
    if pages := sorted({box.page for box in document.boxes(start, end)}):
        return _range(pages[0], pages[-1], ("页", "page"), language)
    if document.format in ("txt", "md"):
        return _range(*document.lines(start, end), ("行", "line"), language)
    return ""


def _range(first: int, last: int, unit: tuple[str, str], language: Language) -> str:
    if language == "zh":
        return f"第 {first} {unit[0]}" if first == last else f"第 {first}–{last} {unit[0]}"
    return f"{unit[1]} {first}" if first == last else f"{unit[1]}s {first}–{last}"


def quote_record(quote: Quote, language: Language) -> dict[str, Any]:
    """One quote, as fixed; `page` is null where the format has no pages.

    `also`, the citations of the same words elsewhere, is there only where they do stand elsewhere.
    """
    return {
        "text": quote.text,
        "raw": quote.raw,
        "document": quote.document.id,
        "section": list(quote.paragraph.section.titles),
        "paragraph": quote.paragraph.id,
        "start": quote.start,
        "end": quote.end,
        "lines": list(quote.lines),
        "page": quote.document.page(quote.start),
        "highlights": [list(span) for span in quote.highlights],
        "citation": citation(quote, language),
        "score": quote.score,
        "sha256": quote.document.sha256,
        **({"also": also} if (also := elsewhere(quote, language)) else {}),
    }


def elsewhere(quote: Quote, language: Language) -> list[str]:
    """The citations of the same words elsewhere."""
    return [cite(twin.document, twin.paragraph, twin.start, twin.end, language) for twin in quote.twins]


def answer_record(answer: Answer) -> dict[str, Any]:
    """One answer, as fixed."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answered": answer.answered,
        "confidence": answer.confidence,
        "reason": answer.reason,
        "quotes": [quote_record(quote, answer.language) for quote in answer.quotes],
        "nearest": [quote_record(quote, answer.language) for quote in answer.nearest],
        "index": answer.fingerprint,
    }


def document_record(document: Document, paragraphs: Iterable[Paragraph]) -> dict[str, Any]:
    """A document with these of its paragraphs, as fixed for `show --json`."""
    return {
        "id": document.id,
        "title": document.title,
        "language": document.language,
        "sha256": document.sha256,
        "paragraphs": [
            {
                "id": paragraph.id,
                "section": list(paragraph.section.titles),
                "start": paragraph.start,
                "end": paragraph.end,
                "raw": document.source[paragraph.start : paragraph.end],
                "text": document.display(paragraph.start, paragraph.end),
                "sentences": [[span.start, span.end] for span in paragraph.sentences],
            }
            for paragraph in paragraphs
        ],
    }

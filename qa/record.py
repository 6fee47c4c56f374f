"""Answers, searches and documents as plain data, in the shape of `--json`; every edge draws from here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from index.records import Document, Paragraph
from index.text import hidden
from qa import settings
from qa.answering.answer import Answer
from qa.answering.quotes import Quote
from qa.answering.search import Found


def as_json(value: Any, indent: int | None = None) -> str:
    """Plain data as JSON, of one line unless it is indented. What a terminal or an editor would act on is escaped."""
    return hidden.escaped(json.dumps(value, ensure_ascii=False, indent=indent))


def level(confidence: float) -> Literal["high", "medium", "low"]:
    """A confidence in a word."""
    if confidence >= settings.CONFIDENCE_HIGH:
        return "high"
    return "medium" if confidence >= settings.CONFIDENCE_MEDIUM else "low"


def quote_record(quote: Quote) -> dict[str, Any]:
    """One quote; `page` is null where the format has no pages.

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
        "page": quote.page,
        "highlights": [list(span) for span in quote.highlights],
        "citation": quote.citation,
        "score": quote.score,
        "sha256": quote.document.sha256,
        **({"also": list(quote.also)} if quote.twins else {}),
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """One answer, in the shape of `ask --json`."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answered": answer.answered,
        "confidence": answer.confidence,
        "reason": answer.reason,
        "quotes": [quote_record(quote) for quote in answer.quotes],
        "nearest": [quote_record(quote) for quote in answer.nearest],
        "index": answer.fingerprint,
    }


def search_record(found: Found) -> dict[str, Any]:
    """A search, in the shape of `search --json`."""
    return {
        "query": found.query,
        "language": found.language,
        "hits": [{"rank": hit.rank, **quote_record(hit.quote), "legs": hit.legs} for hit in found.hits],
        "index": found.fingerprint,
    }


def document_record(document: Document, paragraphs: Iterable[Paragraph]) -> dict[str, Any]:
    """A document with these of its paragraphs, in the shape of `show --json`."""
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

"""Re-checks saved answers against the source files as they are now.

Reads the files themselves, not the index: a quote holds if its document's file still has the recorded
hash, the raw text stands at the recorded offsets, and what is shown and cited follows from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.corpus import decode
from index.dense.centres import LANGUAGES
from index.errors import InputError, NotFound, SourceError
from index.originals import Originals
from index.records import Document
from qa.answering.citation import cite


@dataclass(frozen=True, slots=True)
class Verdict:
    """One quote of a saved answer; `problem` is None when it holds."""

    question: str
    citation: str
    problem: str | None


def records(text: str, name: str) -> list[dict[str, Any]]:
    """The answers in a saved file: one JSON object, a list of them, or one a line."""
    try:
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not a saved answer ({error})", "save one with `yinzheng ask … --json`") from None
    return checked(parsed if isinstance(parsed, list) else [parsed], name)


def checked(found: list[Any], name: str) -> list[dict[str, Any]]:
    """These answers; InputError where there is none, or something is no answer."""
    if not found:
        raise InputError(f"{name} holds no answer", "save one with `yinzheng ask … --json`")
    for record in found:
        lists = [record.get("quotes"), record.get("nearest") or []] if isinstance(record, dict) else [None]
        if not all(isinstance(quotes, list) for quotes in lists):
            raise InputError(f"{name} is not a saved answer", "save one with `yinzheng ask … --json`")
    return found


def verify(answers: list[dict[str, Any]], originals: Originals) -> Iterator[Verdict]:
    """A verdict for each quote and each nearest passage of these answers, in order."""
    documents: dict[str, Document | str] = {}
    for answer in answers:
        for quote in [*answer["quotes"], *(answer.get("nearest") or [])]:
            quote = quote if isinstance(quote, dict) else {}
            id = str(quote.get("document"))
            if id not in documents:
                documents[id] = _read(originals, id)
            found = documents[id]
            wrong = _without_document(quote, found, originals, id) if isinstance(found, str) else problem(quote, found)
            yield Verdict(str(answer.get("question", "")), str(quote.get("citation", "?")), wrong)


def _read(originals: Originals, id: str) -> Document | str:
    """The document, or why it cannot be read."""
    try:
        return originals.document(id)
    except (SourceError, NotFound) as error:
        return str(error)


def problem(quote: dict[str, Any], document: Document) -> str | None:
    """Why a saved quote of this document does not hold, or None."""
    if quote.get("sha256") != document.sha256:
        return f"{document.file} has changed since the answer was saved (its SHA-256 differs)"
    start, end = quote.get("start"), quote.get("end")
    if not (type(start) is int and type(end) is int and 0 <= start < end <= len(document.source)):
        return f"the offsets {start}-{end} are not in {document.file}"
    if quote.get("raw") != document.source[start:end]:
        return f"the raw text is not what stands in {document.file} at {start}-{end}"
    shown = document.display(start, end)
    if quote.get("text") != shown:
        return "the quote was edited: it is not what the source shows there"
    paragraph = document.paragraph(str(quote.get("paragraph")))
    if paragraph is None or not (paragraph.start <= start and end <= paragraph.end):
        return f"the quote does not stand in paragraph {quote.get('paragraph')}"
    if quote.get("section") != list(paragraph.section.titles):
        return f"paragraph {paragraph.id} stands in another section"
    if quote.get("lines") != list(document.lines(start, end)):
        return f"the quote does not stand in lines {quote.get('lines')}"
    if quote.get("citation") not in [cite(document, paragraph, start, end, of) for of in LANGUAGES]:
        return "the citation was edited: it is not where the quote stands"
    spans = quote.get("highlights")
    if not isinstance(spans, list) or not all(_within(span, len(shown)) for span in spans):
        return "a highlight lies outside the quote"
    return None


def _without_document(quote: dict[str, Any], reason: str, originals: Originals, id: str) -> str:
    """Why a quote of an unreadable document does not hold, more closely where that can be told."""
    plain = originals.plain(id)
    if plain is None:
        return reason
    file, data = plain
    if hashlib.sha256(data).hexdigest() != quote.get("sha256"):
        return f"{file} has changed since the answer was saved (its SHA-256 differs)"
    try:
        text = decode(data, Path(file))
    except SourceError as error:
        return str(error)
    start, end = quote.get("start"), quote.get("end")
    if type(start) is int and type(end) is int and text[start:end] == quote.get("raw"):
        return reason
    return f"the raw text is not what stands in {file} at {start}-{end}"


def _within(span: Any, size: int) -> bool:
    return (
        isinstance(span, list)
        and len(span) == 2
        and all(type(x) is int for x in span)
        and 0 <= span[0] < span[1] <= size
    )

"""Answers, passages and outlines as lines for a terminal. Pure: `console` prints them.

Labels are in the reader's language. An answer span is marked in the quote and named on a line of its
own, so that it is seen without colour too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.library import Library
from index.records import Document, Language, Paragraph
from qa.answering.answer import Answer
from qa.answering.evidence import Coverage
from qa.answering.quotes import Quote
from qa.answering.search import Found
from qa.record import level
from qa.terminal.console import safe

if TYPE_CHECKING:
    from rich.text import Text

# Characters of a question that stand over its answer.
TITLE = 200

_LABELS: dict[str, dict[Language, str]] = {
    "answer": {"zh": "答案", "en": "answer"},
    "confidence": {"zh": "置信度", "en": "confidence"},
    "high": {"zh": "高", "en": "high"},
    "medium": {"zh": "中", "en": "medium"},
    "low": {"zh": "低", "en": "low"},
    "refusal": {"zh": "原文没有回答：", "en": "Not answered: "},
    "unknown": {"zh": "原文中没有出现：", "en": "never in the source: "},
    "also": {"zh": "另见：", "en": "also: "},
    "nearest": {"zh": "最接近的段落（不是答案）：", "en": "Nearest passages (these do not answer):"},
}


def label(name: str, language: Language) -> str:
    """A label in the reader's language."""
    return _LABELS[name][language]


def answer_lines(answer: Answer) -> Iterator[Text]:
    """An answer: its quotes with their citations, or the refusal and what stands nearest."""
    from rich.text import Text

    language = answer.language
    if answer.answered:
        for number, quote in enumerate(answer.quotes, start=1):
            yield from _quote_lines(quote, f"{number}. ", language)
        word = label(level(answer.confidence), language)
        yield Text(f"{label('confidence', language)} {answer.confidence:.2f} ({word})", style="dim")
        return
    yield Text(f"{label('refusal', language)}{answer.reason}", style="yellow")
    if answer.absent:
        words = ("、" if language == "zh" else ", ").join(map(safe, answer.absent))
        yield Text(f"{label('unknown', language)}{words}", style="dim")
    if answer.nearest:
        yield Text(label("nearest", language), style="dim")
        for quote in answer.nearest:
            yield from _quote_lines(quote, "– ", language, dim=True)


def _quote_lines(quote: Quote, mark: str, language: Language, *, dim: bool = False) -> Iterator[Text]:
    from rich.text import Text

    text = Text(safe(quote.text), style="dim" if dim else "")
    if not dim:
        for start, end in quote.highlights:
            text.stylize("bold reverse", start, end)
    yield Text(mark) + text
    if quote.highlights and not dim:
        spans = dict.fromkeys(safe(quote.text[start:end]) for start, end in quote.highlights)
        found = ("、" if quote.paragraph.language == "zh" else ", ").join(spans)
        yield Text(f"   {label('answer', language)}: ", style="dim") + Text(found, style="bold")
    yield Text(f"   {safe(quote.citation)}", style="dim" if dim else "cyan")
    for other in quote.also:
        yield Text(f"   {label('also', language)}{safe(other)}", style="dim")


def shorten(question: str) -> str:
    """A question as the title of its answer."""
    return question if len(question) <= TITLE else question[:TITLE] + "…"


def outline_lines(documents: Sequence[Document]) -> Iterator[Text]:
    """Each document's sections and paragraphs, with how each paragraph begins."""
    from rich.text import Text

    for document in documents:
        yield Text(f"{safe(document.title)}  ({safe(document.id)}, {safe(document.file)})", style="bold")
        for section, paragraphs in document.sections():
            depth = len(section.titles)
            yield Text("  " * depth + safe(section.titles[-1]), style="cyan")
            for paragraph in paragraphs:
                text = " ".join(document.display(paragraph.start, paragraph.end).split())
                begin = safe(text[:36]) + ("…" if len(text) > 36 else "")
                what = "" if paragraph.kind == "text" else f"[{paragraph.kind}] "
                yield Text(f"{'  ' * depth}  {paragraph.id:<8}{_place(document, paragraph):<10}{what}{begin}")


def _place(document: Document, paragraph: Paragraph) -> str:
    """Where a paragraph stands in its file: pages where there are any, lines where the file has lines."""
    if pages := [box.page for box in document.boxes(paragraph.start, paragraph.end)]:
        return f" p. {min(pages)}" + (f"–{max(pages)}" if max(pages) > min(pages) else "")
    if not document.lined:
        return ""
    first, last = document.lines(paragraph.start, paragraph.end)
    return f"{first:>4}–{last:<5}"


def paragraph_lines(document: Document, paragraph: Paragraph, *, raw: bool) -> Iterator[Text]:
    """One paragraph in its place: title path, lines, neighbours, and its sentences one a line.

    `raw` shows the source file's own lines instead.
    """
    from rich.text import Text

    first, last = document.lines(paragraph.start, paragraph.end)
    path = " › ".join(paragraph.section.titles)
    stands = _place(document, paragraph).strip()
    where = f"{document.file}:{stands}" if stands[:1].isdigit() else f"{document.file} {stands}".strip()
    yield Text(f"{safe(path)} · {paragraph.id} · {safe(where)}", style="cyan")
    if raw:
        lines = document.source.split("\n")
        for number in range(first, last + 1):
            if lines[number - 1].strip():
                yield Text(f"{number:>5}  {safe(lines[number - 1].rstrip(chr(13)))}")
    else:
        for span in paragraph.sentences:
            yield Text(safe(document.display(span.start, span.end)))
    place = document.paragraphs.index(paragraph)
    before = [p.id for p in document.paragraphs[max(0, place - 1) : place]]
    after = [p.id for p in document.paragraphs[place + 1 : place + 2]]
    yield Text("  ".join([*(f"← {id}" for id in before), *(f"→ {id}" for id in after)]), style="dim")


def hit_lines(found: Found, *, explain: bool) -> Iterator[Text]:
    """Lines for a terminal: rank, score, place, the best sentence, and each leg's score."""
    from rich.text import Text

    for hit in found.hits:
        quote = hit.quote
        path = " › ".join(quote.paragraph.section.titles)
        head = f"{hit.rank:>2}. {quote.score:7.3f}  {quote.paragraph.id}  {safe(path)}"
        yield Text(head, style="cyan")
        if explain:
            yield Text("    " + "  ".join(f"{leg} {score:.3f}" for leg, score in hit.legs.items()), style="dim")
        yield Text("    ") + Text(safe(quote.text))


def explain_lines(found: Found, library: Library) -> Iterator[Text]:
    """How the query was understood: language, wanted answer, terms, words the source never uses."""
    from rich.text import Text

    asked = Coverage.of(library, found.question)
    terms = dict.fromkeys(library.tokenizer.terms(found.query))
    yield Text(f"language {found.language}, wanted {found.question.wanted}", style="dim")
    yield Text("terms " + " ".join(safe(t) for t in terms), style="dim")
    yield Text("never in the source: " + (", ".join(map(safe, asked.absent)) or "–"), style="dim")

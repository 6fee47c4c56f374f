"""The source beside the conversation: its outline, its clean text, and the raw text with each repair marked.

Every piece of text carries the half-open source offsets that it stands for, so that the page can mark the
very occurrence that is cited, never its twin.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.records import Document, Paragraph, Section
from qa import titles
from qa.page import words
from qa.page.markup import LANG, both, safe

if TYPE_CHECKING:
    from index.library import Library
    from index.repair.edits import Edit
    from qa.gloss import Glosser


def panel(library: Library, glosser: Glosser) -> str:
    """All documents of the library as one column of HTML."""
    documents = "".join(_document(number, document, glosser) for number, document in enumerate(library.documents))
    ours = any(titles.is_ours(document.title) for document in library.documents)
    note = f'<p class="yz-ours">{both("ours")}</p>' if ours else ""
    return (
        f'<div class="yz-bar"><h2>{both("source")}</h2>'
        f'<label><input type="checkbox" id="yz-raw"> {both("raw")}</label>'
        f'<button type="button" id="yz-close">{both("close")}</button></div>'
        f'<p id="yz-why" role="status"></p>{note}<div class="yz-documents">{documents}</div>'
    )


def _document(number: int, document: Document, glosser: Glosser) -> str:
    sections = list(document.sections())
    outline = "".join(
        f'<li class="yz-depth-{min(3, len(section.titles))}"><a href="#yz-{number}-{place}">'
        f"{_title(section.titles[-1], document, glosser)}</a></li>"
        for place, (section, _) in enumerate(sections)
    )
    body = "".join(
        _section(f"yz-{number}-{place}", section, paragraphs, document, glosser)
        for place, (section, paragraphs) in enumerate(sections)
    )
    return (
        f'<article data-document="{safe(document.id)}" lang="{LANG[document.language]}">'
        f"<h3>{safe(document.title)}</h3>"
        f'<p class="yz-file"><code>{safe(document.file)}</code></p>'
        f'<details class="yz-outline"><summary>{both("outline")}</summary><ul>{outline}</ul></details>'
        f"{body}</article>"
    )


def _title(title: str, document: Document, glosser: Glosser) -> str:
    """A section's title as printed and, where its words are known, in the other language."""
    reader = "en" if document.language == "zh" else "zh"
    other = glosser.title(title, reader)  # type: ignore[arg-type]
    return safe(title) + (f' <span class="yz-other" lang="{LANG[reader]}">{safe(other)}</span>' if other else "")  # type: ignore[index]


def _section(
    anchor: str, section: Section, paragraphs: tuple[Paragraph, ...], document: Document, glosser: Glosser
) -> str:
    head = f'<h4 id="{anchor}" tabindex="-1">{_title(section.titles[-1], document, glosser)}</h4>'
    return head + "".join(_paragraph(paragraph, document) for paragraph in paragraphs)


def _paragraph(paragraph: Paragraph, document: Document) -> str:
    first, last = document.lines(paragraph.start, paragraph.end)
    clean = "".join(_piece(start, end, safe(text)) for start, end, text in _clean(paragraph, document))
    raw = "".join(_piece(start, end, _raw(start, end, document)) for start, end in _spans(paragraph))
    return (
        f'<div class="yz-paragraph" lang="{LANG[paragraph.language]}"><span class="yz-id">{safe(paragraph.id)}'
        f'<span class="yz-lines">{first}–{last}</span></span>'
        f'<p class="yz-clean">{clean}</p><p class="yz-raw">{raw}</p></div>'
    )


def _piece(start: int, end: int, text: str) -> str:
    return f'<span data-start="{start}" data-end="{end}">{text}</span>'


def _spans(paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """The sentences and what stands between them, in order, without a gap."""
    at = paragraph.start
    for sentence in paragraph.sentences:
        if at < sentence.start:
            yield at, sentence.start
        yield sentence.start, sentence.end
        at = sentence.end


def _clean(paragraph: Paragraph, document: Document) -> Iterator[tuple[int, int, str]]:
    """Each span with its display text; the space at a sentence's ends is kept, since sentences are shown in a row."""
    for start, end in _spans(paragraph):
        text = document.repaired.display(start, end)
        yield start, end, text.lstrip() if start == paragraph.start else text


def _raw(start: int, end: int, document: Document) -> str:
    """The source's own characters, what was mended struck out beside what is shown, with the reason."""
    parts, at = [], start
    edits = document.edits
    first = bisect_left(edits, start, key=lambda edit: edit.start)
    for edit in edits[first : bisect_left(edits, end, key=lambda edit: edit.start)]:
        parts.append(safe(document.source[at : edit.start]))
        at = min(end, edit.end)
        parts.append(_repair(edit, document.source[edit.start : at]))
    parts.append(safe(document.source[at:end]))
    return "".join(parts)


def _repair(edit: Edit, raw: str) -> str:
    why = " · ".join(words.of("repaired", language, rule=words.rule(edit.rule, language)) for language in LANG) + (
        f" · {edit.reason}" if edit.reason else ""
    )
    if edit.rule == "line break":
        return f'<span class="yz-break" title="{safe(why)}">{safe(raw)}</span>'
    struck = f"<del>{safe(raw)}</del>" if raw else ""
    shown = f"<ins>{safe(edit.text)}</ins>" if edit.text else ""
    return f'<span class="yz-repair" tabindex="0" role="button" title="{safe(why)}">{struck}{shown}</span>'

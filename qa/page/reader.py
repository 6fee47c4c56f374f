"""A document beside the conversation: its outline, its clean text, the raw text with each repair, or its pages.

Every piece of text carries the half-open source offsets that it stands for, so that the page can mark the
very occurrence that is cited, never its twin.
"""

from __future__ import annotations

from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.formats.places import UNIT
from index.records import Document, Paragraph, Section
from index.text import hidden
from qa import titles
from qa.page import words
from qa.page.markup import LANG, both, safe

if TYPE_CHECKING:
    from index.repair.edits import Edit
    from qa.gloss import Glosser

# Formats in which a reader counts lines.


def text(document: Document, glosser: Glosser, why: str = "") -> str:
    """A document as text; `why` says why its page is not shown."""
    sections = list(document.sections())
    outline = "".join(
        f'<li class="yz-depth-{min(3, len(section.titles))}"><a href="#yz-s-{place}">'
        f"{_title(section.titles[-1], document, glosser)}</a></li>"
        for place, (section, _) in enumerate(sections)
    )
    body = "".join(
        _section(f"yz-s-{place}", section, paragraphs, document, glosser)
        for place, (section, paragraphs) in enumerate(sections)
    )
    note = f'<p class="yz-why" role="status">{both("no-page", reason=why)}</p>' if why else ""
    return _article(
        document,
        "text",
        f'{note}<details class="yz-outline"><summary>{both("outline")}</summary><ul>{outline}</ul></details>{body}',
    )


def page(document: Document, number: int, image: bytes, start: int, end: int) -> str:
    """A page of a document as it is printed, with a box around each line of `[start, end)` on it."""
    places = document.places
    assert places is not None
    width, height = (max(1, int(size)) / UNIT for size in places.sizes[number - 1])
    boxes = "".join(
        f'<span class="yz-box" style="left:{_percent(box.left, width)};top:{_percent(box.top, height)};'
        f'width:{_percent(box.right - box.left, width)};height:{_percent(box.bottom - box.top, height)}"></span>'
        for box in (document.boxes(start, end) if start < end else [])
        if box.page == number
    )
    last = len(places.sizes)
    turns = "".join(
        f'<button type="button" class="yz-turn" data-turn="{name}" data-page="{to}"'
        f"{'' if 1 <= to <= last else ' disabled'}>{both(name)}</button>"
        for name, to in (("previous", number - 1), ("following", number + 1))
    )
    said = " / ".join(words.of("page-of", language, page=number, n=last) for language in LANG)
    picture = b64encode(image).decode()
    return _article(
        document,
        "page",
        f'<div class="yz-turns">{turns}<span role="status">{both("page-of", page=number, n=last)}</span></div>'
        f'<div class="yz-sheet"><img alt="{safe(document.title)} · {safe(said)}" width="{round(width)}" '
        f'height="{round(height)}" src="data:image/png;base64,{picture}">{boxes}</div>',
        f' data-page="{number}"',
    )


def nothing(name: str) -> str:
    """What stands in the place of a document: a word of the page."""
    return f'<div class="yz-documents"><p class="yz-pick-one">{both(name)}</p></div>'


def _article(document: Document, view: str, body: str, more: str = "") -> str:
    ours = f'<p class="yz-ours">{both("ours")}</p>' if titles.is_ours(document.title) else ""
    views = ""
    if document.places is not None:
        buttons = "".join(
            f'<button type="button" class="yz-view" data-view="{name}" aria-pressed="{str(name == view).lower()}">'
            f"{both(word)}</button>"
            for name, word in (("text", "text"), ("page", "as-page"))
        )
        views = f'<div class="yz-views">{buttons}</div>'
    return (
        f'<p id="yz-why" role="status"></p>{ours}<div class="yz-documents">'
        f'<article data-document="{safe(document.id)}" data-view="{view}"{more} lang="{LANG[document.language]}">'
        f'{views}<h3>{safe(document.title)}</h3><p class="yz-file"><code>{safe(document.file)}</code></p>'
        f"{body}</article></div>"
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%"


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
    if paragraph.kind == "table":
        clean = _table(paragraph, document)
    else:
        pieces = "".join(_piece(start, end, safe(shown)) for start, end, shown in _clean(paragraph, document))
        clean = f'<p class="yz-clean">{pieces}</p>'
    raw = "".join(_piece(start, end, _raw(start, end, document)) for start, end in _spans(paragraph))
    kind = "" if paragraph.kind == "text" else f" yz-{paragraph.kind}"
    return (
        f'<div class="yz-paragraph{kind}" lang="{LANG[paragraph.language]}"><span class="yz-id">{safe(paragraph.id)}'
        f'<span class="yz-lines">{_where(paragraph, document)}</span></span>'
        f'{clean}<p class="yz-raw">{raw}</p></div>'
    )


def _where(paragraph: Paragraph, document: Document) -> str:
    """Its lines in a text file, its page where there are pages; nothing in other formats."""
    if document.places is not None:
        number = document.page(paragraph.start)
        return "" if number is None else both("page", page=number)
    if not document.lined:
        return ""
    first, last = document.lines(paragraph.start, paragraph.end)
    return f"{first}–{last}"


def _table(paragraph: Paragraph, document: Document) -> str:
    """A table's rows, each a sentence, as rows; the first is its head."""
    rows = []
    for number, span in enumerate(paragraph.sentences):
        cell = "td" if number or len(paragraph.sentences) == 1 else "th"
        cells = document.display(span.start, span.end).removeprefix("| ").removesuffix(" |").split(" | ")
        drawn = "".join(f"<{cell}>{safe(text)}</{cell}>" for text in cells)
        rows.append(f'<tr data-start="{span.start}" data-end="{span.end}">{drawn}</tr>')
    return f'<div class="yz-clean yz-scroll" tabindex="0"><table><tbody>{"".join(rows)}</tbody></table></div>'


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
    struck = f"<del>{safe(hidden.spelled(raw))}</del>" if raw else ""
    shown = f"<ins>{safe(edit.text)}</ins>" if edit.text else ""
    return f'<span class="yz-repair" tabindex="0" role="button" title="{safe(why)}">{struck}{shown}</span>'

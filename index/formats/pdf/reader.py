"""From a PDF's bytes to its text. `read` is what the rest of the project calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.errors import SourceError
from index.formats import limits
from index.formats.extract import Extract
from index.formats.pdf.columns import Runs, ordered, runs_of
from index.formats.pdf.flow import joined
from index.formats.pdf.glyphs import Floats, Ints, Page, page_glyphs
from index.formats.pdf.lines import Line, lines_of
from index.formats.pdf.margins import without_margins
from index.formats.pdf.opening import opened, opened_page
from index.formats.pdf.paragraphs import Edges, Part, parts_of
from index.formats.pdf.roles import assign
from index.formats.pdf.writing import Writer, edits_of

# With text on at most this part of its pages a file is a set of images: a library's cover sheet has text.
_FEW = 0.1
# So many characters without Unicode of their own, of all, are worth a remark.
_UNNAMED = 0.01


def read(data: bytes) -> Extract:
    """The text of a PDF with its blocks and places; the same bytes give the same extract.

    Raises SourceError for a file that is damaged, cut short, locked, too long, or has no text but only images.
    """
    with opened(data) as document:
        pages, count = [], 0
        for number in range(1, len(document) + 1):
            with opened_page(document, number) as page:
                pages.append(page_glyphs(page, number))
            count += sum(len(side.code) for side in pages[-1].sides)
            if count > limits.TEXT_CHARACTERS_MAX:
                found = f"its first {number} pages hold more than {limits.TEXT_CHARACTERS_MAX} characters"
                raise SourceError(found, "split it with `qpdf --split-pages=100 IN.pdf OUT.pdf` and add the parts")
        metadata = document.get_metadata_value("Title")
    bare = [number for number, page in enumerate(pages, start=1) if not any(len(side.code) for side in page.sides)]
    if len(pages) - len(bare) <= _FEW * len(pages):
        raise _textless(pages)
    unknown = sum(page.unknown for page in pages)
    if unknown > count / 2:
        mend = "have its pages read with `ocrmypdf --force-ocr -l chi_sim+eng IN.pdf OUT.pdf` and add that"
        raise SourceError(f"the PDF does not say which letters {unknown} of its {count} characters are", mend)
    parts, title = _parts(pages, metadata)
    writer = Writer()
    for part in parts:
        writer.add(part)
    text = writer.text
    if not text:  # page numbers and stamps alone
        raise _textless(pages)
    lettered = len(pages) - len(bare)
    return Extract(
        "pdf",
        text,
        tuple(writer.blocks),
        title,
        scanned=sum(page.scanned for page in pages) > lettered / 2,
        edits=tuple(edits_of(text, writer.edits)),
        places=writer.places([(page.width, page.height) for page in pages]),
        notes=tuple(_notes(pages, bare, count)),
    )


def _textless(pages: list[Page]) -> SourceError:
    many = f"{len(pages)} pages" if len(pages) > 1 else "1 page"
    if not any(page.pictured for page in pages):
        return SourceError(f"it has no text: nothing is printed on its {many}", "add another file")
    return SourceError(
        f"it has no text, only images of {many}",
        "make one with `ocrmypdf -l chi_sim+eng IN.pdf OUT.pdf` and add that",
    )


def _parts(pages: list[Page], metadata: str) -> tuple[list[Part], str | None]:
    """The document's parts in reading order, and its title."""
    body = _body(pages)
    runs = [[runs_of(side) for side in page.sides] for page in pages]
    columns: list[_Column] = []
    gutters: list[float] = []
    for page, sides, kept in zip(pages, runs, without_margins(pages, runs, body), strict=True):
        longest = max(len(side.code) for side in page.sides)
        for side, own, keep in zip(page.sides, sides, kept, strict=True):
            cut = ordered(own, keep, [] if side.angle else gutters)
            for at in cut:
                others = np.concatenate([part for part in cut if part is not at] or [at[:0]])
                foot = not _under(own, at, others)
                columns.append(_Column(lines_of(side, own, at), side.rules, foot, len(side.code) < longest))
    edges = Edges.of(line for column in columns for line in column.lines)
    parts: list[Part] = []
    for region, column in enumerate(columns):
        found = parts_of(column.lines, column.rules, region, body, column.foot, edges)
        for part in found:
            part.aside = column.aside
        parts += found
    title = assign(parts, body, metadata)
    return joined(parts), title


@dataclass(frozen=True, slots=True)
class _Column:
    lines: list[Line]
    rules: Floats
    foot: bool
    aside: bool


def _under(runs: Runs, region: Ints, others: Ints) -> bool:
    """Whether other text stands under a region's last line."""
    text, others = region[~runs.rule[region]], others[~runs.rule[others]]
    low, left, right = runs.base[text].max(), runs.left[text].min(), runs.right[text].max()
    return bool(((runs.base[others] > low) & (runs.left[others] < right) & (runs.right[others] > left)).any())


def _body(pages: list[Page]) -> float:
    """The type size that most characters are set in."""
    sizes = [np.round(side.size * 2) / 2 for page in pages for side in page.sides]
    values, counts = np.unique(np.concatenate(sizes), return_counts=True)
    return float(values[counts.argmax()])


def _notes(pages: list[Page], bare: list[int], count: int) -> list[str]:
    """Remarks for whoever adds the file."""
    notes = []
    images = [number for number in bare if pages[number - 1].pictured]
    if images:
        mend = "`ocrmypdf --skip-text -l chi_sim+eng IN.pdf OUT.pdf` adds it"
        notes.append(f"{_listed(images)} no text, only images; {mend}")
    unnamed = [number for number, page in enumerate(pages, start=1) if page.unnamed]
    total = sum(page.unnamed for page in pages)
    if total > _UNNAMED * count:
        notes.append(f"{_listed(unnamed)} {total} characters that the file does not name; they may be shown wrong")
    if hidden := sum(page.hidden for page in pages):
        notes.append(f"{hidden} characters that the pages do not show were left out")
    return notes


def _listed(numbers: list[int]) -> str:
    """`page 3 has`, `pages 3, 7 and 9-12 have`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = [f"{low}-{high}" if high > low else str(low) for low, high in spans]
    if len(numbers) == 1:
        return f"page {words[0]} has"
    return f"pages {', '.join(words[:-1])}{' and ' if words[1:] else ''}{words[-1]} have"

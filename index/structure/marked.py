"""From the blocks that a format marks (headings, tables, notes) to pieces, each in its section."""

from __future__ import annotations

from collections.abc import Sequence

from index.formats.extract import Block
from index.records import Kind, Language, Section, Span
from index.repair.edits import Repaired
from index.structure import headings, references
from index.structure.numbers import Numbers
from index.structure.piece import Piece
from index.text.tokens import squeezed

# What is longer heads nothing, whatever it is marked as, and is text: citations repeat what they stand under.
HEADING_MAX = 300
# An unheaded beginning is called this; square brackets mark words that are ours.
UNHEADED: dict[Language, str] = {"zh": "[引言]", "en": "[Introduction]"}


def pieces(blocks: Sequence[Block], first: Repaired, language: Language, title: str | None = None) -> list[Piece]:
    """The pieces of a text, read through a first repair.

    A greatest heading that says the document's title once more, before all others, opens no section.
    A text that begins with 摘要 or Abstract opens that section, if no heading has come before it.
    """
    found: list[Piece] = []
    numbers = Numbers()
    path: list[tuple[int, str]] = []
    section = Section("0", (UNHEADED[language],), None)
    listed = 0  # the level of the heading of the references that are open
    taken: set[str] = set()
    labelled = False
    greatest = [block for block in blocks if block.level == 1]
    for block in blocks:
        text = first.display(block.start, block.end).strip()
        if not text or (greatest == [block] and not found and title and squeezed(text) == squeezed(title)):
            continue
        if block.kind == "heading" and len(text) <= HEADING_MAX:
            title = " ".join(text.split())
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, title))
            listed = listed if listed and block.level > listed else block.level * references.is_heading(title)
            number = headings.abstract(title)
            if not number or number in taken:
                number = numbers.next(title, block.level)
            taken.add(number)
            section = Section(number, tuple(of for _, of in path), Span(block.start, block.end))
            labelled = False
            continue
        start = block.start
        label = headings.label(text) if block.kind == "text" and not path else None
        if label and label.abstract not in taken:
            taken.add(label.abstract)
            a, _ = first.to_display(block.start, block.end)
            start = first.to_source(a, a + label.length)[1]
            section = Section(label.abstract, (label.title,), Span(block.start, start))
            labelled = True
        elif labelled and block.kind == "text":  # a label that runs in is that of its paragraph alone
            section, labelled = Section("0", (UNHEADED[language],), None), False
        if first.display(start, block.end).strip():
            kind: Kind = "text" if block.kind == "heading" else block.kind
            if listed and kind != "table":
                kind = "reference"
            found.append(Piece(section, start, block.end, kind))
    entries(found, first)
    return found


def entries(found: Sequence[Piece], first: Repaired) -> None:
    """Marks the texts that are entries of a list of references without a heading."""
    texts = [first.display(piece.start, piece.end) if piece.kind == "text" else "" for piece in found]
    for place in references.runs(texts):
        found[place].kind = "reference"

"""From a source text and its errata to repaired, structured paragraphs.

The one place where repair and structure meet: lines are read through a first repair (a heading may
itself be misprinted), paragraphs are cut, and each is then repaired as a whole, line breaks included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from index.records import Language, Paragraph, Section, Span
from index.repair import rules
from index.repair.edits import Draft, Edit, Repaired
from index.repair.rules import Style
from index.structure import headings, lines, sentences

# An unheaded beginning is called this; square brackets mark words that are ours.
UNHEADED = {"zh": "[引言]", "en": "[Introduction]"}

_HAN = regex.compile(r"\p{Han}")
_WORD = regex.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source text turned out to be."""

    edits: tuple[Edit, ...]
    paragraphs: tuple[Paragraph, ...]


@dataclass(slots=True)
class _Block:
    """A paragraph in the making: its section, and its source range."""

    section: Section
    start: int
    end: int


def language_of(text: str) -> Language:
    """The language of a text by its letters: a Han character weighs as much as an English word."""
    han = len(_HAN.findall(text))
    words = len(_WORD.findall(text))
    return "zh" if han and han * 2 >= words else "en"


def read(source: str, errata: list[Edit]) -> Outline:
    """The outline of a source; `errata` are its reviewed edits, sorted."""
    spaced = rules.spaced(source)
    first = Repaired(source, _by_line(source, errata, spaced))
    blocks = _blocks(first, language_of(source))
    titles = {b.section.heading for b in blocks if b.section.heading}
    edits = [edit for block in blocks for edit in _repair(source, block, errata, spaced)]
    edits += [e for e in first.edits for h in titles if h.start <= e.start and e.end <= h.end]
    repaired = Repaired(source, sorted(edits))
    paragraphs: list[Paragraph] = []
    counts: dict[str, int] = {}
    for block in blocks:
        a, b = repaired.to_display(block.start, block.end)
        text = repaired.text[a:b]
        spans = _disjoint(Span(*repaired.to_source(a + i, a + j)) for i, j in sentences.split(text))
        if not spans:
            continue
        number = block.section.number
        counts[number] = counts.get(number, 0) + 1
        paragraphs.append(
            Paragraph(
                id=f"{number}-P{counts[number]}",
                section=block.section,
                start=spans[0].start,
                end=spans[-1].end,
                language=language_of(text),
                sentences=tuple(spans),
            )
        )
    return Outline(repaired.edits, tuple(paragraphs))


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that share an edit joined: a correction may hold a sentence's end."""
    found: list[Span] = []
    for span in spans:
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _repair(source: str, block: Span | _Block, errata: list[Edit], spaced: bool) -> list[Edit]:
    """The edits of one range: the errata first, then every rule."""
    draft = Draft(source, block.start, block.end)
    for edit in reversed(errata):
        if block.start <= edit.start and edit.end <= block.end:
            a, b = edit.start - block.start, edit.end - block.start
            draft.replace(a, b, edit.text, edit.rule, edit.reason)
    rules.apply(draft, Style(spaced, language_of(draft.text) == "zh"))
    return draft.edits()


def _by_line(source: str, errata: list[Edit], spaced: bool) -> list[Edit]:
    """A first repair, line by line, in which headings and widths are read."""
    edits: list[Edit] = []
    at = 0
    for line in source.split("\n"):
        if line.strip():
            edits.extend(_repair(source, Span(at, at + len(line)), errata, spaced))
        at += len(line) + 1
    return edits


def _blocks(first: Repaired, language: Language) -> list[_Block]:
    """The paragraphs as source ranges, each with its section."""
    found = lines.read(first)
    blocks: list[_Block] = []
    section: Section | None = None
    top: tuple[str, ...] = ()
    numbers = [0, 0]
    fresh = closed = True
    for line, ends_here in zip(found, lines.breaks(found), strict=True):
        heading = headings.at(line.text, *numbers)
        if heading and heading.kind == "subsection" and not closed:
            heading = None
        start = line.start
        if heading:
            a, _ = first.to_display(line.start, line.end)
            start = first.to_source(a, a + heading.length)[1]
            span = Span(line.start, start)
            titles: tuple[str, ...] = (heading.title,)
            if heading.kind == "section":
                numbers, top = [numbers[0] + 1, 0], titles
            elif heading.kind == "subsection":
                numbers[1], titles = numbers[1] + 1, top + titles
            section = Section(heading.number, titles, span)
            fresh = True
        elif section and section.number == "en" and language_of(line.text) == "zh":
            section, fresh = Section("0", (UNHEADED[language],), None), True
        elif fresh and (section is None or section.number in headings.ABSTRACTS):
            section = Section("0", (UNHEADED[language],), None)
        if section and first.source[start : line.end].strip():
            if fresh:
                blocks.append(_Block(section, start, line.end))
            else:
                blocks[-1].end = line.end
            fresh = ends_here
        closed = fresh or line.ends_sentence
    return blocks

"""From the printed lines of a plain text to pieces: headings are told by their words, paragraphs by their lines."""

from __future__ import annotations

from index.records import Language, Section, Span
from index.repair.edits import Repaired
from index.structure import headings, lines, references
from index.structure.headings import Heading, Met
from index.structure.language import language_of
from index.structure.lines import Line
from index.structure.marked import UNHEADED, entries
from index.structure.numbers import Numbers
from index.structure.piece import Piece


def pieces(first: Repaired, language: Language) -> list[Piece]:
    """The pieces of a text, read through a first repair (a heading may itself be misprinted)."""
    found = lines.read(first)
    ends = lines.breaks(found)
    made: list[Piece] = []
    numbers, met = Numbers(), Met()
    section: Section | None = None
    top: list[str] = []
    fresh = closed = True
    bare = listed = False  # a heading without text below it yet; within the references
    for place, (line, ends_here) in enumerate(zip(found, ends, strict=True)):
        heading = met.at(line.text, closed=closed, last=place == len(found) - 1)
        if heading and heading.length == len(line.text) and _is_item(heading, met, found[place + 1 : place + 2]):
            heading = None
        start = line.start
        if heading:
            met.meet(heading)
            a, _ = first.to_display(line.start, line.end)
            start = first.to_source(a, a + heading.length)[1]
            number = heading.abstract or numbers.next(heading.title, heading.level)
            if not heading.abstract:
                top = [*top[: heading.level - 1], heading.title]
            titles = (heading.title,) if heading.abstract else tuple(top)
            section = Section(number, titles, Span(line.start, start))
            listed = references.is_heading(heading.title) or (listed and heading.level > 1)
            fresh = bare = True
        elif section and section.number == "en" and language_of(line.text) == "zh":
            section, fresh = Section("0", (UNHEADED[language],), None), True
        elif fresh and not bare and (section is None or section.number in headings.ABSTRACTS):
            section = Section("0", (UNHEADED[language],), None)
        if section and first.source[start : line.end].strip():
            if fresh:
                made.append(Piece(section, start, line.end, "reference" if listed else "text"))
            else:
                made[-1].end = line.end
            fresh, bare = ends_here, False
        closed = fresh or line.ends_sentence
    entries(made, first)
    return made


def _is_item(heading: Heading, met: Met, following: list[Line]) -> bool:
    """Whether what looks like a numbered heading is an item of a list: the next line is its neighbour."""
    if heading.abstract or not following:
        return False
    after = Met()
    after.__dict__.update(met.__dict__)
    after.meet(heading)
    follower = after.at(following[0].text, closed=True)
    return (
        follower is not None
        and heading.title[0].isdecimal()
        and follower.title[0].isdecimal()
        and follower.level == heading.level
        and not follower.abstract
    )

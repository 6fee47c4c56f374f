"""The records everything else speaks of: frozen, slotted, checked when they are made.

All offsets are half-open, in Unicode code points of the document's source text. `Document` is the
only one that holds text; the others are spans. Scores are never stored on a span.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise
from typing import Literal

from index.formats.extract import Format
from index.formats.places import Box, Places
from index.formats.readers import lined
from index.repair.edits import Edit, Repaired

Language = Literal["zh", "en"]
# What a paragraph is. A reference is shown in its place and never searched or quoted.
Kind = Literal["text", "table", "caption", "footnote", "reference"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open, non-empty range of a source text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, found {self.start}, {self.end}")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a document.

    `number` is the stable part of its paragraphs' ids ("3.1", "0", "zh"); `titles` is the path from
    the top, as printed; `headings` the source spans of its own heading (none for an unheaded one,
    whose title then stands in square brackets because it is ours).
    """

    number: str
    titles: tuple[str, ...]
    heading: Span | None

    def __post_init__(self) -> None:
        if not self.number or not self.titles:
            raise ValueError(f"a section needs a number and a title, found {self.number!r}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as the typesetter set it: its section, its span and its sentences in order.

    A table is one paragraph, and its rows are its sentences; the first is its head.
    """

    id: str
    section: Section
    start: int
    end: int
    language: Language
    sentences: tuple[Span, ...]
    kind: Kind = "text"

    def __post_init__(self) -> None:
        if not self.sentences:
            raise ValueError(f"paragraph {self.id} has no sentence")
        if self.sentences[0].start != self.start or self.sentences[-1].end != self.end:
            raise ValueError(f"the sentences of {self.id} do not span {self.start}-{self.end}")
        for left, right in pairwise(self.sentences):
            if left.end > right.start:
                raise ValueError(f"sentences of {self.id} overlap at {right.start}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list of documents shows it."""

    id: str
    file: str
    title: str
    sha256: str
    language: Language
    format: Format


@dataclass(frozen=True)
class Document:
    """One source file: its text as decoded or extracted, how it is repaired for display, and its structure.

    `sha256` is that of the file. `places` says where the text stands on the file's pages, if it has any; it is read
    when it is first needed.
    """

    id: str
    file: str
    title: str
    language: Language
    sha256: str
    source: str = field(repr=False)
    edits: tuple[Edit, ...] = field(repr=False)
    paragraphs: tuple[Paragraph, ...] = field(repr=False)
    format: Format = "txt"
    read_places: Callable[[], Places | None] = field(default=lambda: None, repr=False, compare=False)

    def __post_init__(self) -> None:
        seen: set[str] = set()
        previous = 0
        for paragraph in self.paragraphs:
            if paragraph.id in seen:
                raise ValueError(f"{self.id} has two paragraphs {paragraph.id}")
            if paragraph.start < previous or paragraph.end > len(self.source):
                raise ValueError(f"paragraph {paragraph.id} is out of order or of range")
            seen.add(paragraph.id)
            previous = paragraph.end

    @property
    def lined(self) -> bool:
        """Whether its lines are those of its file."""
        return lined(self.format)

    @property
    def listed(self) -> Listed:
        """This document as a list shows it."""
        return Listed(self.id, self.file, self.title, self.sha256, self.language, self.format)

    @cached_property
    def repaired(self) -> Repaired:
        """The display text of the whole document and its alignment to the source."""
        return Repaired(self.source, self.edits)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.source) if char == "\n")
        return starts

    @cached_property
    def places(self) -> Places | None:
        """Where the text stands on its pages; None where the format has none, or they are gone with the index."""
        return self.read_places()

    def page(self, start: int) -> int | None:
        """The 1-based page that the character at `start` stands on; None where there are no pages."""
        return self.places.page(start) if self.places else None

    def boxes(self, start: int, end: int) -> list[Box]:
        """Where `source[start:end]` stands on its pages, a box a line; none where there are no pages."""
        return self.places.boxes(start, end) if self.places else []

    def display(self, start: int, end: int) -> str:
        """The display text of `source[start:end]`, without the space around it."""
        return self.repaired.display(start, end).strip()

    def lines(self, start: int, end: int) -> tuple[int, int]:
        """The 1-based first and last line of the source file that the span touches."""
        return (
            bisect_right(self._line_starts, start),
            bisect_right(self._line_starts, max(start, end - 1)),
        )

    def paragraph(self, id: str) -> Paragraph | None:
        """The paragraph of that id, or None."""
        return next((p for p in self.paragraphs if p.id == id), None)

    def sections(self) -> Iterator[tuple[Section, tuple[Paragraph, ...]]]:
        """Each section with its paragraphs, in order; one that is taken up again comes again."""
        for section, paragraphs in groupby(self.paragraphs, key=lambda paragraph: paragraph.section):
            yield section, tuple(paragraphs)

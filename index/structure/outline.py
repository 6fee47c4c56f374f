"""From an extracted text and its errata to repaired, structured paragraphs.

The one place where repair and structure meet: headings and lines are read through a first repair, paragraphs are
cut, and each is then repaired as a whole, line breaks included.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.formats.extract import Extract
from index.records import Language, Paragraph, Span
from index.repair import rules
from index.repair.edits import Draft, Edit, Repaired
from index.repair.rules import Style
from index.structure import marked, printed, sentences
from index.structure.language import language_of
from index.structure.piece import Piece


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source text turned out to be."""

    language: Language
    edits: tuple[Edit, ...]
    paragraphs: tuple[Paragraph, ...]


def read(extract: Extract, errata: Sequence[Edit] = ()) -> Outline:
    """The outline of a text; `errata` are its reviewed edits, sorted, and disjoint from the format's own."""
    source = extract.text
    given = sorted([*errata, *extract.edits])
    mend = _Mender(source, given, extract.scanned)
    language = language_of(source)
    if extract.blocks is None:
        first = Repaired(source, mend.spans(_lines(source)))
        pieces = printed.pieces(first, language)
    else:
        first = Repaired(source, mend.spans([(block.start, block.end) for block in extract.blocks]))
        pieces = marked.pieces(extract.blocks, first, language, extract.title)
    titles = {piece.section.heading for piece in pieces if piece.section.heading}
    edits = [edit for piece in pieces for edit in mend.span(piece.start, piece.end, table=piece.kind == "table")]
    for heading in titles:
        low = bisect_left(first.edits, heading.start, key=lambda edit: edit.start)
        high = bisect_left(first.edits, heading.end, key=lambda edit: edit.start)
        edits += [edit for edit in first.edits[low:high] if edit.end <= heading.end]
    repaired = Repaired(source, sorted(edits))
    paragraphs: list[Paragraph] = []
    counts: dict[str, int] = {}
    for piece in pieces:
        spans = _sentences(piece, repaired)
        if not spans:
            continue
        number = piece.section.number
        counts[number] = counts.get(number, 0) + 1
        paragraphs.append(
            Paragraph(
                id=f"{number}-P{counts[number]}",
                section=piece.section,
                start=spans[0].start,
                end=spans[-1].end,
                language=language_of(repaired.display(piece.start, piece.end)),
                sentences=tuple(spans),
                kind=piece.kind,
            )
        )
    return Outline(language, repaired.edits, tuple(paragraphs))


def _sentences(piece: Piece, repaired: Repaired) -> list[Span]:
    """The sentences of a piece, or the rows of a table."""
    a, b = repaired.to_display(piece.start, piece.end)
    text = repaired.text[a:b]
    if piece.kind == "table":
        ranges = [part for start, end in _rows(text) for part in sentences.cut(text, start, end)]
    else:
        ranges = sentences.split(text)
    return _disjoint(Span(*repaired.to_source(a + i, a + j)) for i, j in ranges)


def _rows(text: str) -> list[tuple[int, int]]:
    """The half-open ranges of the lines that are not blank, without the space around them."""
    return [
        (start + len(text[start:end]) - len(text[start:end].lstrip()), start + len(text[start:end].rstrip()))
        for start, end in _lines(text)
    ]


def _lines(text: str) -> list[tuple[int, int]]:
    """The half-open range of every line that is not blank."""
    found = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that share an edit joined: a correction may hold a sentence's end."""
    found: list[Span] = []
    for span in spans:
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


class _Mender:
    """Repairs ranges of one source: what is given first, then the rules for its kind of text."""

    def __init__(self, source: str, given: Sequence[Edit], scanned: bool) -> None:
        self._source = source
        self._given = given
        self._rules = rules.RULES if scanned else rules.TYPED
        self._spaced = rules.spaced(source)

    def span(self, start: int, end: int, *, table: bool = False) -> list[Edit]:
        """The edits of one range."""
        draft = Draft(self._source, start, end)
        first = bisect_left(self._given, start, key=lambda edit: edit.start)
        last = bisect_left(self._given, end, lo=first, key=lambda edit: edit.start)
        for edit in reversed(self._given[first:last]):
            if edit.end <= end:
                draft.replace(edit.start - start, edit.end - start, edit.text, edit.rule, edit.reason)
        style = Style(self._spaced, language_of(draft.text) == "zh")
        rules.apply(draft, style, rules.TABLE if table else self._rules)
        return draft.edits()

    def spans(self, ranges: Iterable[tuple[int, int]]) -> list[Edit]:
        """The edits of several ranges, in order."""
        return [edit for start, end in ranges for edit in self.span(start, end)]

"""The parts of one column: paragraphs by indent, gap, room left and change of type; tables; notes at its foot.

What a part is beyond that (heading, caption, title), and which paragraph runs on elsewhere, is for `roles` and `flow`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
import regex

from index.formats.pdf.glyphs import Floats, Ints
from index.formats.pdf.lines import Line
from index.formats.pdf.tables import CAPTION, tables_of

# Steps to the side beyond this, in type sizes, are indents.
INDENT = 0.7
# A gap of so many line feeds ends a paragraph; in mid-sentence, where a formula may have spread the lines, of so many.
_GAP, _GAP_WITHIN = 1.25, 1.5
# Sizes that differ by more are two.
_OTHER = 0.06
# Lines that make an edge; so few lines need one from elsewhere; an indent is less than this many type sizes.
_MANY, _FEW, _INDENT_MAX = 3, 3, 3.5
# Notes are smaller than the body by this factor at least.
_NOTE = 0.95
# The rule over notes is at most this part of the column.
_SHORT = 0.65
ENDED = regex.compile(r"(?:[.!?。！？:：;；…]|\.\.\.)[”’\"'）)\]］」』\d,–\-\s]*$")
BULLET = regex.compile(r"^[•●○▪■◦‣▶►✓❖◆\uf0b7\uf0a7\uf0d8]")
MARKER = regex.compile(r"^(?:[(（\[［]\d{1,3}[)）\]］]|\d{1,3}[.．、)）](?!\d)|[(（][a-zivx]{1,4}[)）]|[①-⑳]|[–—-]\s)")
_NOTE_SIGN = regex.compile(r"^[*∗†‡§¶※△▲☆✉①-⑳¹²³⁰-⁹]")
_NOTE_WORDS = regex.compile(
    r"^(?:基金|资助|作者单位|作者简介|通[信讯]作者|收稿日期|DOI|Correspond|E-?mail)", regex.IGNORECASE
)
_NUMBER = regex.compile(r"^(\d{1,3})\s?(?![.\d])\S")
_HAN = regex.compile(r"\p{Han}")
PartKind = Literal["title", "heading", "text", "table", "caption", "footnote"]


@dataclass(slots=True, eq=False)
class Part:
    """A paragraph, table or note. `region` counts the columns of the document; `right` is the column's edge.

    `rows` are a table's, as in `Table`. `indented`: its first line is; `aside`: it runs in another direction.
    """

    kind: PartKind
    lines: list[Line]
    region: int
    right: float
    indented: bool = False
    aside: bool = False
    level: int = 0
    rows: list[list[list[tuple[Line, Ints]]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(line.text for line in self.lines)

    @property
    def page(self) -> int:
        """The 1-based page on which it begins."""
        return self.lines[0].side.page

    @property
    def size(self) -> float:
        """The type size of its longest line."""
        return max(self.lines, key=lambda line: len(line.glyphs)).size

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


@dataclass(frozen=True, slots=True)
class Edges:
    """Where many lines of the document begin and end: what a line or two alone do not show of their column."""

    lefts: tuple[float, ...]
    rights: tuple[float, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Edges:
        """Those that `_MANY` lines share, or one in a hundred."""
        lefts, rights = Counter[int](), Counter[int]()
        every = list(lines)
        least = max(_MANY, len(every) / 100)
        for line in every:
            lefts[round(line.left)] += 1
            rights[round(line.edge)] += 1
        return cls(*(tuple(sorted(x for x in found if found[x] >= least)) for found in (lefts, rights)))

    def around(self, lines: list[Line]) -> tuple[float, float]:
        """The left and right edge of the column that a few lines stand in."""
        left, right = min(line.left for line in lines), max(line.edge for line in lines)
        if len(lines) > _FEW:
            return left, right
        em = lines[0].size
        near = [x for x in self.lefts if 0 < left - x < _INDENT_MAX * em]
        far = [x for x in self.rights if x > right - 1]
        return (min(near) if near else left), (max(right, min(far)) if far else right)


def parts_of(lines: list[Line], rules: Floats, region: int, body: float, foot: bool, edges: Edges) -> list[Part]:
    """The parts of a column; `body` is the document's type size, `foot` says that nothing stands under the column."""
    tables = tables_of(lines, rules)
    notes = _notes(lines, rules, body, tables[-1].end if tables else 0) if foot else len(lines)
    found: list[Part] = []
    at = 0
    for table in tables:
        found += _paragraphs(lines[at : table.start], region, edges)
        kept = lines[table.start : table.end]
        found.append(Part("table", kept, region, max(line.right for line in kept), rows=table.rows))
        at = table.end
    found += _paragraphs(lines[at:notes], region, edges)
    starts = [
        i for i in range(notes, len(lines)) if i == notes or _begins_note(lines[i]) or _next_note(lines, notes, i)
    ]
    for start, end in pairwise([*starts, len(lines)]):
        found.append(Part("footnote", lines[start:end], region, max(line.right for line in lines[start:end])))
    return found


def _begins_note(line: Line) -> bool:
    return bool(line.mark or _NOTE_SIGN.search(line.text) or _NOTE_WORDS.search(line.text))


def _next_note(lines: list[Line], start: int, at: int) -> bool:
    """Whether a line begins with the number that follows on that of a note above."""
    number = _NUMBER.match(lines[at].text)
    above = [_NUMBER.match(line.text) for line in lines[start:at]]
    return number is not None and any(found and int(found[1]) == int(number[1]) - 1 for found in above)


def _notes(lines: list[Line], rules: Floats, body: float, after: int) -> int:
    """Where the notes at a column's foot begin: small type to its end, under a rule or beginning with a sign."""
    first = len(lines)
    while first > after and lines[first - 1].size <= _NOTE * body:
        first -= 1
    first = max([first, *(i + 1 for i in range(first, len(lines)) if CAPTION.search(lines[i].text))])
    edges = min(line.left for line in lines), max(line.right for line in lines)
    for i in range(first, len(lines)):
        line = lines[i]
        above = lines[i - 1].base if i else line.base - 4 * line.size
        near = rules[(rules[:, 2] > above) & (rules[:, 2] < line.base)]
        near = near[(near[:, 0] < line.right) & (near[:, 1] > line.left)]
        # The rule over notes begins with the column and is shorter; a table's is as long as the table.
        short = (near[:, 0] < edges[0] + line.size) & (near[:, 1] - near[:, 0] < _SHORT * (edges[1] - edges[0]))
        if _begins_note(line) or (len(near) and _NUMBER.search(line.text)) or (i and short.any()):
            return i
    return len(lines)


def _paragraphs(lines: list[Line], region: int, edges: Edges) -> list[Part]:
    """The paragraphs of a column's lines."""
    found: list[Part] = []
    for stretch in _stretches(lines):
        left, right = edges.around(stretch)
        for start, end in pairwise([*_starts(stretch, left, right), len(stretch)]):
            part = stretch[start:end]
            flush = min(line.left for line in part[1:]) if len(part) > 1 else left
            found.append(Part("text", part, region, right, INDENT * part[0].size < part[0].left - flush))
    return found


def _stretches(lines: list[Line]) -> list[list[Line]]:
    """Lines of one size that no gap parts."""
    # Chinese is set wider than English of its size.
    feeds: dict[tuple[int, bool], list[float]] = {}
    kinds = [(round(line.size), bool(_HAN.search(line.text))) for line in lines]
    for (above, line), kind in zip(pairwise(lines), kinds[1:], strict=True):
        feed = line.base - above.base
        if _alike(above, line) and 0 < feed < 2.5 * line.size:
            feeds.setdefault(kind, []).append(feed)
    found = [lines[:1]]
    for (above, line), kind in zip(pairwise(lines), kinds[1:], strict=True):
        # The smaller of the usual ones: in a list or a bibliography every second gap may be a wide one.
        usual = float(np.percentile(feeds.get(kind, [1.25 * line.size]), 40))
        feed = line.base - above.base
        edge = max(other.edge for other in lines if _alike(other, line))
        paused = ENDED.search(above.text) or room(above, line, edge) > 0 or CAPTION.search(found[-1][0].text)
        if not _alike(above, line) or not 0 < feed <= (_GAP if paused else _GAP_WITHIN) * usual:
            found.append([])
        found[-1].append(line)
    return [stretch for stretch in found if stretch]


def _alike(above: Line, line: Line) -> bool:
    return abs(above.size - line.size) <= _OTHER * max(above.size, line.size)


def room(line: Line, below: Line, right: float) -> float:
    """What would be left of a line's width, in points, had the first word below been set on it; negative: no room."""
    chinese = _HAN.match(below.text) or _HAN.match(line.text[-1:])
    # Chinese lines may end one character early, before a mark that must not begin the next, or late, with one.
    return right - line.right - below.word - (1.2 if chinese else 0.3) * line.size


def _starts(lines: list[Line], left: float, right: float) -> list[int]:
    """Where paragraphs begin in a stretch of lines between two edges."""
    if len(lines) == 1:
        return [0]
    em = lines[0].size
    indents = [line.left - left > INDENT * em for line in lines]
    ended = [bool(ENDED.search(line.text)) for line in lines]
    # Lines in mid-sentence show which lines carry on: in a list or a bibliography those are the indented ones.
    within = [indents[i + 1] for i in range(len(lines) - 1) if not ended[i] and room(lines[i], lines[i + 1], right) < 0]
    hanging = bool(within) and sum(within) > 0.6 * len(within)
    starts = [0]
    for i, (above, line) in enumerate(pairwise(lines), start=1):
        spare = room(above, line, right)
        fits, rest = spare > 0, ended[i - 1]
        small = line.text[:1].islower()
        marked = MARKER.search(line.text) and (rest or fits)
        styled = above.bold != line.bold and fits and (above.bold or rest)
        # What is centred or set to the right is no part of what is not.
        aside = abs(line.left - above.left) > 0.3 * (right - left)
        if BULLET.search(line.text) or marked or styled or aside:
            begins = True
        elif hanging:
            carried = indents[i - 1] and starts[-1] < i - 1
            begins = not indents[i] and (rest or fits or carried) and (rest or not small)
        elif indents[i] and not indents[i - 1]:
            begins = not small and (rest or fits or line.left - left < 3 * em)
        elif indents[i] and starts[-1] == i - 1 and not all(indents):
            begins = rest and not small  # a paragraph of one full line stood above
        elif indents[i] != indents[i - 1]:
            begins = fits and rest
        else:
            short = spare > 0.25 * (right - left) and not small and not above.text.endswith(("-", "‐"))
            begins = short or (fits and rest)
        if begins:
            starts.append(i)
    return starts

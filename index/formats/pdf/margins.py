"""What stands in the margins and is no part of the text: running heads and feet, page numbers, line numbers, stamps.

A running line repeats, its digits aside, at one height on pages near each other, outside of all else and set apart from
it. A document of one page has none. Next: `columns`, with what is left.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import regex

from index.formats.pdf.columns import Runs
from index.formats.pdf.glyphs import Flags, Ints, Page, Side

# Heights that differ by less, in points, are the same.
_SAME = 2.5
# So many lines at either end of a page may be running ones; they stand in these outer parts of it.
_ROWS, _ZONE = 3, 0.17
# Odd and even pages have their own running lines, and a chapter's first has none.
_NEAR = 4
# A running line is set apart by more than this many of the page's line feeds, and no larger than this many body sizes.
_APART, _LARGE = 1.2, 1.25
# A page of so many numbered lines has line numbers.
_NUMBERED = 10
# What is left of a page number: it may stand close under a note.
_NUMBER = regex.compile(r"[-–—·~\s]*(?:#|第#页|page#)(?:(?:/|of|共|，共)#页?)?[-–—·~\s]*")
_DIGITS = regex.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """What stands at one height: its text with digits masked, its runs, whether it stands apart in a margin."""

    text: str
    base: float
    end: str
    runs: Ints
    apart: bool


def without_margins(pages: list[Page], runs: list[list[Runs]], body: float) -> list[list[Flags]]:
    """For each side of each page, which runs belong to the text. `body` is the size of most of its type."""
    keep = [[np.ones(len(own.base), dtype=bool) for own in sides] for sides in runs]
    rows: list[list[tuple[int, _Row]]] = []
    feed = _feed(runs, body)
    for page, sides, kept in zip(pages, runs, keep, strict=True):
        found = []
        for number, (side, own) in enumerate(zip(page.sides, sides, strict=True)):
            kept[number][_line_numbers(side, own)] = False
            ends = _stamps(side, own) if side.angle else _ends(side, own, kept[number], page.height, body, feed)
            found += [(number, row) for row in ends]
        rows.append(found)
    if len(pages) < 2:
        return keep
    places: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for at, found in enumerate(rows):
        for _, row in found:
            places[row.end, row.text].append((at, row.base))
    need = 1 if len(pages) < 8 else 2
    running: dict[str, list[float]] = defaultdict(list)

    def repeated(at: int, row: _Row) -> bool:
        others = [abs(p - at) for p, base in places[row.end, row.text] if p != at and abs(base - row.base) < _SAME]
        return len(others) >= need and min(others) <= _NEAR

    for at, found in enumerate(rows):
        for _, row in found:
            if row.apart and repeated(at, row):
                running[row.end].append(row.base)
    for at, (found, kept) in enumerate(zip(rows, keep, strict=True)):
        for end in sorted({row.end for _, row in found}):
            own_rows = [(number, row) for number, row in found if row.end == end]
            # From the outside inwards, up to the last one that stands apart from what follows.
            gone = 0
            for i, (_, row) in enumerate(own_rows):
                known = any(abs(base - row.base) < _SAME for base in running[end])
                if not repeated(at, row) and not (known and row.apart and i == gone):
                    break
                gone = i + 1 if row.apart else gone
            for number, row in own_rows[:gone]:
                kept[number][row.runs] = False
    return keep


def _feed(runs: list[list[Runs]], body: float) -> float:
    """The usual step from one line to the next, in points."""
    steps = [np.diff(np.unique(np.round(own.base[~own.rule], 1))) for sides in runs for own in sides[:1]]
    near = np.concatenate(steps)
    near = near[(near > 0.9 * body) & (near < 2.5 * body)]
    return float(np.median(near)) if len(near) else 1.25 * body


def _text(side: Side, runs: Runs, which: Ints) -> str:
    codes = [chr(code) for run in which.tolist() for code in side.code[runs.start[run] : runs.end[run]].tolist()]
    return _DIGITS.sub("#", "".join(codes).casefold())


def _ends(side: Side, runs: Runs, keep: Flags, height: float, body: float, feed: float) -> list[_Row]:
    """The outer rows of an upright side, from the outside inwards at either end."""
    text = np.flatnonzero(keep & ~runs.rule)
    if not len(text):
        return []
    text = text[np.argsort(runs.base[text], kind="stable")]
    step = np.diff(runs.base[text])
    breaks = np.flatnonzero(step > 0.4 * body) + 1
    groups = np.split(text, breaks)
    bases = [float(runs.base[group[-1]]) for group in groups]
    found = []
    for end in ("top", "bottom"):
        order = list(range(len(groups))) if end == "top" else list(range(len(groups)))[::-1]
        for i in order[:_ROWS]:
            far = bases[i] if end == "top" else height - bases[i]
            if far > _ZONE * height or runs.size[groups[i]].max() > _LARGE * body:
                break
            inner = i + 1 if end == "top" else i - 1
            which = groups[i][np.argsort(runs.left[groups[i]], kind="stable")]
            shown = _text(side, runs, which)
            apart = 0 <= inner < len(groups) and abs(bases[inner] - bases[i]) > _APART * feed
            found.append(_Row(shown, bases[i], end, which, apart or bool(_NUMBER.fullmatch(shown))))
    return found


def _stamps(side: Side, runs: Runs) -> list[_Row]:
    """All text that runs in another direction, as one row: a stamp or watermark where pages repeat it."""
    which = np.flatnonzero(~runs.rule)
    if not len(which):
        return []
    return [_Row(_text(side, runs, which), float(runs.base[which[0]]), f"turned {side.angle}", which, True)]


def _line_numbers(side: Side, runs: Runs) -> Ints:
    """The runs that number a manuscript's lines: digits alone, left of all else, each greater than the one before."""
    digits = (side.code >= 0x30) & (side.code <= 0x39)
    text = np.flatnonzero(~runs.rule)
    if len(text) < 2 * _NUMBERED:
        return text[:0]
    only = np.array([bool(digits[runs.start[i] : runs.end[i]].all()) for i in text.tolist()])
    numbers, others = text[only], text[~only]
    if not len(others):
        return text[:0]
    numbers = numbers[runs.right[numbers] < runs.left[others].min()]
    if len(numbers) < _NUMBERED:
        return text[:0]
    numbers = numbers[np.argsort(runs.base[numbers], kind="stable")]
    values = [int("".join(map(chr, side.code[runs.start[i] : runs.end[i]].tolist()))[:9]) for i in numbers.tolist()]
    return numbers if len(set(np.diff(values).tolist())) == 1 and values[1] > values[0] else text[:0]

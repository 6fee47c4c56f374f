"""Tables of one column: lines whose cells stand under each other, at least three of them.

Body text is never one: a list's markers, a formula's numbers and gaps that only happen to meet make no table, and a
cell that crosses another line's gap ends it. Next: `paragraphs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex

from index.formats.pdf.glyphs import Floats, Ints
from index.formats.pdf.lines import Line

# Lines with at least two cells that a table needs.
ROWS_MIN = 3
# The white between two columns, in type sizes, and the part of its width that a table's text fills at most.
_WHITE, _FULL = 0.8, 0.88
# Rows stand no further apart than this, in type sizes.
_APART = 3.2
CAPTION = regex.compile(
    r"^(?:(?:Supplementary |Supplemental |Extended Data |Appendix )?"
    r"(?:Figure|Fig\.?|Table|Tab\.|Scheme|Box|Chart|Plate)"
    r"\s*(?:[A-Z]?\d+|[IVXL]+)[A-Z]?(?:[.\-–]\d+)*|(?:续|續|附)?[图圖表]\s*[A-Z]?\d+(?:[.\-–]\d+)*)"
    r"(?P<after>\s*[.:：|．。、—–]|\s|$)",
    regex.IGNORECASE,
)
_MARKER = regex.compile(r"[•●○▪■◦‣–—\-*·]|[(\[（［]?\d{1,3}[)\]）］.、]?|[(（]?[a-zA-Zivx]{1,4}[)）.]")


@dataclass(frozen=True, slots=True)
class Table:
    """The lines `[start, end)` of a column, and its rows: for each cell the characters of its printed lines."""

    start: int
    end: int
    rows: list[list[list[tuple[Line, Ints]]]]


def tables_of(lines: list[Line], rules: Floats) -> list[Table]:
    """The tables among a column's lines, in order; `rules` as in `Side`."""
    found = []
    at = 0
    while at < len(lines):
        table = _table(lines, at, rules) if len(lines[at].cells) > 1 else None
        if table:
            found.append(table)
        at = table.end if table else at + 1
    return found


def _table(lines: list[Line], start: int, rules: Floats) -> Table | None:
    """The table that begins at `start`, if one does."""
    whites = [(-np.inf, np.inf)]
    end = start
    many: list[int] = []
    extents: list[list[tuple[float, float]]] = []
    while end < len(lines):
        line = lines[end]
        if CAPTION.search(line.text) or (end > start and not 0 < line.base - lines[end - 1].base < _APART * line.size):
            break
        cells = sorted(line.extent(cell) for cell in line.cells)
        narrowed = _narrowed(whites, cells, _WHITE * line.size)
        inner = [white for white in narrowed if _parts(white, [*extents, cells])]
        if not inner or (len(cells) < 2 and not many):
            break
        # A line that would cost a column that others share begins something else.
        if len(many) >= ROWS_MIN and len(inner) < len([w for w in whites if _parts(w, extents)]) and len(cells) < 2:
            break
        whites = narrowed
        extents.append(cells)
        if len(cells) > 1:
            many.append(end)
        end += 1
    end = many[-1] + 1 if many else start
    kept = lines[start:end]
    extents = extents[: end - start]
    needed = min(ROWS_MIN, len(many))
    bounds = [(a + b) / 2 for a, b in whites if np.isfinite(a) and np.isfinite(b) and _parts((a, b), extents, needed)]
    if len(many) < ROWS_MIN or not bounds or len(many) < 0.4 * len(kept):
        return None
    # A narrow column that is set flush on both sides pulls all words apart: more gaps than columns.
    if sum(len(cells) > len(bounds) + 1 for cells in extents) >= 0.5 * len(kept):
        return None
    split = [_columns(line, bounds) for line in kept]
    left, right = min(line.left for line in kept), max(line.right for line in kept)
    full = [sum(b - a for a, b in cells) / max(right - left, 1.0) for cells in extents]
    if len(bounds) == 1:
        for column in (0, 1):
            texts = [_text(line, parts[column]) for line, parts in zip(kept, split, strict=True)]
            if all(_MARKER.fullmatch(text) for text in texts if text):
                return None
    if float(np.mean(full)) > _FULL:
        return None
    return Table(start, end, _rows(kept, split, rules))


def _narrowed(
    whites: list[tuple[float, float]], cells: list[tuple[float, float]], least: float
) -> list[tuple[float, float]]:
    """What the cells of one more line leave white of each stretch."""
    found = []
    for low, high in whites:
        at = low
        for left, right in cells:
            if left - at >= least and at < high:
                found.append((at, min(left, high)))
            at = max(at, right)
        if high - at >= least:
            found.append((at, high))
    return [(a, b) for a, b in found if b - a >= least]


def _parts(white: tuple[float, float], extents: list[list[tuple[float, float]]], least: int = 1) -> bool:
    """Whether at least so many lines have cells on either side of a stretch of white."""
    both = [cells[0][1] <= white[0] + 0.01 and cells[-1][0] >= white[1] - 0.01 for cells in extents]
    return sum(both) >= least


def _columns(line: Line, bounds: list[float]) -> list[Ints]:
    """The line's characters in each column, as places in `line.glyphs`."""
    middle = (line.side.left[line.glyphs] + line.side.right[line.glyphs]) / 2
    which = np.searchsorted(bounds, middle)
    return [np.flatnonzero(which == column) for column in range(len(bounds) + 1)]


def _text(line: Line, part: Ints) -> str:
    return "".join(map(chr, line.side.code[line.glyphs[part]].tolist()))


def _rows(lines: list[Line], split: list[list[Ints]], rules: Floats) -> list[list[list[tuple[Line, Ints]]]]:
    """The cells of each row; a line that only carries on the row above it is part of that."""
    feeds = np.diff([line.base for line in lines])
    ruled = np.array([bool(((rules[:, 2] > a.base) & (rules[:, 2] < b.base)).any()) for a, b in pairwise(lines)])
    # Ruled between all rows: then lines that no rule parts stand closer.
    many = ruled.sum() >= max(ROWS_MIN, len(ruled) / 3)
    by_rules = many and not ruled.all() and feeds[~ruled].max() < 0.95 * feeds[ruled].min()
    rows: list[list[list[tuple[Line, Ints]]]] = []
    for i, (line, parts) in enumerate(zip(lines, split, strict=True)):
        if i and by_rules:
            joins = not ruled[i - 1]
        else:
            closer = i > 0 and feeds[i - 1] < 0.87 * feeds.max() and feeds[i - 1] < 1.1 * feeds.min()
            joins = closer and not ruled[i - 1] and not len(parts[0])
        if joins:
            for cell, part in zip(rows[-1], parts, strict=True):
                cell.extend([(line, part)] if len(part) else [])
        else:
            rows.append([[(line, part)] if len(part) else [] for part in parts])
    return rows

"""Printed lines of one column: its runs gathered by baseline, with raised marks and a drop capital in their places.

A line knows its characters in order and the cells that wide gaps part it into; whether those make a table is for
`tables` to say. Formulas of several storeys stay several lines. Next: `paragraphs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from index.formats.pdf.columns import RUN_GAP, Runs
from index.formats.pdf.glyphs import ASCENT, DESCENT, Flags, Floats, Ints, Side, wide

# Baselines of one line differ by less, in type sizes.
_LEVEL = 0.25
# Type this much smaller is a mark or index, if half of its height stands beside the line.
SMALLER = 0.86
# A gap wider than this, in type sizes, between two pieces of a line is a space.
_SPACE = 0.15
# A drop capital is so much larger than its column's type.
_DROP = 1.8


@dataclass(slots=True, eq=False)
class Line:
    """A printed line: its side, its characters as places in the side's arrays, and where it stands there.

    `spaced[i]`: a space stands before character i (never before the first). `cells` are the half-open
    ranges of characters that wide gaps part. `word` is the width of the first word; `mark` says that the line
    begins with a raised sign.
    """

    side: Side
    glyphs: Ints
    spaced: Flags
    cells: list[tuple[int, int]]
    left: float
    right: float
    base: float
    size: float
    bold: bool
    mark: bool
    word: float = 0.0
    text: str = field(default="")

    def __post_init__(self) -> None:
        codes = self.side.code[self.glyphs].tolist()
        self.text = "".join(" " * gap + chr(code) for gap, code in zip(self.spaced.tolist(), codes, strict=True))
        breaks = np.flatnonzero(self.spaced | wide(self.side.code[self.glyphs]))
        breaks = breaks[breaks > 0]
        last = self.glyphs[int(breaks[0]) - 1] if len(breaks) else self.glyphs[-1]
        self.word = float(self.side.right[last] - self.side.left[self.glyphs[0]])

    @property
    def height(self) -> tuple[float, float]:
        """Top and bottom."""
        return self.base - ASCENT * self.size, self.base + DESCENT * self.size

    @property
    def edge(self) -> float:
        """The right end, without a Chinese stop, which may hang over the column's edge."""
        return self.right - self.size if self.text[-1] in "。，、；：！？”）」』》" else self.right

    def raised(self) -> Flags:
        """Which characters are small and stand over the baseline."""
        small = self.side.size[self.glyphs] <= SMALLER * self.size
        return small & (self.side.base[self.glyphs] < self.base - 0.1 * self.size)

    def extent(self, cell: tuple[int, int]) -> tuple[float, float]:
        """Left and right of a cell."""
        glyphs = self.glyphs[cell[0] : cell[1]]
        return float(self.side.left[glyphs].min()), float(self.side.right[glyphs].max())


def lines_of(side: Side, runs: Runs, region: Ints) -> list[Line]:
    """The lines of a region, from top to bottom."""
    text = region[~runs.rule[region]]
    text = text[np.argsort(runs.base[text], kind="stable")]
    widths = np.maximum(runs.right[text] - runs.left[text], 0.01)
    order = np.argsort(runs.size[text], kind="stable")
    heavy = np.cumsum(widths[order])
    em = float(runs.size[text][order][int(np.searchsorted(heavy, heavy[-1] / 2))])
    drops = text[(runs.size[text] >= _DROP * em) & (runs.end[text] - runs.start[text] <= 2)]
    rows = _rows(runs, text)
    lines = []
    for row in _drop_capitals(runs, rows, drops, em):
        lines.append(_line(side, runs, row))
    for drop in drops.tolist():
        low, high = float(runs.base[drop] - 0.9 * runs.size[drop]), float(runs.base[drop] + 1)
        for line in lines:
            # What stands beside the capital is not indented.
            if low < line.base <= high and 0 <= line.left - runs.right[drop] < 1.5 * em:
                line.left = float(runs.left[drop])
    return lines


def _rows(runs: Runs, text: Ints) -> list[list[int]]:
    """The runs of each line, by baseline; small ones beside a larger line are part of it."""
    base, size = runs.base[text], runs.size[text]
    step = np.diff(base) > 0.1 * np.minimum(size[1:], size[:-1])
    groups = np.split(text, np.flatnonzero(step) + 1)
    rows = [group.tolist() for group in groups]
    sizes = [float(runs.size[group].max()) for group in groups]
    bases = [float(runs.base[group].mean()) for group in groups]
    home = list(range(len(rows)))
    # The largest first, so that a mark finds the line it belongs to.
    for i in sorted(range(len(rows)), key=lambda i: (-sizes[i], i)):
        best, found = 0.5, None
        for step_ in (-1, 1):
            j = i + step_
            while 0 <= j < len(rows) and abs(bases[j] - bases[i]) < 1.2 * max(sizes[j], sizes[i]):
                if home[j] == j and sizes[j] >= sizes[i] and not (sizes[j] == sizes[i] and j > i):
                    beside = _beside(bases[i], sizes[i], bases[j], sizes[j])
                    level = abs(bases[j] - bases[i]) <= _LEVEL * sizes[i]
                    small = sizes[i] <= SMALLER * sizes[j] and _adjoins(runs, rows[i], rows[j], sizes[j])
                    if beside > best and (level or small):
                        best, found = beside, j
                j += step_
        if found is not None:
            home[i] = found
    merged: dict[int, list[int]] = {}
    for i, row in enumerate(rows):
        merged.setdefault(home[i], []).extend(row)
    return [merged[i] for i in sorted(merged)]


def _beside(base: float, size: float, other_base: float, other_size: float) -> float:
    """Which part of a line's height stands beside another."""
    top, bottom = base - ASCENT * size, base + DESCENT * size
    other_top, other_bottom = other_base - ASCENT * other_size, other_base + DESCENT * other_size
    return (min(bottom, other_bottom) - max(top, other_top)) / (bottom - top)


def _adjoins(runs: Runs, small: list[int], large: list[int], size: float) -> bool:
    """Whether each run of a small row stands next to one of a larger row."""
    gap = np.maximum(
        runs.left[small][:, None] - runs.right[large][None, :], runs.left[large][None, :] - runs.right[small][:, None]
    )
    return bool((gap.min(axis=1) < 0.7 * size).all())


def _drop_capitals(runs: Runs, rows: list[list[int]], drops: Ints, em: float) -> list[list[int]]:
    """The rows, each drop capital moved from where its own baseline is to the first line beside it."""
    for drop in drops.tolist():
        if any(row == [drop] for row in rows):
            rows.remove([drop])
        top = float(runs.base[drop] - 0.9 * runs.size[drop])
        for row in rows:
            near = [i for i in row if i != drop and 0 <= runs.left[i] - runs.right[drop] < 1.5 * em]
            if near and top < runs.base[near[0]] <= runs.base[drop] + 1:
                for other in rows:
                    if drop in other:
                        other.remove(drop)
                row.append(drop)
                break
        else:
            if not any(drop in row for row in rows):
                rows.append([drop])
    return sorted((row for row in rows if row), key=lambda row: max(float(runs.base[i]) for i in row))


def _line(side: Side, runs: Runs, row: list[int]) -> Line:
    """The line of some runs."""
    order = sorted(row, key=lambda i: (float(runs.left[i]), i))
    glyphs = np.concatenate([np.arange(runs.start[i], runs.end[i]) for i in order])
    spaced = side.spaced[glyphs]
    spaced[0] = False
    size = float(_common(side.size[glyphs], side.right[glyphs] - side.left[glyphs]))
    cells, at, begin = [], 0, 0
    for before, after in pairwise(order):
        at += int(runs.end[before] - runs.start[before])
        gap = float(runs.left[after] - runs.right[before])
        codes = side.code[[runs.end[before] - 1, runs.start[after]]]
        limit = 0.6 if wide(codes).all() else _SPACE
        if runs.end[before] != runs.start[after] or gap > RUN_GAP * size:
            spaced[at] = gap > limit * size
        if gap > RUN_GAP * size:
            cells.append((begin, at))
            begin = at
    cells.append((begin, len(glyphs)))
    main = side.size[glyphs] > SMALLER * size
    base = float(np.median(side.base[glyphs[main]]))
    first = int(glyphs[0])
    mark = side.size[first] <= SMALLER * size and side.base[first] < base - 0.1 * size
    return Line(
        side,
        glyphs,
        spaced,
        cells,
        float(side.left[glyphs].min()),
        float(side.right[glyphs].max()),
        base,
        size,
        bool(side.bold[glyphs].mean() > 0.8),
        bool(mark),
    )


def _common(sizes: Floats, weights: Floats) -> float:
    """The size that most of the width is set in."""
    values, where = np.unique(np.round(sizes, 1), return_inverse=True)
    return float(values[np.bincount(where, weights=np.maximum(weights, 0.01)).argmax()])

"""How long a question takes by how many chunks there are: both axes logarithmic, a line for each system."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import ceil, floor, log10

from eval.bench.speed.row import Row
from eval.report.svg import INK, Area, Drawing, Shape

# How the systems of a leg are drawn, ours first: the Okabe-Ito palette, dashes and marks that say the same.
_HANDS: tuple[tuple[str, str, Shape], ...] = (
    ("#0072B2", "", "circle"),
    ("#D55E00", "8 4", "square"),
    ("#009E73", "2 3", "diamond"),
    (INK, "10 3 2 3", "circle"),
)
_PANEL, _ABOVE, _BELOW = 190, 54, 52


def latency(rows: Sequence[Row]) -> Drawing:
    """A panel for each leg that was measured by size, one above the other."""
    legs = {leg: list(mine) for leg, mine in groupby(_sized(rows), key=lambda row: row.leg)}
    height = max(1, len(legs)) * (_ABOVE + _PANEL + _BELOW)
    drawing = Drawing(height, "Latency by size", "The median time of a question against the number of chunks.")
    for place, (leg, mine) in enumerate(legs.items()):
        _panel(drawing, place * (_ABOVE + _PANEL + _BELOW), leg, mine)
    return drawing


def _sized(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.measured is not None and isinstance(row.data, int)]


def _panel(drawing: Drawing, top: float, leg: str, rows: Sequence[Row]) -> None:
    points: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if row.measured is not None and isinstance(row.data, int):
            points.setdefault(row.system, []).append((log10(row.data), log10(row.measured.p50)))
    sizes = sorted({x for mine in points.values() for x, _ in mine})
    times = [y for mine in points.values() for _, y in mine]
    left, bottom = floor(sizes[0]), floor(min(times))
    area = Area(top + _ABOVE, _PANEL, max(ceil(sizes[-1]) - left, 1), max(ceil(max(times)) - bottom, 1))
    area.axes(
        drawing,
        [size - left for size in sizes],
        range(int(area.top_value) + 1),
        across_as=lambda value: f"{round(10 ** (value + left)):,}",
        up_as=lambda value: f"{10 ** (value + bottom):g}",
    )
    area.label(drawing, "chunks", "median ms")
    drawing.text(area.left, top + 16, leg, weight="bold")
    for place, (system, mine) in enumerate(points.items()):
        colour, dashes, shape = _HANDS[place % len(_HANDS)]
        placed = [(area.x(x - left), area.y(y - bottom)) for x, y in sorted(mine)]
        drawing.path(placed, colour, dashes, system)
        for (x, y), (size, time) in zip(placed, sorted(mine), strict=True):
            drawing.mark(shape, x, y, colour, f"{system}, {round(10**size):,} chunks: {10**time:.3g} ms")
        at = area.left + place * 125
        drawing.path([(at, top + 36), (at + 30, top + 36)], colour, dashes)
        drawing.mark(shape, at + 15, top + 36, colour)
        drawing.text(at + 36, top + 40, system)

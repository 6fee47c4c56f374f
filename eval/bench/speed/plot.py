"""What a system takes by how many chunks there are: all axes logarithmic, a line for each system, four plots a leg."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from math import ceil, floor, log10

from eval.bench.speed.row import Row
from eval.bench.speed.trial import Measured
from eval.report.svg import INK, Area, Drawing, Shape

# How the systems of a leg are drawn, ours first: the Okabe-Ito palette, dashes and marks that say the same.
_HANDS: tuple[tuple[str, str, Shape], ...] = (
    ("#0072B2", "", "circle"),
    ("#D55E00", "8 4", "square"),
    ("#009E73", "2 3", "diamond"),
    (INK, "10 3 2 3", "circle"),
)
_PLOTS: tuple[tuple[str, Callable[[Measured], float]], ...] = (
    ("a question, ms: median to p95", lambda found: found.p50),
    ("building, s", lambda found: found.build),
    ("memory while asked, MB", lambda found: (found.own + found.file) / 1e6),
    ("on disk, MB", lambda found: (found.disk or 0) / 1e6),
)
_LEFT, _WIDTH, _ASIDE, _TOP, _HEIGHT, _BELOW = 46, 160, 230, 76, 130, 60
_LEG = _TOP + 2 * (_HEIGHT + _BELOW)


def drawn(rows: Sequence[Row]) -> Drawing:
    """The legs that were measured by size, one below the other; a thin line goes up to the 95th percentile."""
    sized = [row for row in rows if row.measured is not None and isinstance(row.data, int)]
    legs = {leg: list(mine) for leg, mine in groupby(sized, key=lambda row: row.leg)}
    said = "Time of a question, time of building, memory and disk against the number of chunks."
    drawing = Drawing(max(1, len(legs)) * _LEG, "Speed by size", said)
    for place, (leg, mine) in enumerate(legs.items()):
        top = place * _LEG
        drawing.text(_LEFT, top + 16, leg, weight="bold")
        systems = list(dict.fromkeys(row.system for row in mine))
        for number, system in enumerate(systems):
            colour, dashes, shape = _HANDS[number % len(_HANDS)]
            at = _LEFT + number * 125
            drawing.path([(at, top + 36), (at + 30, top + 36)], colour, dashes)
            drawing.mark(shape, at + 15, top + 36, colour)
            drawing.text(at + 36, top + 40, system)
        for number, (name, value) in enumerate(_PLOTS):
            down, across = divmod(number, 2)
            _plot(
                drawing, (_LEFT + across * _ASIDE, top + _TOP + down * (_HEIGHT + _BELOW)), name, value, mine, systems
            )
    return drawing


def _plot(
    drawing: Drawing,
    corner: tuple[float, float],
    name: str,
    value: Callable[[Measured], float],
    rows: Sequence[Row],
    systems: Sequence[str],
) -> None:
    found = [(row, value(row.measured)) for row in rows if row.measured is not None]
    points = [(row, log10(row.data), log10(y)) for row, y in found if isinstance(row.data, int) and y > 0]
    if not points:
        return
    timed = name == _PLOTS[0][0]
    highest = max(log10(row.measured.p95) if timed and row.measured else y for row, _, y in points)
    sizes = sorted({x for _, x, _ in points})
    left, bottom = floor(sizes[0]), floor(min(y for _, _, y in points))
    area = Area(corner[1], _HEIGHT, max(ceil(sizes[-1]) - left, 1), max(ceil(highest) - bottom, 1), corner[0], _WIDTH)
    area.axes(
        drawing,
        [size - left for size in sizes],
        range(int(area.top_value) + 1),
        across_as=lambda at: _short(round(10 ** (at + left))),
        up_as=lambda at: f"{10 ** (at + bottom):g}",
    )
    drawing.text(area.left, area.top - 12, name)
    for number, system in enumerate(systems):
        colour, dashes, shape = _HANDS[number % len(_HANDS)]
        mine = sorted(((x, y, row) for row, x, y in points if row.system == system), key=lambda point: point[0])
        drawing.path([(area.x(x - left), area.y(y - bottom)) for x, y, _ in mine], colour, dashes, system)
        for x, y, row in mine:
            at = area.x(x - left), area.y(y - bottom)
            if timed and row.measured:
                drawing.line(at, (at[0], area.y(log10(row.measured.p95) - bottom)))
            drawing.mark(shape, *at, colour, f"{system}, {row.data:,} chunks: {10**y:.3g}")


def _short(chunks: int) -> str:
    """`10k`, `1m`."""
    for unit, name in ((1_000_000, "m"), (1_000, "k")):
        if chunks >= unit:
            return f"{chunks / unit:g}{name}"
    return str(chunks)

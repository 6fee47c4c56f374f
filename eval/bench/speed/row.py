"""A row of the table: what was measured of a system over some data, and whether what it found is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.bench.speed.contestant import Leg
from eval.bench.speed.trial import Measured

# The system that the others are held against.
OURS = "Yinzheng"
QUALITY = ("R@1", "R@5", "nDCG@10")

_TIMES = (
    "build s",
    "build MB",
    "disk MB",
    "open ms",
    "first ms",
    "p50 ms",
    "p95 ms",
    "cpu ms",
    "× ours",
    "MB",
    "file MB",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A system over some data.

    `data` is how many chunks there are, or the name of a set. `measured` is None where it was not run, and `said` says
    why; else `said` is what came of the check. `right` is False where it found what it should not, or failed.
    """

    leg: Leg
    data: int | str
    system: str
    measured: Measured | None
    said: str
    right: bool = True
    quality: Mapping[str, float | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """This row as plain data: seconds, bytes, milliseconds."""
        found = {"leg": self.leg, "data": self.data, "system": self.system, "right": self.right, "said": self.said}
        if self.measured is None:
            return found
        names = ("build", "building", "disk", "opening", "first", "p50", "p95", "cpu", "own", "file", "whole")
        measured = {name: getattr(self.measured, name) for name in names}
        return {**found, **measured, "asked": len(self.measured.found), **self.quality}


def columns(leg: Leg) -> tuple[str, ...]:
    """The names of the columns of a leg's table."""
    return ("set", "system", *QUALITY, *_TIMES, "") if leg == "pipelines" else ("chunks", "system", *_TIMES, leg)


def cells(row: Row, rows: Sequence[Row]) -> list[str]:
    """A row as it is shown; its times are also held against ours over the same data among `rows`."""
    data = f"{row.data:,}" if isinstance(row.data, int) else row.data
    ours = next((one.measured for one in rows if (one.data, one.system) == (row.data, OURS)), None)
    quality = ["–" if (value := row.quality.get(name)) is None else f"{value:.3f}" for name in QUALITY]
    shown = [data, row.system, *(quality if row.leg == "pipelines" else ())]
    found = row.measured
    if found is None:
        return [*shown, *["–"] * len(_TIMES), row.said]
    return [
        *shown,
        f"{found.build:.1f}",
        _megabytes(found.building),
        _megabytes(found.disk),
        "–" if found.opening is None else _number(found.opening * 1000),
        *map(_number, (found.first, found.p50, found.p95, found.cpu)),
        "–" if ours is None else _number(found.p50 / ours.p50),
        _megabytes(found.own + found.file),
        _megabytes(found.file),
        row.said,
    ]


def _megabytes(size: int | None) -> str:
    return "–" if size is None else f"{size / 1e6:.0f}"


def _number(value: float) -> str:
    """To about three figures, without an exponent."""
    return f"{value:.{max(0, 2 - max(0, len(str(int(value))) - 1))}f}" if value >= 1 else f"{value:.3f}"

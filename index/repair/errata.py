"""The reviewed errata of one source file: `<file>.errata.tsv` beside it.

Columns: line (1-based), raw, corrected, certainty, reason. `raw` must stand exactly once in that
line. Certainty is `certain` (no other reading is possible), `likely` (a reader would bet on it) or
`open` (damaged beyond reading; the correction then shows `?` and invents nothing).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from index.errors import SourceError
from index.repair.edits import Edit

COLUMNS = ["line", "raw", "corrected", "certainty", "reason"]
# Digits of a line's number; no file has more lines, and Python reads none of thousands.
_DIGITS_MAX = 9
CERTAINTIES = ("certain", "likely", "open")


@dataclass(frozen=True, slots=True)
class Erratum:
    """One reviewed slip."""

    line: int
    raw: str
    corrected: str
    certainty: str
    reason: str


def read(path: Path) -> tuple[Erratum, ...]:
    """The table at `path`, or an empty one where there is no such file."""
    if not path.exists():
        return ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read ({error})", "save it as UTF-8, tab-separated") from None
    if not rows or rows[0] != COLUMNS:
        raise SourceError(f"{path.name} line 1 has other columns", "expected " + ", ".join(COLUMNS))
    errata = []
    for number, row in enumerate(rows[1:], start=2):
        numbered = len(row) == len(COLUMNS) and row[0].isdecimal() and len(row[0]) <= _DIGITS_MAX
        if not numbered or not row[1] or row[3] not in CERTAINTIES:
            raise SourceError(
                f"{path.name} line {number} is malformed",
                f"expected a line number, raw, corrected, one of {'/'.join(CERTAINTIES)}, a reason",
            )
        errata.append(Erratum(int(row[0]), *row[1:]))
    return tuple(errata)


def edits(source: str, errata: tuple[Erratum, ...], name: str) -> list[Edit]:
    """The table as sorted edits of `source`; an entry that does not fit is a SourceError."""
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found: list[Edit] = []
    for entry in errata:
        text = lines[entry.line - 1] if 0 < entry.line <= len(lines) else ""
        if text.count(entry.raw) != 1:
            raise SourceError(
                f"{name}: {entry.raw!r} stands {text.count(entry.raw)} times in line {entry.line}",
                "expected once; correct that row of the errata table",
            )
        start = starts[entry.line - 1] + text.index(entry.raw)
        found.append(Edit(start, start + len(entry.raw), entry.corrected, "errata", entry.reason))
    found.sort()
    for left, right in pairwise(found):
        if right.start < left.end:
            raise SourceError(
                f"{name}: two rows correct the same characters of line {source.count(chr(10), 0, right.start) + 1}",
                "make one row of them",
            )
    return found

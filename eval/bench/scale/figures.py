"""What a size of library takes, by kind: what was measured at each size, and what a million sentences would take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["bytes", "seconds"]
MILLION = 1_000_000
_SCALES: dict[Unit, tuple[tuple[float, str], ...]] = {
    "bytes": ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")),
    "seconds": ((3_600, "h"), (1, "s"), (1e-3, "ms")),
}
# Files of an index's folder that do not grow with it.
_FIXED = ("moments", "centres", "frame", "milvus.id", ".lock")
FIXED, MANIFEST = "moments and centres", "manifest, both copies"
VECTORS, TERMS = "vectors and codes", "terms and the rest"
KINDS = (VECTORS, TERMS, MANIFEST, FIXED)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount by the number of sentences that it was measured of; `fixed` ones do not grow with it."""

    group: str
    what: str
    unit: Unit
    by: Mapping[int, float]
    fixed: bool = False

    def __post_init__(self) -> None:
        if not self.by or min(self.by) < 1:
            raise ValueError(f"a figure is measured of some sentences, found {self}")

    @property
    def of_a_million(self) -> float:
        """The straight line through the smallest and the largest size, at a million; through nothing if there is one.

        Never less than was measured of fewer.
        """
        least, most = min(self.by), max(self.by)
        if self.fixed:
            return self.by[most]
        if least == most:
            return self.by[most] * MILLION / most
        slope = (self.by[most] - self.by[least]) / (most - least)
        found = self.by[most] + slope * (MILLION - most)
        return max(found, self.by[most]) if most <= MILLION else found

    def to_json(self) -> dict[str, Any]:
        """This figure as plain data: bytes or seconds."""
        return {
            "group": self.group,
            "what": self.what,
            "unit": self.unit,
            "measured": {str(sentences): amount for sentences, amount in sorted(self.by.items())},
            "million": self.of_a_million,
        }


def shown(amount: float, unit: Unit) -> str:
    """To three figures or so: `1.24 GB`, `350 MB`, `48.0 s`, `7.90 h`."""
    scales = _SCALES[unit]
    size, name = next(((size, name) for size, name in scales if amount >= size), scales[-1])
    value = amount / size
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {name}"


def kinds(names: Mapping[str, int]) -> dict[str, int]:
    """The bytes of an index's files by kind; `names` are their names below its folder, without parts."""
    found = dict.fromkeys(KINDS, 0)
    for name, size in names.items():
        file = name.rpartition("/")[2]
        kind = (
            MANIFEST
            if file.startswith("manifest")
            else FIXED
            if any(word in file for word in _FIXED)
            else VECTORS
            if "vector" in file
            else TERMS
        )
        found[kind] += size
    return found

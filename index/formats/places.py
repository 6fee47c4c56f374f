"""Where the characters of an extracted text stand on the pages of its file.

Lengths are tenths of a point (1/720 inch), from the left and from the top of the page as it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Lengths in a tenth of a point.
UNIT = 10


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (1-based), in points from its top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where each character of a text stands.

    `sizes` is `(pages, 2)`: width and height. `lines` is `(lines, 5)`: the half-open range of characters, in
    order and disjoint, the 1-based page, the top and the bottom. `edges` is `(len(text), 2)`: left and
    right of each character; both 0 for one that is not on a page, such as the break between two blocks.
    """

    sizes: NDArray[np.int32]
    lines: NDArray[np.int32]
    edges: NDArray[np.int32]

    def __post_init__(self) -> None:
        if self.lines.ndim != 2 or self.lines.shape[1] != 5 or self.edges.shape[1:] != (2,):
            raise ValueError("places need lines (n, 5) and edges (n, 2)")
        starts, ends, pages = self.lines[:, 0], self.lines[:, 1], self.lines[:, 2]
        if (starts >= ends).any() or (ends[:-1] > starts[1:]).any() or (ends > len(self.edges)).any():
            raise ValueError("the lines of places are empty, out of order or out of range")
        if ((pages < 1) | (pages > len(self.sizes))).any():
            raise ValueError("a line stands on a page that is not there")

    def boxes(self, start: int, end: int) -> list[Box]:
        """A box for each line that `[start, end)` touches, just as wide as the characters of the range there."""
        found = []
        first = int(np.searchsorted(self.lines[:, 1], start, side="right"))
        for low, high, page, top, bottom in self.lines[first:].tolist():
            if low >= end:
                break
            edges = self.edges[max(low, start) : min(high, end)]
            edges = edges[edges[:, 1] > edges[:, 0]]
            if len(edges):
                left, right = int(edges[:, 0].min()), int(edges[:, 1].max())
                found.append(Box(page, left / UNIT, top / UNIT, right / UNIT, bottom / UNIT))
        return found

    def page(self, start: int) -> int | None:
        """The page of the first line that ends behind `start`; None where there is none."""
        at = int(np.searchsorted(self.lines[:, 1], start, side="right"))
        return int(self.lines[at, 2]) if at < len(self.lines) else None

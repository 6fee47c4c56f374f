"""A paragraph in the making: its section, its source range and what it is. `printed` and `marked` make them."""

from __future__ import annotations

from dataclasses import dataclass

from index.records import Kind, Section


@dataclass(slots=True)
class Piece:
    """The half-open range `[start, end)` of a source that is to become a paragraph of a section."""

    section: Section
    start: int
    end: int
    kind: Kind = "text"

"""A drawing in SVG, and the rectangle of a plot with its axes. `plots` draws with them.

A drawing is a tree of elements, so all text is escaped; its numbers are to a tenth of a user unit, so the
same plot is the same bytes. The name space is left out: inside an HTML page it is known.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

# User units of every drawing's width, and the height of its type: it can be read at the width of a phone.
WIDTH = 460
TYPE = 12

INK = "currentColor"
PAPER = "var(--paper, #fff)"

Shape = Literal["circle", "square", "diamond"]


class Drawing:
    """Elements one over the other, from the upper left corner, x to the right and y down."""

    def __init__(self, height: float, title: str, description: str) -> None:
        self._root = ET.Element("svg", viewBox=f"0 0 {WIDTH} {_number(height)}", role="img")
        self._root.set("aria-label", f"{title}. {description}")
        self._root.set("style", f"font-size: {TYPE}px")
        _titled(self._root, title)

    def __str__(self) -> str:
        return ET.tostring(self._root, encoding="unicode")

    def file(self) -> str:
        """The drawing as a file of its own, on paper, with its name space."""
        root = ET.Element("svg", {**self._root.attrib, "xmlns": "http://www.w3.org/2000/svg"})
        root.set("style", f"{root.get('style')}; font-family: sans-serif; background: {PAPER}")
        root.extend(self._root)
        return ET.tostring(root, encoding="unicode") + "\n"

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        width: float = 1,
        dashes: str = "",
        faint: bool = False,
    ) -> None:
        """A straight line of ink."""
        (x1, y1), (x2, y2) = start, end
        style = _stroke(INK, width, dashes) + ("; stroke-opacity: .15" if faint else "")
        self._add("line", style, x1=x1, y1=y1, x2=x2, y2=y2)

    def path(self, points: Sequence[tuple[float, float]], colour: str, dashes: str, title: str = "") -> None:
        """A line through points."""
        style = f"{_stroke(colour, 2, dashes)}; stroke-linejoin: round"
        _titled(self._add("polyline", style, points=_points(points)), title)

    def bar(self, x: float, y: float, width: float, height: float, fill: str, edge: str, title: str = "") -> None:
        """A rectangle; `fill` may be `hatched()`."""
        style = f"fill: {fill}; stroke: {edge}; stroke-width: .8"
        _titled(self._add("rect", style, x=x, y=y, width=width, height=height), title)

    def mark(self, shape: Shape, x: float, y: float, colour: str, title: str = "") -> None:
        """A small filled shape around a point."""
        style = f"fill: {colour}; stroke: {PAPER}; stroke-width: 1.5"
        if shape == "circle":
            element = self._add("circle", style, cx=x, cy=y, r=5)
        elif shape == "square":
            element = self._add("rect", style, x=x - 4.5, y=y - 4.5, width=9, height=9)
        else:
            element = self._add("polygon", style, points=_points([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]))
        _titled(element, title)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: Literal["start", "middle", "end"] = "start",
        ink: str = INK,
        weight: Literal["normal", "bold"] = "normal",
        upward: bool = False,
        halo: bool = False,
    ) -> None:
        """Text at a point of its base line; a halo of paper keeps it clear of what lies below."""
        style = f"fill: {ink}; text-anchor: {anchor}; font-weight: {weight}"
        if halo:
            style += f"; paint-order: stroke; stroke: {PAPER}; stroke-width: 3px"
        element = self._add("text", style, x=x, y=y)
        element.text = text
        if upward:
            element.set("transform", f"rotate(-90 {_number(x)} {_number(y)})")

    def hatched(self, id: str) -> str:
        """A fill of thin slanting lines; `id` must be the only one of its name in the page."""
        pattern = ET.SubElement(self._root, "pattern", id=id, width="6", height="6", patternUnits="userSpaceOnUse")
        pattern.set("patternTransform", "rotate(45)")
        style = f"{_stroke(INK, 1.2)}; stroke-opacity: .55"
        ET.SubElement(pattern, "line", x1="0", y1="0", x2="0", y2="6", style=style)
        return f"url(#{id})"

    def _add(self, name: str, style: str, **attributes: str | float) -> ET.Element:
        given = {key: value if isinstance(value, str) else _number(value) for key, value in attributes.items()}
        return ET.SubElement(self._root, name, given, style=style)


@dataclass(frozen=True, slots=True)
class Area:
    """Where the data of a plot goes: a rectangle of a drawing, and the values at its far sides; 0 at the near."""

    top: float
    height: float
    right_value: float
    top_value: float
    left: float = 54
    width: float = 390

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Where a value stands across."""
        return self.left + self.width * value / self.right_value

    def y(self, value: float) -> float:
        """Where a value stands up."""
        return self.bottom - self.height * value / self.top_value

    def axes(
        self,
        drawing: Drawing,
        across: Sequence[float],
        up: Sequence[float],
        *,
        across_as: Callable[[float], str] = "{:g}".format,
        up_as: Callable[[float], str] = "{:g}".format,
    ) -> None:
        """Grid lines, ticks and the numbers along both axes, or what stands for them, as on a logarithmic one."""
        for value in up:
            y = self.y(value)
            drawing.line((self.left, y), (self.right, y), faint=True)
            drawing.text(self.left - 7, y + 4, up_as(value), anchor="end")
        drawing.line((self.left, self.bottom), (self.right, self.bottom))
        for value in across:
            x = self.x(value)
            drawing.line((x, self.bottom), (x, self.bottom + 4))
            drawing.text(x, self.bottom + 17, across_as(value), anchor="middle")

    def label(self, drawing: Drawing, across: str, up: str) -> None:
        """What the axes measure; nothing across where another plot stands below on the same axis."""
        if across:
            drawing.text(self.left + self.width / 2, self.bottom + 38, across, anchor="middle")
        drawing.text(14, self.top + self.height / 2, up, anchor="middle", upward=True)


def _titled(element: ET.Element, title: str) -> None:
    """A title that is read aloud, and shown while the pointer rests there."""
    if title:
        ET.SubElement(element, "title").text = title


def _stroke(colour: str, width: float, dashes: str = "") -> str:
    style = f"fill: none; stroke: {colour}; stroke-width: {width:g}"
    return f"{style}; stroke-dasharray: {dashes}" if dashes else style


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

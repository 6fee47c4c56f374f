"""Section numbers: as printed where a heading prints one, counted on where it does not.

They are the stable part of paragraph ids, so each is given once in a document.
"""

from __future__ import annotations

import regex

from index.structure.headings import numeral

_DECIMAL = regex.compile(
    r"(?:chapter\s+|section\s+|§\s*)?(\d{1,2}(?:[.．]\d{1,2}){0,4})[.．、:：]?(?=\s|\p{Han}|$)", regex.I
)
_CHAPTER = regex.compile(r"第\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[章节篇部]")
_HAN = regex.compile(r"([一二三四五六七八九十]{1,3})\s*[、.．]")
_HAN_INNER = regex.compile(r"[（(]\s*([一二三四五六七八九十]{1,3})\s*[)）]")


class Numbers:
    """Gives numbers to the headings of one document, in order."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._greatest: dict[str, int] = {}  # of the numbers right below each number, "" for the top
        self._path: list[tuple[int, str]] = []  # the open headings, each by its level and its number

    def next(self, title: str, level: int) -> str:
        """The number of a heading of that level (1 is the greatest), such as "3" or "3.1"."""
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        parent = self._path[-1][1] if self._path else ""
        number = _printed(title, parent)
        if number is None or number in self._given:
            number = self._free(parent)
        self._given.add(number)
        above, _, own = number.rpartition(".")
        if own.isdecimal():
            self._greatest[above] = max(int(own), self._greatest.get(above, 0))
        self._path.append((level, number))
        return number

    def _free(self, parent: str) -> str:
        """The number after the greatest under `parent`."""
        number = str(self._greatest.get(parent, 0) + 1)
        return f"{parent}.{number}" if parent else number


def _printed(title: str, parent: str) -> str | None:
    """The number that a heading prints, the parent's before it where it prints only its own."""
    if match := _DECIMAL.match(title):
        number = regex.sub("[．]", ".", match[1])
        return number if "." in number or not parent else f"{parent}.{number}"
    if match := _CHAPTER.match(title):
        number = match[1] if match[1].isdecimal() else str(numeral(match[1]))
        return number if not parent else f"{parent}.{number}"
    if match := _HAN.match(title):
        number = str(numeral(match[1]))
        return number if not parent else f"{parent}.{number}"
    if (match := _HAN_INNER.match(title)) and parent:
        return f"{parent}.{numeral(match[1])}"
    return None

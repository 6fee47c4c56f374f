"""The printed lines of a text file, and which of them end a paragraph.

In a file read by OCR each printed line is a line of its own and blank lines mean nothing; in one
that a person typed, a blank line, an indented line or every line break is meant. `breaks` tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import regex
from wcwidth import wcswidth

from index.repair.edits import Repaired

# A line under this part of its neighbours' width is visibly short. Measured on the review: lines
# that end a paragraph reach 0.86 of it at most, lines that end a sentence by chance 0.96 at least.
SHORT = 0.92
# How many lines on either side are the neighbours.
NEIGHBOURS = 5
# Blank lines separate paragraphs where at least this part of them follows a sentence's end, or a heading.
MEANT = 0.7
# A line under half the width of the wide ones, those that eight in ten lines do not reach, may be a heading.
NARROW = 0.5
WIDE = 8
# Columns of space that indent a paragraph; a single space is a page's start, or a slip.
INDENT = 2

_END = regex.compile(r"(?:[。！？!?.…:：])[”’」』》）】\)\]\"']*\s*(?:[［\[][^］\]]{0,12}[］\]]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its source range without the space around it, and how it reads.

    `indent` is the space before it, in columns.
    """

    start: int
    end: int
    text: str
    after_blank: bool
    indent: int = 0

    @property
    def width(self) -> int:
        """Columns on a fixed-width grid, spaces left out (OCR sows them)."""
        tight = "".join(self.text.split())
        return max(wcswidth(tight), len(tight))

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence may end with this line."""
        return bool(_END.search(self.text))


def read(first: Repaired) -> list[Line]:
    """The lines of a source that are not blank, each as a first repair shows it."""
    lines: list[Line] = []
    blank = False
    at = 0
    for raw in first.source.split("\n"):
        if raw.strip():
            start = at + len(raw) - len(raw.lstrip())
            end = at + len(raw.rstrip())
            indent = sum(2 if char == "\u3000" else 4 if char == "\t" else 1 for char in first.source[at:start])
            text = first.display(start, end).strip()
            if text:  # else nothing in it is seen
                lines.append(Line(start, end, text, blank, indent))
        blank = not raw.strip()
        at += len(raw) + 1
    return lines


def breaks(lines: list[Line]) -> list[bool]:
    """For each line, whether a paragraph ends with it (the last always does)."""
    if not lines:
        return []
    ends = [line.ends_sentence for line in lines]
    widths = sorted(line.width for line in lines)
    narrow = NARROW * widths[WIDE * len(widths) // 10]
    closed = [end or line.width < narrow for end, line in zip(ends, lines, strict=True)]
    after_blank = [i for i in range(1, len(lines)) if lines[i].after_blank]
    meant = bool(after_blank) and sum(closed[i - 1] for i in after_blank) >= MEANT * len(after_blank)
    wide = [end for end, line in zip(ends, lines, strict=True) if line.width >= narrow]
    unwrapped = sum(wide) >= MEANT * len(wide)
    indented = _indented(lines, ends)
    result = []
    for i, line in enumerate(lines):
        if i == len(lines) - 1:
            result.append(True)
        elif meant or unwrapped or indented:
            result.append(lines[i + 1].after_blank or unwrapped or (indented and lines[i + 1].indent >= INDENT))
        else:
            around = lines[max(0, i - NEIGHBOURS) : i] + lines[i + 1 : i + 1 + NEIGHBOURS]
            short = line.width < SHORT * median(other.width for other in around)
            result.append(ends[i] and short)
    return result


def _indented(lines: list[Line], ends: list[bool]) -> bool:
    """Whether paragraphs begin with an indented line: some lines do, not most, and they follow a sentence's end."""
    begins = [i for i in range(1, len(lines)) if lines[i].indent >= INDENT]
    return 2 <= len(begins) < len(lines) / 2 and sum(ends[i - 1] for i in begins) >= MEANT * len(begins)

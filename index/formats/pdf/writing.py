"""Parts written down: the text, its blocks, where each character stands, and the edits that make it readable."""

from __future__ import annotations

import unicodedata

import numpy as np
import regex
from numpy.typing import NDArray

from index.formats.extract import Block
from index.formats.pdf.glyphs import Ints, wide
from index.formats.pdf.hyphens import hyphen_edits
from index.formats.pdf.lines import Line
from index.formats.pdf.paragraphs import Part
from index.formats.places import UNIT, Places
from index.repair.edits import Edit

# Ligatures; the radicals of the Kangxi dictionary, which fonts give for the characters that look like them.
_COMPATIBLE = regex.compile(r"[\ufb00-\ufb06\u2f00-\u2fd5\u2e80-\u2ef3]")
# Those of the supplement that are characters of simplified Chinese have no such form in Unicode.
_PAIRS = "⺠民⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙"
_RADICALS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
# 10 to the 5 is not to be read as 105.
_EXPONENT = regex.compile(r"[+\-−]?\d+")
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SOFT = regex.compile("\u00ad")


class Writer:
    """Takes parts in order; `text`, `blocks`, `places` and the `edits` of raised digits are what came of them."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._edges: list[NDArray[np.int32]] = []
        self._lines: list[tuple[int, int, int, int, int]] = []
        self.blocks: list[Block] = []
        self.edits: list[Edit] = []

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._text)

    def places(self, sizes: list[tuple[float, float]]) -> Places:
        """Where the characters stand, given the pages' widths and heights; what reaches beyond a page is cut there."""
        pages = np.round(np.array(sizes).reshape(-1, 2) * UNIT).astype(np.int32)
        edges = np.concatenate([np.zeros((0, 2), dtype=np.int32), *self._edges])
        lines = np.array(self._lines, dtype=np.int32).reshape(-1, 5)
        wide, high = pages[lines[:, 2] - 1].T
        lines[:, 3] = np.clip(lines[:, 3], 0, high - 1)
        lines[:, 4] = np.clip(lines[:, 4], lines[:, 3] + 1, high)
        for (start, end, *_), width in zip(lines.tolist(), wide.tolist(), strict=True):
            np.clip(edges[start:end], 0, width, out=edges[start:end])
        return Places(pages, lines, edges)

    def add(self, part: Part) -> None:
        """Write a part after what there is, with an empty line between; a title is no block."""
        self._say("\n\n" if self._length else "")
        start = self._length
        if part.kind == "table":
            self._table(part.rows)
        else:
            for i, line in enumerate(part.lines):
                self._say("\n" if i else "")
                self._piece(line, np.arange(len(line.glyphs)))
        if part.kind != "title":
            self.blocks.append(Block(part.kind, start, self._length, part.level))

    def _table(self, rows: list[list[list[tuple[Line, Ints]]]]) -> None:
        for i, row in enumerate(rows):
            self._say("\n" if i else "")
            # Empty cells at a row's end are left out, so that no block ends with a tab.
            while not row[-1]:
                row = row[:-1]
            for j, cell in enumerate(row):
                self._say("\t" if j else "")
                for k, (line, part) in enumerate(cell):
                    above, below = (cell[k - 1] if k else cell[k]), cell[k]
                    edge = above[0].side.code[above[0].glyphs[above[1][-1]]], line.side.code[line.glyphs[below[1][0]]]
                    self._say(" " if k and not wide(np.array(edge)).all() else "")
                    self._piece(line, part)

    def _say(self, text: str) -> None:
        """Write what stands on no page."""
        if text:
            self._text.append(text)
            self._edges.append(np.zeros((len(text), 2), dtype=np.int32))
            self._length += len(text)

    def _piece(self, line: Line, part: Ints) -> None:
        """Write characters of a printed line, given as places in `line.glyphs`."""
        glyphs, spaced = line.glyphs[part], line.spaced[part].copy()
        spaced[0] = False
        at = np.arange(len(glyphs)) + np.cumsum(spaced)
        codes = np.full(len(glyphs) + int(spaced.sum()), ord(" "))
        codes[at] = line.side.code[glyphs]
        boxes = np.round(np.maximum(line.side.boxes[glyphs], 0) * UNIT).astype(np.int32)
        edges = np.zeros((len(codes), 2), dtype=np.int32)
        edges[at] = boxes[:, [0, 2]]
        start, page = self._length, line.side.page
        if line.side.angle:
            for i, (_, top, _, bottom) in zip(at.tolist(), boxes.tolist(), strict=True):
                self._lines.append((start + i, start + i + 1, page, top, bottom))
        else:
            gaps = np.flatnonzero(spaced)
            before, after = boxes[gaps - 1, 2], boxes[gaps, 0]
            edges[at[gaps] - 1] = np.stack([before, np.maximum(before, after)], axis=1)
            top, bottom = (max(0, round(edge * UNIT)) for edge in line.height)
            self._lines.append((start, start + len(codes), page, top, bottom))
        text = "".join(map(chr, codes.tolist()))
        raised = np.zeros(len(codes), dtype=bool)
        raised[at] = line.raised()[part]
        for low, high in np.flatnonzero(np.diff(np.concatenate([[0], raised, [0]]))).reshape(-1, 2).tolist():
            if text[low - 1 : low].isdecimal() and _EXPONENT.fullmatch(text, low, high):
                shown = text[low:high].translate(_SUPERSCRIPT)
                self.edits.append(Edit(start + low, start + high, shown, "exponent", "raised after a digit"))
        self._text.append(text)
        self._edges.append(edges)
        self._length += len(codes)


def edits_of(text: str, raised: list[Edit]) -> list[Edit]:
    """The edits of raised digits, and those of line ends, ligatures and look-alike radicals; sorted, disjoint."""
    found = [*raised, *hyphen_edits(text)]
    taken = {edit.start for edit in found}
    for match in _COMPATIBLE.finditer(text):
        plain = _RADICALS.get(match[0]) or unicodedata.normalize("NFKC", match[0])
        if plain != match[0]:
            found.append(Edit(match.start(), match.end(), plain, "compatibility character"))
    for match in _SOFT.finditer(text):
        if match.start() not in taken:
            found.append(Edit(match.start(), match.end(), "", "soft hyphen"))
    return sorted(found)

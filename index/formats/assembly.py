"""A text put together block by block, from HTML elements or by hand: what `html` and `docx` have in common.

Blocks are parted by blank lines, a table's rows by line breaks and its cells by tabs. White space within a block is one
space, `br` a line break. Which elements to read at all, and which is a note, is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import regex

from index.errors import SourceError
from index.formats import limits
from index.formats.extract import Block, Extract, Format, Kind

_LEVELS = {f"h{level}": level for level in range(1, 7)}
_CELLS = ("td", "th")
_BREAKS = ("br",)
_VERBATIM = ("pre", "listing")
_CAPTIONS = ("caption", "figcaption")
_PARTING = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p search section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset(
    "script style template noscript svg annotation annotation-xml object embed iframe canvas audio video map select "
    "button input graphic img meta link title base".split()
)
# Headings within a table are a layout's; so are tables within tables, and cells with more paragraphs or characters.
_LAYOUT = frozenset([*_LEVELS, "table"])
_CELL_PARAGRAPHS_MAX, _CELL_CHARACTERS_MAX = 8, 2000
# Two line breaks end a paragraph.
_PARAGRAPHS = regex.compile(r"\n\s*\n")
# A line's end within Chinese is none of its spaces.
_BREAK = regex.compile(
    r"(?<=[\p{Han}\u3000-\u303f\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\p{Han}\u3000-\u303f\uff00-\uffef])"
)
# What is not seen, and would part a word.
_INVISIBLE = regex.compile(r"[\u00ad\u200b\u2060\ufeff]")
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_EXPONENT = regex.compile(r"[+\-−]?\d+")
_FIGURE = regex.compile(
    r"(?:(?:Supplementary\s+)?(?:Table|Figure|Fig\.)|[表图圖])\s*[A-Z]?\d+(?:[.．:：|\s]|\p{Han}|$)", regex.IGNORECASE
)
# No cell spans further than this, and no row is wider, whatever a page says.
_SPAN_MAX, _COLUMNS_MAX = 50, 200


class Assembly:
    """Appends blocks to a growing text; `extract` gives what has come of it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    @property
    def length(self) -> int:
        """The number of characters so far."""
        return self._length

    @property
    def blocks(self) -> list[Block]:
        """The blocks so far."""
        return self._blocks

    def add(self, kind: Kind, text: str, level: int = 0) -> None:
        """Append a block, unless it is blank; its text is shown as it is, but for what is not seen.

        SourceError when the whole text grows beyond `limits.TEXT_CHARACTERS_MAX`.
        """
        text = _INVISIBLE.sub("", text).strip("\n" if kind == "table" else None)
        if not text.strip():
            return
        if kind == "heading" and _FIGURE.match(text):
            kind, level = "caption", 0
        if self._parts:
            self._parts.append("\n\n")
            self._length += 2
        self._blocks.append(Block(kind, self._length, self._length + len(text), level))
        self._parts.append(text)
        self._length += len(text)
        if self._length > limits.TEXT_CHARACTERS_MAX:
            raise too_long()

    def walk(self, root: Any, kind_of: Callable[[Any], Kind | None] = lambda element: None) -> None:
        """Append what stands in an lxml element: headings, tables, captions, and all else as text.

        What stands in an element for which `kind_of` gives a kind is that, headings too.
        """
        gathered: list[str] = []
        kinds: list[Kind] = ["text"]
        level = raised = 0

        def flush() -> None:
            text = "".join(gathered)
            gathered.clear()
            heading = level and kinds[-1] == "text"
            for part in [text] if heading else _PARAGRAPHS.split(text):
                self.add("heading" if heading else kinds[-1], _lines(part), level if heading else 0)

        for event, value in _events(root):
            if event == "text":
                text = " ".join(_BREAK.sub("", value).splitlines()) if "\n" in value or "\r" in value else value
                gathered.append(_raised(gathered, text) if raised else text)
                continue
            start, tag = event == "start", value.tag
            if event == "verbatim":
                flush()
                self.add(kinds[-1], _verbatim(value))
            elif event == "table":
                flush()
                for caption in value.iter("caption"):
                    self.add("caption", inline(caption))
                self.add("table", "\n".join(_rows(value)))
            elif tag in _BREAKS:
                gathered.append("\n" if start else "")
            elif tag == "sup":
                raised += 1 if start else -1
            elif tag in _PARTING:
                flush()
                if tag in _LEVELS:
                    level = _LEVELS[tag] if start else 0
            kind = "caption" if tag in _CAPTIONS else kind_of(value)
            if kind and event in ("start", "end"):
                flush()
                if start:
                    kinds.append(kind)
                else:
                    kinds.pop()
        flush()

    def extract(self, format: Format, title: str | None = None, notes: tuple[str, ...] = (), **more: Any) -> Extract:
        """The text so far and its blocks; SourceError where there is none."""
        if not self._blocks:
            raise SourceError("has no text", "put a document with text there")
        return Extract(format, "".join(self._parts), tuple(self._blocks), title=title, notes=notes, **more)


def too_long() -> SourceError:
    """The error for a text beyond `limits.TEXT_CHARACTERS_MAX`."""
    return SourceError(
        f"has more than {limits.TEXT_CHARACTERS_MAX / 1e6:.0f} million characters", "split it into several files"
    )


def inline(element: Any) -> str:
    """The text of an element in one line."""
    return " ".join(_BREAK.sub("", "".join(_inline(element))).split())


def _raised(before: list[str], text: str) -> str:
    """An exponent as one, so that 10 to the 5 is not read as 105; every other raised text as it is."""
    last = next((part[-1] for part in reversed(before) if part), "")
    return text.translate(_SUPERSCRIPT) if last.isdecimal() and _EXPONENT.fullmatch(text.strip()) else text


def _events(root: Any, *, whole: bool = True) -> Iterator[tuple[str, Any]]:
    """Texts, starts and ends of elements in their order; with `whole`, tables of data and verbatim text as one.

    A stack instead of recursion: pages may be nested deeper than Python's calls.
    """
    stack = [("visit", root)]
    while stack:
        todo, value = stack.pop()
        if todo != "visit":
            yield todo, value
            continue
        tail = value.tail if value is not root else None
        if tail:
            stack.append(("text", tail))
        tag = value.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            continue
        if whole and value is not root and tag == "table" and _is_data(value):
            yield "table", value
            continue
        if (
            whole
            and value is not root
            and (tag in _VERBATIM or (tag == "code" and "\n" in "".join(value.itertext()).strip()))
        ):
            yield "verbatim", value
            continue
        stack.append(("end", value))
        stack.extend(("visit", child) for child in reversed(value))
        yield "start", value
        if value.text:
            yield "text", value.text


def _inline(root: Any) -> Iterator[str]:
    raised = 0
    last: list[str] = []
    for event, value in _events(root, whole=False):
        if event == "text":
            last = [_raised(last, value) if raised else value]
            yield last[0]
        elif value.tag == "sup":
            raised += 1 if event == "start" else -1
        elif value.tag in _PARTING or value.tag in _BREAKS:
            yield " "


def _is_data(table: Any) -> bool:
    """Whether a table has data: several columns and rows, and no headings, lists or tables in its cells."""
    tags = {element.tag for element in table.iterdescendants()}
    if tags & _LAYOUT:
        return False
    rows = [[cell for cell in row if cell.tag in _CELLS] for row in table.iter("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    cells = [cell for row in rows for cell in row]
    return all(
        len([child for child in cell if child.tag == "p"]) <= _CELL_PARAGRAPHS_MAX
        and sum(map(len, cell.itertext())) <= _CELL_CHARACTERS_MAX
        for cell in cells
    )


def _rows(table: Any) -> Iterator[str]:
    """The rows as lines; a cell that spans several is written in its first place and leaves the others empty."""
    spanned: dict[int, int] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            while spanned.get(len(cells)):
                spanned[len(cells)] -= 1
                cells.append("")
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(len(cells), len(cells) + width):
                spanned[column] = height - 1
            cells += [inline(cell), *[""] * (width - 1)]
        while spanned.get(len(cells)):
            spanned[len(cells)] -= 1
            cells.append("")
        if any(cells):
            yield "\t".join([*cells[:_COLUMNS_MAX], *filter(None, cells[_COLUMNS_MAX:])])


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), _SPAN_MAX) if value.strip().isdecimal() else 1


def _lines(text: str) -> str:
    """White space collapsed within each line, and no empty lines."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _verbatim(element: Any) -> str:
    """Lines as they stand, without empty ones, which would part the block."""
    parts = []
    for event, value in _events(element, whole=False):
        parts.append("\n" if event == "start" and value.tag in _BREAKS else value if event == "text" else "")
    return "\n".join(line.rstrip() for line in "".join(parts).split("\n") if line.strip())

"""Markdown (CommonMark, tables, footnotes): the file's own text, its blocks as ranges of it, its markup as edits.

Hidden by edits: whatever `markup` tells, the marks of headings, quotations and bullets, rows of dashes, fences,
definitions of links, front matter. Numbers of lists stay. Left out: the tables of raw HTML, which are read as lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import regex

from index.errors import SourceError
from index.formats import markup, txt
from index.formats.extract import Block, Extract, Kind
from index.formats.markup import Markup, Range
from index.repair.edits import Edit, Repaired

RULE = "markup"

Extent = tuple[int, int]

# How deep quotations and lists may stand in each other (a list counts twice); the parser calls itself for each.
_NESTING_MAX = 100

_BREAK = regex.compile(r"\r\n|\n|\r")
_LINE = regex.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_FRONT = regex.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", regex.DOTALL | regex.MULTILINE)
_FRONT_TITLE = regex.compile(r"^title:[ \t]*(.*?)[ \t]*\r?$", regex.MULTILINE | regex.IGNORECASE)
_NOTE = regex.compile(r"\[\^([^\]\s]+)\]:")
_RAW_HEADING = regex.compile(r"\s*<h([1-6])\b", regex.IGNORECASE)


def read(data: bytes) -> Extract:
    """A Markdown file; SourceError for what `txt.read` refuses and for blocks nested too deep."""
    plain = txt.read(data)
    found = _Reader(plain.text)
    found.read()
    edits = found.edits()
    blocks, title = _titled(plain.text, found.blocks, edits, found.title)
    return Extract("md", plain.text, tuple(blocks), title=title, encoding=plain.encoding, edits=tuple(edits))


def _titled(text: str, blocks: list[Block], edits: Sequence[Edit], title: str | None) -> tuple[list[Block], str | None]:
    """The blocks without the title's, and the title: of the front matter, or the only greatest heading, if first."""
    greatest = [block for block in blocks if block.level == 1]
    if len(greatest) == 1 and blocks[0] == greatest[0]:
        heading = " ".join(Repaired(text, edits).display(blocks[0].start, blocks[0].end).split())
        if title is None or title.casefold() == heading.casefold():
            return blocks[1:], heading
    return blocks, title


class _Reader:
    """Collects the blocks of a text, and which of its characters are shown."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self.title: str | None = None
        self._lines = [match.span() for match in _LINE.finditer(text) if match.group() or not text]
        self._shown = bytearray(len(text))
        self._instead: dict[int, tuple[int, str]] = {}

    def read(self) -> None:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"maxNesting": 2 * _NESTING_MAX}).enable("table")
        parser.core.ruler.enableOnly(["normalize", "block"])
        parser.block.ruler.before("table", "depth", _depth)
        parser.block.ruler.before("reference", "footnote", _footnote, {"alt": ["paragraph", "reference"]})
        env: dict[str, Any] = {}
        tokens = parser.parse(self._body(), env)
        notes = {match.group(1) for token in tokens if (match := token.meta.get("note"))}
        self._markup = Markup(env, notes)
        level = 0
        kind: Kind = "text"
        item = None
        places = iter(range(len(tokens)))
        for place in places:
            token = tokens[place]
            if token.type == "heading_open":
                kind, level = "heading", int(token.tag[1])
            elif token.type == "footnote_open":
                kind = "footnote"
            elif token.type in ("heading_close", "footnote_close"):
                kind, level = "text", 0
            elif token.type == "list_item_open":
                item = token
            elif token.type == "inline":
                self._add(kind, self._inline(token, item), level)
                item = None
            elif token.type in ("fence", "code_block"):
                self._add("text", self._code(token))
            elif token.type == "html_block":
                match = _RAW_HEADING.match(token.content)
                self._add("heading" if match else "text", self._raw(token), int(match.group(1)) if match else 0)
            elif token.type == "table_open":
                end = next(at for at in places if tokens[at].type == "table_close")
                self._add("table", self._table(tokens[place:end]))

    def _body(self) -> str:
        """The text with the front matter's lines emptied, so that all others keep their numbers."""
        front = _FRONT.match(self.text)
        if not front:
            return self.text
        named = _FRONT_TITLE.search(front.group(1))
        if named:
            self.title = regex.sub(r"""^(["'])(.*)\1$""", r"\2", named.group(1)).strip() or None
        # without a carriage return at its end, whose line feed follows
        breaks = _BREAK.findall(front.group().removesuffix("\r"))
        return "\n" * len(breaks) + self.text[front.end() :]

    def _add(self, kind: Kind, extent: Extent | None, level: int = 0) -> None:
        if extent:
            self.blocks.append(Block(kind, *extent, level))

    def _inline(self, token: Any, item: Any) -> Extent | None:
        """Shows a paragraph or heading, and before it the number of the list item that it opens."""
        ranges = self._markup.ranges(token.content)
        note = token.meta.get("note")
        if note:
            ranges = sorted([*ranges, (note.end() - 1, note.end(), "")])
        offsets = self._offsets(token)
        extent = self._show(token.content, offsets, ranges)
        if extent and item and item.info and item.map[0] == token.map[0]:
            number = item.info + item.markup
            at = self.text.rfind(number, self._lines[token.map[0]][0], offsets[0])
            if at >= 0:
                end = at + len(number) + 1
                self._shown[at:end] = b"\1" * (end - at)
                return at, extent[1]
        return extent

    def _offsets(self, token: Any) -> list[int]:
        """Where each character of an inline token's content stands in the text; -1 for the indentation of a line."""
        offsets: list[int] = []
        for line, content in enumerate(token.content.split("\n"), start=token.map[0]):
            start, end = self._line(line)
            raw, core = self.text[start:end].rstrip(), content.strip()
            if offsets:
                offsets.append(self._line(line - 1)[1])
            at = start + (len(raw) - len(core) if raw.endswith(core) else max(raw.rfind(core), 0))
            indent = len(content) - len(content.lstrip())
            offsets += [-1] * indent
            offsets += range(at, at + len(content) - indent)
        return offsets

    def _code(self, token: Any) -> Extent | None:
        """Shows the lines of a block of code, each without the indentation of what the block stands in."""
        first = token.map[0] + (token.type == "fence")
        extents = []
        for line, content in enumerate(token.content.split("\n")[:-1], start=first):
            start, end = self._line(line)
            if self.text[start:end].endswith(content):
                start = end - len(content)
            extents.append(self._show(self.text[start:end], range(start, end), []))
        return _around(extents)

    def _raw(self, token: Any) -> Extent | None:
        """Shows what stands between the tags of a block of HTML."""
        start, end = self._lines[token.map[0]][0], self._line(token.map[1] - 1)[1]
        text = self.text[start:end]
        return self._show(text, range(start, end), markup.html(text))

    def _table(self, tokens: Sequence[Any]) -> Extent | None:
        """Shows a table's rows: what stands between two cells as a bar, and one for each empty cell before."""
        extents = []
        cells: list[Any] = []
        for token in tokens:
            if token.type == "inline":
                cells.append(token)
            elif token.type == "tr_close":
                extents.append(self._row(cells))
                cells = []
        return _around(extents)

    def _row(self, cells: Sequence[Any]) -> Extent | None:
        extents: list[Extent | None] = []
        at, bars, behind = 0, 0, None
        for token in cells:
            raw = token.content.replace("|", "\\|")
            start, end = self._line(token.map[0])
            found = self.text.find(raw, max(at, start), end) if raw else -1
            extent = None
            if found >= 0:
                at = found + len(raw)
                extent = self._show(token.content, _unescaped(token.content, found), self._markup.ranges(token.content))
            if extent:
                if behind is None and bars:
                    self._put(start, extent[0], "| " * bars)
                    extents.append((start, extent[0]))
                elif behind is not None:
                    self._put(behind, extent[0], " " + "| " * bars)
                extents.append(extent)
                behind, bars = extent[1], 0
            bars += 1
        return _around(extents)

    def _put(self, start: int, end: int, text: str) -> None:
        """Show `text` in place of `[start, end)`."""
        if start < end and text:
            self._shown[start:end] = bytes(end - start)
            for at in range(start, end):
                self._instead.pop(at, None)
            self._instead[start] = (end, text)

    def _line(self, number: int) -> Extent:
        """The range of a line, 0-based, without its end."""
        start, end = self._lines[number]
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def _show(self, content: str, offsets: Sequence[int], ranges: list[Range]) -> Extent | None:
        """Marks the characters of `content` as shown, those of `ranges` as hidden or replaced; where they stand."""
        first, last, at = None, -1, 0
        for start, end, text in [*ranges, (len(content), len(content), "")]:
            for place in range(at, start):
                offset = offsets[place]
                if offset >= 0:
                    self._shown[offset] = 1
                    if not content[place].isspace():
                        first, last = offset if first is None else first, offset + 1
            if text:
                low, high = offsets[start], offsets[end - 1] + 1
                self._instead[low] = (high, text)
                if text.strip():
                    first, last = low if first is None else first, high
            at = end
        return None if first is None else (first, last)

    def edits(self) -> list[Edit]:
        """What is not shown, line by line, and what is shown instead of something."""
        found = []
        at, end = 0, len(self.text)
        while at < end:
            if at in self._instead:
                stop, text = self._instead[at]
                found.append(Edit(at, stop, text, RULE))
                at = stop
            elif self._shown[at] or self.text[at] in "\r\n":
                at += 1
            else:
                start = at
                while at < end and not self._shown[at] and at not in self._instead and self.text[at] not in "\r\n":
                    at += 1
                found.append(Edit(start, at, "", RULE))
        return found


def _around(extents: Sequence[Extent | None]) -> Extent | None:
    """From the first to the last of those that there are."""
    there = [extent for extent in extents if extent]
    return (there[0][0], there[-1][1]) if there else None


def _unescaped(content: str, at: int) -> list[int]:
    """Where the characters of a cell stand that begins at `at`, each of its bars behind a backslash."""
    offsets = []
    for char in content:
        at += char == "|"
        offsets.append(at)
        at += 1
    return offsets


def _depth(state: Any, start: int, end: int, silent: bool) -> bool:
    if state.level >= _NESTING_MAX:
        raise SourceError(
            f"has lists or quotations nested {_NESTING_MAX} deep at line {start + 1}", "save it with fewer levels"
        )
    return False


def _footnote(state: Any, start: int, end: int, silent: bool) -> bool:
    """The block rule for `[^1]: …`, with the paragraphs under it that are indented by four."""

    def label(line: int) -> regex.Match[str] | None:
        return _NOTE.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])

    if state.is_code_block(start) or not label(start):
        return False
    if silent:
        return True
    state.push("footnote_open", "", 1)
    line = start
    while True:
        first = line
        line += 1
        while line < end and not state.isEmpty(line) and not label(line) and state.sCount[line] >= state.blkIndent:
            line += 1
        token = state.push("inline", "", 0)
        token.map = [first, line]
        token.content = state.getLines(first, line, state.blkIndent, False).strip()
        if first == start:
            token.meta["note"] = _NOTE.match(token.content)
        following = state.skipEmptyLines(line)
        if following >= end or state.sCount[following] - state.blkIndent < 4:
            break
        line = following
    state.push("footnote_close", "", -1)
    state.line = line
    return True

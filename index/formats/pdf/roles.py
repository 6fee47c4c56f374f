"""What a paragraph is in its document: title, heading and of which level, caption.

Told by size and weight against the body's, by numbers that count on, and by words such as 图 1. Authors under a title,
large as they may be, are no headings. Next: `flow`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import regex

from index.formats.pdf.paragraphs import ENDED, Part, room
from index.formats.pdf.tables import CAPTION

# Headings are so much larger than the body, or bold; a title is larger still.
_LARGER, _TITLE = 1.08, 1.15
# Bold or numbered, they may be a little smaller than the body.
_SMALLER = 0.85
# So many long paragraphs make a size one of text.
_TEXTS = 3
# The longest heading and title in characters; a Chinese character counts for three.
_LONG, _LONG_TITLE = 160, 360
_LEVELS = 6
_CHINESE_NUMBER = "[一二三四五六七八九十百]{1,4}"
_DEPTHS = (
    (regex.compile(rf"^第\s*(?:\d+|{_CHINESE_NUMBER})\s*[章篇编部]"), 1),
    (regex.compile(rf"^第\s*(?:\d+|{_CHINESE_NUMBER})\s*节"), 2),
    (regex.compile(rf"^{_CHINESE_NUMBER}\s*[、．.]"), 1),
    (regex.compile(rf"^[（(]\s*{_CHINESE_NUMBER}\s*[）)]"), 2),
    (regex.compile(r"^[IVX]+\.\s+\p{L}"), 1),
    (regex.compile(r"^[A-H]\.\s+\p{Lu}"), 2),
)
_NUMBERED = regex.compile(r"^(\d{1,2}(?:[.．]\d{1,2}){0,4})[.．、]?\s*(?=[\p{L}“\"(（《])(?![a-zµ%°])")
_KNOWN = regex.compile(
    r"^(?:abstract|summary|introduction|background|objectives?|(?:materials and )?methods?|patients and methods|results"
    r"|discussion|conclusions?|references|bibliography|acknowledge?ments?|appendix|keywords|contents"
    r"|摘\s*要|关键词|引\s*言|前\s*言|绪\s*论|目\s*[录的]|背\s*景|(?:材料|资料|对象)[与和]方法|方\s*法|结\s*果|讨\s*论|结\s*论|结\s*语|小\s*结"
    r"|致\s*谢|参\s*考\s*文\s*献|附\s*录)$",
    regex.IGNORECASE,
)
_OPENS = regex.compile(r"^\W*(?:abstract|summary|摘\s*要|introduction|引\s*言|前\s*言)\b", regex.IGNORECASE)
_HAN = regex.compile(r"\p{Han}")
_NO_TITLE = regex.compile(
    r"^untitled|^microsoft word|^(?:slide|document|presentation) ?\d*$|[\\/]|\.\w{2,4}$", regex.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Types:
    """The document's type: the body's size, the rounded sizes of long paragraphs, those of them that are bold."""

    body: float
    text: frozenset[int]
    bold: frozenset[int]

    def stand_out(self, part: Part) -> bool:
        """Whether a paragraph is larger or bolder than the text."""
        size = round(part.size)
        if part.size >= _LARGER * self.body and size not in self.text:
            return True
        return part.bold and size not in self.bold and part.size > _SMALLER * self.body


def weight(text: str) -> int:
    """A text's length, in which a Chinese character counts for three."""
    return len(text) + 2 * len(_HAN.findall(text))


def number_of(text: str) -> tuple[int, tuple[int, ...]]:
    """How deep a heading's number is, 0 for none, and the number itself where it is in digits."""
    if match := _NUMBERED.match(text):
        digits = tuple(int(n) for n in regex.findall(r"\d+", match[1]))
        return len(digits), digits
    return next((depth for pattern, depth in _DEPTHS if pattern.search(text)), 0), ()


def sensible(title: str | None) -> str | None:
    """A title of the file's metadata, None where it is no title."""
    title = " ".join((title or "").split())
    letters = regex.findall(r"\p{L}", title)
    return title if len(letters) >= 2 and len(letters) > len(title) / 3 and not _NO_TITLE.search(title) else None


def assign(parts: list[Part], body: float, metadata: str | None) -> str | None:
    """Give every part its kind and level; the document's title. `body` is the document's type size."""
    flow = [part for part in parts if not part.aside]
    for part in flow:
        if part.kind == "text" and _captions(part, body):
            part.kind = "caption"
    title = _title(flow, body, sensible(metadata))
    types = _types(flow, body)
    # Up to where the text proper begins, only the title is large.
    opened = title is None
    met: set[tuple[int, ...]] = set()
    headings = []
    waiting = [part for part in flow if part.kind in ("text", "table")]
    for part, below in pairwise(waiting):
        text = part.text
        if part.page > 1 or _OPENS.search(text) or weight(text) > 300 or number_of(text)[0]:
            opened = True
        if part.kind == "text" and (opened or _KNOWN.match(text)) and _heads(part, below, types, met):
            headings.append(part)
            met.add(number_of(text)[1])
    for part in headings:
        part.kind = "heading"
    _levels(headings, body)
    return title


def _captions(part: Part, body: float) -> bool:
    found = CAPTION.search(part.text)
    if not found:
        return False
    first = part.lines[0]
    marked = bool(found["after"].strip()) or part.size < 0.97 * body or bool(first.side.bold[first.glyphs[0]])
    rest = part.text[found.end() :]
    alone = not rest or bool(_HAN.match(rest)) or len(part.lines) == 1
    return marked or (alone and not regex.match(r"\p{Ll}", rest))


def _types(flow: list[Part], body: float) -> _Types:
    long = [part for part in flow if part.kind == "text" and weight(part.text) > _LONG]
    paragraphs = Counter(round(part.size) for part in long)
    bold: Counter[int] = Counter()
    for part in long:
        for line in part.lines:
            bold[round(part.size)] += 2 * int(line.side.bold[line.glyphs].sum()) - len(line.glyphs)
    sizes = frozenset(size for size, count in paragraphs.items() if count >= _TEXTS)
    return _Types(body, sizes, frozenset(size for size, more in bold.items() if more > 0))


def _title(flow: list[Part], body: float, metadata: str | None) -> str | None:
    """The title, its parts marked; what the metadata says where no type on page 1 is large enough."""
    first = [part for part in flow if part.page == flow[0].page and part.kind == "text"] if flow else []
    named = [
        p
        for p in first
        if metadata and _plain(p.text) and _plain(p.text) in _plain(metadata) and len(_plain(p.text)) > 5
    ]
    able = [p for p in first if weight(p.text) <= _LONG_TITLE and len(regex.findall(r"\p{L}", p.text)) > 1]
    largest = max((part.size for part in able), default=0.0)
    found: list[Part] = []
    if named and max(p.size for p in named) >= 1.02 * body:
        found = named
    elif largest >= _TITLE * body:
        for part in first:
            if part in able and part.size > 0.97 * largest:
                found.append(part)
            elif found:
                break
        if any(_KNOWN.match(p.text) or number_of(p.text)[0] for p in found) and len(found) == 1:
            found = []
        # The same type heads other sections, too.
        later = [
            p for p in flow if p not in found and abs(p.size - largest) < 0.03 * largest and weight(p.text) <= _LONG
        ]
        if any(_KNOWN.match(p.text) or number_of(p.text)[0] for p in later):
            found = []
    if not found:
        return metadata
    for part in found:
        part.kind = "title"
    lines = [line.text for part in found for line in part.lines]
    title = lines[0]
    for above, line in pairwise(lines):
        title += ("" if _HAN.match(above[-1]) and _HAN.match(line) else " ") + line
    return title


def _plain(text: str) -> str:
    return "".join(regex.findall(r"[\p{L}\p{N}]", text.casefold()))


def _heads(part: Part, below: Part, types: _Types, met: set[tuple[int, ...]]) -> bool:
    """Whether a paragraph is a heading of what is below it."""
    text = part.text
    letters = len(regex.findall(r"\p{L}", text))
    if len(part.lines) > 3 or weight(text) > _LONG or not regex.search(r"\p{Han}|\p{L}{2}", text):
        return False
    if letters < 0.4 * len(text.replace(" ", "")) or regex.search(r"[.。;；,，!！]$", text):
        return False
    depth, number = number_of(text)
    if regex.search(r"[:：]$", text) and not (depth or part.bold or weight(text) <= 40):
        return False
    if types.stand_out(part):
        return True
    if _KNOWN.match(text) and len(part.lines) == 1:
        return True
    # In the body's own type: a number that counts on, alone on its line, over something else than the next item.
    if not depth or len(part.lines) > 1 or part.size < _SMALLER * types.body or weight(text) > 100:
        return False
    if regex.search(r"[，；,;]", text) or ENDED.search(text):
        return False
    sibling = number_of(below.text)[0] == depth and weight(below.text) <= 100
    if sibling or part.right - part.lines[-1].right < min(
        types.body, -room(part.lines[-1], below.lines[0], part.right)
    ):
        return False
    if not number:
        return True
    before = (*number[:-1], number[-1] - 1)
    return before in met if number[-1] > 1 else len(number) == 1 or number[:-1] in met


def _levels(headings: list[Part], body: float) -> None:
    """Levels from the order of the styles, the largest first; within one style deeper numbers are deeper.

    The first level is that of the largest numbered type, or of the largest type that heads more than once: a
    cover or a poster's letters may be larger.
    """
    styles: dict[tuple[float, bool], list[Part]] = {}
    for part in headings:
        # Larger type is a style whether bold or not: a thesis has 摘要 and Abstract in different fonts.
        styles.setdefault((round(part.size * 2) / 2, part.bold or part.size >= _LARGER * body), []).append(part)
    order = sorted(styles, reverse=True)
    first = [style for style in order if any(number_of(part.text)[0] for part in styles[style])]
    often = [style for style in order if len(styles[style]) > 1]
    anchor = (first or often or order)[:1]
    level = 1
    for style in order:
        depths = [number_of(part.text)[0] for part in styles[style]]
        numbered = [depth for depth in depths if depth]
        top, low = (min(numbered), max(numbered)) if numbered else (1, 1)
        for part, depth in zip(styles[style], depths, strict=True):
            part.level = min(_LEVELS, level + max(0, depth - top))
        level += low - top + 1 if style <= anchor[0] else 0

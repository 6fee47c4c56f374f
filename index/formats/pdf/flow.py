"""Paragraphs that run on over the end of a column or page, made whole; what stands between comes after them.

Next: `writing`.
"""

from __future__ import annotations

import regex

from index.formats.pdf.paragraphs import BULLET, ENDED, MARKER, Part, room

# A paragraph runs on at most so many pages further.
_PAGES = 2
_RUNS_ON = regex.compile(r"^[\p{Ll}\p{Han}\d(（\[［“‘「『《,，、;；]")
_OPEN = regex.compile(r"[-‐,，、;；(（\[和与及的]$")


def joined(parts: list[Part]) -> list[Part]:
    """The parts, each paragraph that runs on in a later column one part, before what stands between."""
    several = [part for part in parts if part.kind == "text" and len(part.lines) > 1]
    indented = sum(part.indented for part in several) > 0.3 * len(several)
    gone: set[int] = set()
    for i, part in enumerate(parts):
        if part.kind != "text" or i in gone or part.aside:
            continue
        at = i
        while (at := _continuation(parts, i, at, gone, indented)) > 0:
            part.lines = part.lines + parts[at].lines
            part.region, part.right = parts[at].region, parts[at].right
            gone.add(at)
    return [part for i, part in enumerate(parts) if i not in gone]


def _continuation(parts: list[Part], start: int, after: int, gone: set[int], indented: bool) -> int:
    """Where the paragraph at `start`, of which all up to `after` is known, goes on; 0 where it ends."""
    part = parts[start]
    floats = False
    for at in range(after + 1, len(parts)):
        other = parts[at]
        if at in gone:
            continue
        if other.kind in ("heading", "title") or other.page > part.lines[-1].side.page + _PAGES:
            return 0
        like = abs(other.size - part.size) <= 0.06 * part.size
        if other.kind == "text" and like and not other.aside:
            apart = other.region != part.region or floats
            return at if apart and _runs_on(part, other, indented) else 0
        if other.kind == "text" and not other.aside and other.size > part.size:
            return 0
        floats = True
    return 0


def _runs_on(part: Part, other: Part, indented: bool) -> bool:
    """Whether a paragraph's sentence, or at least the paragraph, goes on in another."""
    last, first = part.lines[-1], other.lines[0]
    if BULLET.search(first.text) or part.bold != other.bold:
        return False
    full = room(last, first, part.right) <= 0
    if not ENDED.search(last.text):
        if MARKER.search(first.text) and not _OPEN.search(last.text):
            return False
        return bool(_OPEN.search(last.text) or (_RUNS_ON.search(first.text) and not other.indented) or full)
    return indented and full and not other.indented and len(part.lines) > 1 and not MARKER.search(first.text)

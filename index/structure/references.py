"""Lists of references: shown where they stand, and never searched or quoted as answers.

Known by their heading, or by their entries where there is none: a run of at least three paragraphs that each
begin with a number or a name and hold what only an entry does. A sentence that cites is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

# How many entries in a row make a list.
ENTRIES_MIN = 3

_HEADING = regex.compile(
    r"(?:[\d.]*+\s*+|[一二三四五六七八九十]++、\s*+)[\[【［]?+\s*+"
    r"(?:参\s*考\s*(?:文\s*献|资\s*料)|引用文献|references?(?: and notes| cited)?|reference list|bibliography"
    r"|works cited|literature cited)\s*[\]】］]?\s*[:：]?",
    regex.IGNORECASE,
)
_NUMBERED = regex.compile(r"\s*(?:[\[［(（]\s*\d{1,3}\s*[\]］)）]|\d{1,3}\s*[.．)、])\s*\S")
_AUTHORS = regex.compile(r"\s*\p{Lu}[\p{L}'’-]+,?\s+(?:\p{Lu}\.?[- ]?){1,3}[,.;&(]")
# A year; and a type mark of GB/T 7714, a volume with pages, an identifier, or the abbreviation of a journal.
_YEAR = regex.compile(r"(?<!\d)(?:19|20)\d\d[a-z]?(?!\d)")
_SIGN = regex.compile(
    r"\[(?:J|M|C|D|N|P|R|S|G|EB)(?:/OL)?\]|(?<!\d)\d++\s*+(?:\(\d+[^)]{0,40}\)\s*+)?[:：]\s*[eE]?\d+|\bdoi\b|\barXiv\b|\bPMID\b"
    r"|\bpp?\.\s*\d+|\bvol\.\s*\d+|https?://",
    regex.IGNORECASE,
)


def is_heading(title: str) -> bool:
    """Whether a heading opens a list of references."""
    return _HEADING.fullmatch(title.strip()) is not None


def is_entry(text: str) -> bool:
    """Whether a paragraph looks like one entry, or several, of a list of references."""
    opened = _NUMBERED.match(text) or _AUTHORS.match(text)
    return bool(opened and _YEAR.search(text) and _SIGN.search(text))


def runs(texts: Sequence[str]) -> set[int]:
    """The places of the entries among these paragraphs that stand in runs of at least `ENTRIES_MIN`."""
    found: set[int] = set()
    at = 0
    while at < len(texts):
        end = at
        while end < len(texts) and is_entry(texts[end]):
            end += 1
        if end - at >= ENTRIES_MIN:
            found.update(range(at, end))
        at = max(end, at + 1)
    return found

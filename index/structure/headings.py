"""Headings that stand in Chinese and English papers, told from the line they begin.

    [摘要] …, [Abstract] …     a labelled abstract, run in
    一、…                      a section, alone on its line
    1.…：                      a subsection, run in before its first sentence

Numbered headings count only where they carry the next number, so that a list or a decimal is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

_LABELS = {"摘要": "zh", "abstract": "en"}
# The section numbers of abstracts.
ABSTRACTS = frozenset(_LABELS.values())
_LABEL = regex.compile(
    r"^[\[［【]\s*(摘\s*要|abstract)\s*[\]］】][:：]?\s*|^(摘\s*要|abstract)\s*[:：]\s*",
    regex.IGNORECASE,
)
_SECTION = regex.compile(r"^([一二三四五六七八九十]{1,3})、\s*(\S.{0,40})$")
_SUBSECTION = regex.compile(r"^(\d{1,2})[.．]\s*([^\s\d][^。！？：:]{1,40})[：:]")
_ENDS = regex.compile(r"[。！？；，,;]$")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at the start of a line.

    `kind` is abstract, section or subsection; `number` "zh" or "en" for an abstract, else as in
    "3.1"; `length` the display characters that it takes from the line.
    """

    kind: str
    number: str
    title: str
    length: int


def numeral(text: str) -> int:
    """一 to 九十九 as a number; 0 for anything else."""
    if text == "十":
        return 10
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.find(text) if len(text) == 1 else 0
    high = 1 if not tens else max(0, _DIGITS.find(tens))
    return high * 10 + (max(0, _DIGITS.find(ones)) if ones else 0)


def at(text: str, section: int, subsection: int) -> Heading | None:
    """The heading that the display line `text` begins with, if any.

    `section` and `subsection` are the numbers met last (0 for none).
    """
    if match := _LABEL.match(text):
        title = regex.sub(r"\s", "", match[1] or match[2])
        return Heading("abstract", _LABELS[title.lower()], title, match.end())
    if (match := _SECTION.match(text)) and numeral(match[1]) == section + 1 and not _ENDS.search(text):
        return Heading("section", str(section + 1), text.strip(), len(text))
    if (match := _SUBSECTION.match(text)) and section and int(match[1]) == subsection + 1:
        title = f"{match[1]}. {match[2].strip()}"
        return Heading("subsection", f"{section}.{match[1]}", title, match.end())
    return None

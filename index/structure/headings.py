"""Headings that stand in Chinese and English papers, told from the line they begin.

    [摘要] …, [Abstract] …            a labelled abstract, run in
    一、…  第一章 …                    a section, alone on its line
    （一）…                            a subsection, alone on its line
    1.…：                             a subsection, run in before its first sentence
    1 Methods, 2.1 资料               a section or subsection, alone on its line, below 一、 and （一）
    Results, 参考文献                  a section that goes without a number, alone on its line

Numbered headings count only where they carry the next number, so that a list or a decimal is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from index.structure import references

_LABELS = {"摘要": "zh", "abstract": "en"}
# The section numbers of abstracts.
ABSTRACTS = frozenset(_LABELS.values())
_LABEL = regex.compile(
    r"^[\[［【]\s*(摘\s*要|abstract)\s*[\]］】][:：]?\s*|^(摘\s*要|abstract)\s*[:：]\s*",
    regex.IGNORECASE,
)
_ABSTRACT = regex.compile(r"[\[［【]?\s*(摘\s*要|abstract)\s*[\]］】]?\s*[:：]?", regex.IGNORECASE)
_SECTION = regex.compile(r"^([一二三四五六七八九十]{1,3})、\s*(\S.{0,40})$")
_CHAPTER = regex.compile(r"^第\s*([一二三四五六七八九十]{1,3})\s*[章节]\s*(\S.{0,40})$")
_INNER = regex.compile(r"^[（(]\s*([一二三四五六七八九十]{1,3})\s*[)）]\s*(\S.{0,40})$")
_SUBSECTION = regex.compile(r"^(\d{1,2})[.．]\s*([^\s\d][^。！？：:]{1,40})[：:]")
_DECIMAL = regex.compile(r"^(\d{1,2}(?:[.．]\d{1,2}){0,3})(?:[.．、]\s*|\s+)(?=[\p{Lu}\p{Han}])([^。！？：；:]{1,80})$")
_NAMED = regex.compile(
    r"(?:introduction|background|methods?|materials? and methods|patients and methods|results|discussion"
    r"|results and discussion|conclusions?|summary|acknowledge?ments?|appendix|funding|limitations"
    r"|引言|前言|绪论|导言|背景|方法|材料与方法|资料与方法|对象与方法|结果|讨论|结果与讨论|结论|结语|小结|总结|致谢|附录)\s*[:：]?",
    regex.IGNORECASE,
)
_ENDS = regex.compile(r"[。！？；，,;.!?]$")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at the start of a line.

    `level` is 1 for a section, 2 and more below it; `abstract` is "zh" or "en" for an abstract, else empty; `length`
    the display characters that it takes from the line; `title` as it is shown.
    """

    level: int
    title: str
    length: int
    abstract: str = ""


class Met:
    """The numbers of the headings met so far, by their style, to tell which would be next."""

    def __init__(self) -> None:
        self._han = self._inner = self._run_in = 0
        self._decimal: tuple[int, ...] = ()

    def at(self, text: str, *, closed: bool, last: bool = False) -> Heading | None:
        """The heading that the display line `text` begins with, if any.

        `closed` says that the text before is at an end; `last` that nothing comes after, so that a line of a few words
        heads nothing. Call `meet` where it is taken for one.
        """
        if found := label(text):
            return found
        if (match := _SECTION.match(text)) and numeral(match[1]) == self._han + 1 and not _ENDS.search(text):
            return Heading(1, text.strip(), len(text))
        if not closed:
            return None
        if (match := _SUBSECTION.match(text)) and self._han and int(match[1]) == self._run_in + 1:
            return Heading(2, f"{match[1]}. {match[2].strip()}", match.end())
        if last or _ENDS.search(text):
            return None
        if (match := _CHAPTER.match(text)) and numeral(match[1]) == self._han + 1:
            return Heading(1, text.strip(), len(text))
        if (match := _INNER.match(text)) and numeral(match[1]) == self._inner + 1:
            return Heading(2, text.strip(), len(text))
        if (match := _DECIMAL.match(text)) and self._is_next(_parts(match[1])):
            above = bool(self._han) + bool(self._inner)
            return Heading(above + len(_parts(match[1])), text.strip(), len(text))
        if named := _ABSTRACT.fullmatch(text):
            return Heading(1, text.strip(), len(text), _number(named[1]))
        if _NAMED.fullmatch(text) or references.is_heading(text):
            return Heading(1, text.strip(), len(text))
        return None

    def meet(self, heading: Heading) -> None:
        """Take note of a heading."""
        text = heading.title
        if heading.abstract:
            return
        if match := _SECTION.match(text) or _CHAPTER.match(text):
            self._han, self._inner, self._run_in, self._decimal = numeral(match[1]), 0, 0, ()
        elif match := _INNER.match(text):
            self._inner, self._decimal = numeral(match[1]), ()
        elif self._han and heading.level == 2 and (match := regex.match(r"(\d+)\. ", text)):
            self._run_in, self._decimal = int(match[1]), (int(match[1]),)
        elif match := _DECIMAL.match(text):
            self._decimal = _parts(match[1])

    def _is_next(self, number: tuple[int, ...]) -> bool:
        """1 after nothing, 2.1 or 3 after 2, 2.3 or 3 after 2.2.1; a section may also begin with its first part."""
        last = self._decimal
        below = number[:-1] == last[: len(number) - 1] and len(number) <= len(last) + 1
        return below and number[-1] == (last[len(number) - 1] if len(number) <= len(last) else 0) + 1


def label(text: str) -> Heading | None:
    """The label of an abstract that runs in at the beginning of a text, if one does."""
    if match := _LABEL.match(text):
        title = regex.sub(r"\s", "", match[1] or match[2])
        return Heading(1, title, match.end(), _number(title))
    return None


def abstract(title: str) -> str:
    """ "zh" or "en" for the heading of an abstract, else empty."""
    match = _ABSTRACT.fullmatch(title.strip())
    return _number(match[1]) if match else ""


def _number(title: str) -> str:
    return _LABELS[regex.sub(r"\s", "", title).lower()]


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in regex.split("[.．]", number))


def numeral(text: str) -> int:
    """一 to 九十九 as a number; 0 for anything else."""
    if text == "十":
        return 10
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.find(text) if len(text) == 1 else 0
    high = 1 if not tens else max(0, _DIGITS.find(tens))
    return high * 10 + (max(0, _DIGITS.find(ones)) if ones else 0)

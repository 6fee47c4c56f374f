"""General repair rules: slips that OCR and typesetting make in any Chinese or English text.

Each rule is a function of a `Draft`; `RULES` gives their order. What only a reader of one document
can know stands in that document's errata table instead. A character is changed for a look-alike only
where the words of a dictionary explain the mended text far better than the printed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from index.repair.edits import Draft
from index.text import hidden
from index.text.words import frequency, likelihood

HAN = r"\p{Han}"
HAN_SIDE = r"[\p{Han}，。；：？！、“”‘’《》（）［］【】]"
FULL_TO_HALF = {"，": ",", "；": ";", "：": ":"}
HALF_TO_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}

# A run of Latin letters up to this long, between Chinese, is part of the Chinese sentence.
ISLAND = 24

# How much of the text around a look-alike is weighed, in characters, and by how much the mended text
# must be likelier, in nats. On 2,460 paragraphs of clean public text this changes six characters.
WINDOW = 6
MARGIN = 0.3
# A dash is 一 only where that makes a word seen this often in jieba's corpus (一种 is: 54,000 times).
COMMON = 1_000

# Printed for, and only for, the character on the right wherever the dictionary agrees.
CONFUSABLE = {"人": "入", "疔": "疗", "—": "一"}
# Variant forms that OCR prefers to the standard one of both scripts.
VARIANT = {"髙": "高"}


@dataclass(frozen=True, slots=True)
class Style:
    """How Chinese is set next to Latin letters and digits: the document's way, the text's language."""

    spaced: bool
    chinese: bool


def spaced(text: str) -> bool:
    """Whether most of the document sets a space between Chinese and Latin; line breaks do not count."""
    tight = len(regex.findall(r"\p{Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Han}", text))
    wide = len(regex.findall(r"\p{Han} [A-Za-z0-9]|[A-Za-z0-9] \p{Han}", text))
    return wide > tight


def hidden_characters(draft: Draft, style: Style) -> None:
    """What no reader sees goes, and what no text has is marked: see `hidden`."""
    if hidden.any_in(draft.text):
        draft.sub(hidden.HIDDEN, lambda match: hidden.instead(match[0]), "hidden character")
        draft.sub(hidden.PILED, lambda match: "", "hidden character")


def join_lines(draft: Draft, style: Style) -> None:
    """A line break within a paragraph becomes nothing in Chinese and one space in English."""

    def join(match: regex.Match[str]) -> str:
        before = draft.cut(match.start() - 1, match.start()) if match.start() else ""
        after = draft.cut(match.end(), match.end() + 1)
        if not before or not after:
            return ""
        wide = [bool(_WIDE.match(c)) for c in (before, after)]
        if any(wide):
            return " " if style.spaced and not all(wide) and (before + after).replace(" ", "").isalnum() else ""
        if before == "-" or before in "([/" or after in ")],.;:%/":
            return ""
        return " "

    draft.sub(regex.compile(rf"{_SPACES}?+(?:\r\n?|\n)\s*+"), join, "line break")


# A run of spaces from its beginning, whole, so that a long one is tried once and not from each of its spaces.
_SPACES = r"(?:(?<![ \t　])[ \t　]++)"

# Chinese characters and the marks that only Chinese uses.
_WIDE = regex.compile(r"[\p{Han}，。；：？！、《》（）［］【】「」『』～]")


def close_han(draft: Draft, style: Style) -> None:
    """Spaces inside Chinese words and around Chinese punctuation go."""
    if not style.chinese:
        return
    pattern = regex.compile(rf"(?<={HAN_SIDE}){_SPACES}(?={HAN_SIDE})")
    draft.sub(pattern, lambda m: "", "space in Chinese")
    pattern = regex.compile(rf"(?<=[，。；：？！、“‘《（［【]){_SPACES}|{_SPACES}(?=[，。；：？！、”’》）］】])")
    draft.sub(pattern, lambda m: "", "space in Chinese")


def mixed_spacing(draft: Draft, style: Style) -> None:
    """Chinese next to Latin letters, digits or brackets is set as in most of the document."""
    if style.spaced or not style.chinese:
        return
    latin = r"[\p{Latin}\p{Greek}\d]"
    pattern = regex.compile(
        rf"(?<={HAN}){_SPACES}(?={latin})|(?<={latin}){_SPACES}(?={HAN})"
        rf"|(?<=[{HAN}\p{{Latin}}\d%]){_SPACES}(?=\()|(?<=\)){_SPACES}(?=[{HAN}\d])"
    )
    draft.sub(pattern, lambda m: "", "space in Chinese")


def brackets(draft: Draft, style: Style) -> None:
    """No space inside brackets."""
    draft.sub(regex.compile(r"(?<=[(\[])[ \t]++|(?<![ \t])[ \t]++(?=[)\]])"), lambda m: "", "space in brackets")


def many_spaces(draft: Draft, style: Style) -> None:
    """Runs of spaces become one."""
    draft.sub(regex.compile(r"[ \t　]{2,}"), lambda m: " ", "run of spaces")


def ranges(draft: Draft, style: Style) -> None:
    """`50% ~ 66%` is one range."""
    pattern = regex.compile(r"(?<=[\d%])\s*+([~～])\s*+(?=\d)")
    draft.sub(pattern, lambda m: m[1], "space in a range")


def trial_ids(draft: Draft, style: Style) -> None:
    """ClinicalTrials.gov identifiers: NCT and eight digits, never broken."""
    pattern = regex.compile(r"(?<![A-Za-z\d])N ?C ?T ?(?:\d ?){7}\d(?!\d)")
    draft.sub(pattern, lambda m: m[0].replace(" ", ""), "broken identifier")


def variants(draft: Draft, style: Style) -> None:
    """Variant characters that OCR prefers to the modern ones."""
    pattern = regex.compile("[" + "".join(VARIANT) + "]")
    draft.sub(pattern, lambda m: VARIANT[m[0]], "variant character")


def split_characters(draft: Draft, style: Style) -> None:
    """One character read as two: 引 as 弓 and a stroke."""
    draft.sub(regex.compile(rf"弓[Il|](?={HAN})"), lambda m: "引", "split character")


def confusables(draft: Draft, style: Style) -> None:
    """A look-alike is changed where words of a dictionary explain the mended text far better."""
    pattern = regex.compile("[" + "".join(CONFUSABLE) + "]")

    def mend(match: regex.Match[str]) -> str | None:
        printed, mended = match[0], CONFUSABLE[match[0]]
        before = draft.cut(max(0, match.start() - WINDOW), match.start())
        after = draft.cut(match.end(), match.end() + WINDOW)
        if printed == "—" and (before.endswith("—") or frequency(mended + after[:1]) < COMMON):
            return None  # a dash
        gain = likelihood(before + mended + after) - likelihood(before + printed + after)
        return mended if gain > MARGIN else None

    draft.sub(pattern, mend, "look-alike character")


def chinese_numerals(draft: Draft, style: Style) -> None:
    """`—、` at the start of a line is `一、`."""
    draft.sub(regex.compile(r"^(\s*)—(?=、)"), lambda m: m[1] + "一", "look-alike character")


def punctuation_width(draft: Draft, style: Style) -> None:
    """Stops of a Chinese sentence are full-width, those of a Latin gloss in brackets half-width.

    Citation marks, decimal points, thousands and the "1." of a list stay as printed.
    """
    if not style.chinese:
        return
    gloss = _inside(draft.text, _GLOSS.finditer(draft.text))
    draft.sub(
        regex.compile(r"([，；：])\s*+"),
        lambda m: FULL_TO_HALF[m[1]] + " " if gloss[m.start()] else None,
        "full-width punctuation",
    )
    inside = _inside(draft.text, _asides(draft.text))

    def widen(match: regex.Match[str]) -> str | None:
        mark, at = match[1], match.start()
        if inside[at]:
            return None
        before = draft.cut(max(0, at - ISLAND - 1), at)
        after = draft.cut(match.end(), match.end() + ISLAND + 1)
        han_before = bool(_HAN_SIDE_END.search(before))
        han_after = bool(regex.match(rf"[{HAN}“《]", after))
        if mark == ".":
            new_sentence = not after or han_after or bool(match[2])
            return "。" if regex.search(rf"[{HAN}”》]$", before) and new_sentence else None
        if han_before or han_after:
            return HALF_TO_FULL[mark]
        between = _ISLAND_BEFORE.search(before) and _ISLAND_AFTER.match(after)
        digits = before[-1:].isdigit() and after[:1].isdigit()
        return HALF_TO_FULL[mark] if between and mark == "," and not digits else None

    draft.sub(regex.compile(r"([,;:?!.])( *)"), widen, "half-width punctuation")


_GLOSS = regex.compile(rf"\([^()（）{HAN}]*+\)")
_BRACKETED = rf"\([^(){HAN}]*+\)"
_ASIDE = regex.compile(rf"{_BRACKETED}|[［\[][^］\]]*+(?:[］\]]|(?P<open>\Z))")


def _asides(text: str) -> Iterator[regex.Match[str]]:
    """What stands in brackets; behind one that is never closed, which is looked for once, round ones alone."""
    for aside in _ASIDE.finditer(text):
        yield from [aside] if aside["open"] is None else regex.finditer(_BRACKETED, text, pos=aside.start())


def _inside(text: str, spans: Iterable[regex.Match[str]]) -> bytearray:
    """For each character whether it stands within the brackets of one of these spans."""
    inside = bytearray(len(text))
    for span in spans:
        inside[span.start() + 1 : span.end() - 1] = b"\1" * (span.end() - span.start() - 2)
    return inside


_HAN_SIDE_END = regex.compile(rf"[{HAN}］\]）)”》]$")
_ISLAND_BEFORE = regex.compile(rf"{HAN}[^{HAN}。]*$")
_ISLAND_AFTER = regex.compile(rf"[^{HAN}。]*{HAN}")


def latin_spacing(draft: Draft, style: Style) -> None:
    """A comma or a sentence's end between Latin words is followed by a space."""
    pattern = regex.compile(r"(?<=[\p{Latin}\d]{2}[,;])(?=\p{Latin}{2})")
    draft.sub(pattern, lambda m: " ", "missing space")
    pattern = regex.compile(r"(?<=\p{Ll}{2}[.!?])(?=\p{Lu}\p{Ll}*[ ,])")
    draft.sub(pattern, lambda m: " ", "missing space")


def cells(draft: Draft, style: Style) -> None:
    """The tabs between a table's cells are shown as bars."""
    draft.sub(regex.compile(r"(?<=\S) *\t *(?=[^\t\n])"), lambda m: " | ", "table cell")


RULES: tuple[Callable[[Draft, Style], None], ...] = (
    hidden_characters,
    join_lines,
    variants,
    split_characters,
    chinese_numerals,
    confusables,
    trial_ids,
    brackets,
    close_han,
    mixed_spacing,
    many_spaces,
    ranges,
    punctuation_width,
    latin_spacing,
    close_han,
)


# For text that nobody typed anew: the author's own characters stand as they are.
TYPED: tuple[Callable[[Draft, Style], None], ...] = (hidden_characters, join_lines, many_spaces)
# For tables, whose lines and cells are meant.
TABLE: tuple[Callable[[Draft, Style], None], ...] = (hidden_characters, cells)


def apply(draft: Draft, style: Style, chosen: Sequence[Callable[[Draft, Style], None]] = RULES) -> None:
    """Run every rule once, in order."""
    for rule in chosen:
        rule(draft, style)

"""Characters that a reader does not see: what hides words, turns the line around, or drives a terminal.

Zero-width and soft marks, bidirectional controls, tags, fillers, stray variation selectors, control characters, half
surrogates, and combining marks piled higher than any writing does. What has a meaning where it stands is not hidden:
a joiner within an emoji or an Arabic or Indic word, the selector after a Chinese character or an emoji, a flag's tags.

Documents are repaired by this (`repair.rules`), search is blind to them (`tokens`), and every edge marks what is left.
"""

from __future__ import annotations

import json
from functools import cache

import regex

# What is shown in place of one that cannot be dropped without a trace.
MARK = "�"

# How many combining marks stand on one letter: UTS #39, 5.4, counts more than four as a sign of deceit.
MARKS_MAX = 4
# Scripts in which a zero-width joiner or non-joiner spells a word.
_JOINED = (
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}"
    r"\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Tibetan}\p{Myanmar}\p{Khmer}]"
)
# What may be meant: joiners, selectors, tags; each with what has to stand beside it.
_MAYBE = r"[\u200C\u200D\u180E\p{Variation_Selector}\U000E0020-\U000E007F]"
_MEANT = (
    r"(?<=\p{ExtPict}[\uFE0F\p{EMod}]?)\u200D(?=\p{ExtPict})"
    rf"|(?<={_JOINED})[\u200C\u200D](?={_JOINED})"
    r"|(?<=[\p{ExtPict}\p{Sm}\p{Mongolian}\p{Myanmar}])[\p{Variation_Selector}]"
    r"|(?<=\p{Han})[\uFE00-\uFE02\U000E0100-\U000E01EF]"
    r"|(?<=[\d#*])\uFE0F(?=\u20E3)"
    r"|(?<=\p{Mongolian})\u180E"
    r"|(?<=\U0001F3F4)[\U000E0030-\U000E0039\U000E0061-\U000E007A]{3,6}\U000E007F"  # the flag of a region
)
# Every candidate; the Arabic signs that stand before a number are format characters and seen.
_CLASS = r"[[\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2028\u2029]--[\t\n\r\p{PCM}]]"
_PILE = rf"(?<=[\p{{Mn}}\p{{Me}}]{{{MARKS_MAX}}})(?:(?!{_CLASS})[\p{{Mn}}\p{{Me}}])+"
_CANDIDATE = regex.compile(rf"{_CLASS}|[\p{{Mn}}\p{{Me}}]{{{MARKS_MAX + 1}}}", regex.VERSION1)
_ALONE = rf"(?!{_MAYBE}){_CLASS}|(?:{_MEANT})(*SKIP)(*FAIL)|{_MAYBE}"
# One hidden character; and the marks of a pile that are too many, once those are gone.
HIDDEN = regex.compile(_ALONE, regex.VERSION1)
PILED = regex.compile(_PILE, regex.VERSION1)
_ANY = regex.compile(rf"{_ALONE}|{_PILE}", regex.VERSION1)
_SPACE = regex.compile(r"[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}]")
_ROW = regex.compile(rf"({_CLASS}|[\p{{Mn}}\p{{Me}}])\1+", regex.VERSION1)


@cache
def instead(char: str) -> str:
    """What a hidden character is shown as in a text: a space, nothing, or `MARK` for what is no character at all."""
    if _SPACE.match(char):
        return " "
    return MARK if _CONTROL.match(char) else ""


def any_in(text: str) -> bool:
    """Whether a text may have hidden characters; quick, and rarely wrong."""
    return _CANDIDATE.search(text) is not None


def without(text: str) -> str:
    """A text as it is seen."""
    return PILED.sub("", HIDDEN.sub(lambda match: instead(match[0]), text)) if any_in(text) else text


def marked(text: str) -> str:
    """A text with `MARK` for each hidden character: as long as it was, and nothing in it acts."""
    return _ANY.sub(lambda match: MARK * len(match[0]), text) if any_in(text) else text


def escaped(text: str) -> str:
    """JSON with its hidden characters as escapes: the same value, and nothing in it acts."""
    return HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], text) if any_in(text) else text


def spelled(text: str) -> str:
    """A text with the code point of each hidden character in its place, once for a row of the same."""
    return _ANY.sub(lambda match: f"[U+{ord(match[0][0]):04X}]", _ROW.sub(r"\1", text)) if any_in(text) else text

"""The language of a text, by its letters."""

from __future__ import annotations

import regex

from index.records import Language

_HAN = regex.compile(r"\p{Han}")
_WORD = regex.compile(r"[A-Za-z]{2,}")


def language_of(text: str) -> Language:
    """The language of a text: a Han character weighs half as much as an English word."""
    han = len(_HAN.findall(text))
    words = len(_WORD.findall(text))
    return "zh" if han and han * 2 >= words else "en"

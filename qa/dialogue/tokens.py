"""The words of a question, names whole, each with its part of speech."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import regex

from index.text.words import segmenter, tag
from qa.dialogue import wording
from qa.dialogue.names import Names, fold

if TYPE_CHECKING:
    import jieba

_LATIN = r"[\p{Latin}\p{Greek}\d]+(?:[-/.+][\p{Latin}\p{Greek}\d]+)*\+?"
_PIECE = regex.compile(r"(?P<latin>" + _LATIN + r")|(?P<han>\p{Han}+)|\S")
_PRONOUN = regex.compile(r"(?:[它牠她]们?|[这那])(?=.)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its half-open offsets, folded; `tag` is jieba's, "name" for a name, "latin" for other Latin."""

    word: str
    start: int
    end: int
    tag: str


@cache
def _segmenter() -> jieba.Tokenizer:
    return segmenter()


def tokens(text: str, names: Names) -> list[Token]:
    """The words of a text, folded, names whole; white space gives none."""
    plain = fold(text)
    found: list[Token] = []
    at = 0
    for start, end in [*names.spans(text), (len(text), len(text))]:
        for piece in _PIECE.finditer(plain, at, start):
            if piece["han"]:
                place = piece.start()
                for word in _words(piece[0]):
                    found.append(Token(word, place, place + len(word), tag(word)))
                    place += len(word)
            else:
                found.append(Token(piece[0], *piece.span(), _latin_tag(text, piece)))
        if start < end:
            found.append(Token(plain[start:end], start, end, "name"))
        at = max(at, end)
    return found


def _words(run: str) -> Iterator[str]:
    """The words of a Chinese run; one that jieba made up of a pronoun and what follows is cut."""
    for word in _segmenter().cut(run):
        pronoun = None if tag(word) else _PRONOUN.match(word)
        yield from (pronoun[0], word[pronoun.end() :]) if pronoun else (word,)


def _latin_tag(text: str, piece: regex.Match[str]) -> str:
    """The tag of what is not Chinese: a capital within a sentence makes a name."""
    if piece[0].isdigit():
        return "m"
    if not piece["latin"] or text[: piece.start()].endswith(("'", "’")):  # the latter is what is left of "can't"
        return "x"
    inside = piece.start() > 0 and text[piece.start()].isupper() and not text.isupper()
    return "name" if inside and len(piece[0]) > 1 and piece[0] not in wording.BREAKS_EN else "latin"

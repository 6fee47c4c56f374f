"""Whole papers as contexts: where their paragraphs are, and in which one an answer stands."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import regex

from eval.bench import settings

# A half-open range of a context.
Range = tuple[int, int]

_BLANK = regex.compile(r"\n[^\S\n]*\n\s*")
_BREAK = regex.compile(r"\n\s*")
_LETTER = regex.compile(r"\p{L}")


def are_papers(contexts: Sequence[str]) -> bool:
    """Whether these contexts are whole papers, by their median length."""
    return bool(contexts) and median(map(len, contexts)) > settings.PAPER_CHARACTERS


def paragraphs(context: str) -> list[Range]:
    """The paragraphs of a paper, in order, without the space around them.

    They are parted by blank lines or, where there are none, by line breaks. One without a letter, such as a
    row of numbers, goes with the one before it (the first with the one after).
    """
    pattern = _BLANK if _BLANK.search(context.strip()) else _BREAK
    ranges: list[Range] = []
    at = 0
    for end, after in [*(match.span() for match in pattern.finditer(context)), (len(context), len(context))]:
        piece = context[at:end]
        if piece.strip():
            low = at + len(piece) - len(piece.lstrip())
            ranges.append((low, low + len(piece.strip())))
        at = after
    found: list[Range] = []
    for low, high in ranges:
        lettered = _LETTER.search(context, low, high)
        if found and not (lettered and _LETTER.search(context, *found[-1])):
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def stands(context: str, answer: str, at: int | None) -> int | None:
    """Where an answer begins in its context: at `at` if it does, else where it stands nearest to that.

    Space before an answer counts for nothing. None where the context does not hold it.
    """
    lead = len(answer) - len(answer.lstrip())
    answer = answer.strip()
    if at is not None:
        for start in (at + lead, at):
            if start >= 0 and context.startswith(answer, start):
                return start
    places = [match.start() for match in regex.finditer(regex.escape(answer), context)] if answer else []
    return min(places, key=lambda place: abs(place - (at or 0)), default=None)

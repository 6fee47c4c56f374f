"""The words, names and numbers of a text, and what may stand for what."""

from __future__ import annotations

from functools import cache
from typing import Any

import regex

from index.text.words import segmenter, tag

_TERM = regex.compile(r"\p{Han}+|[\p{Latin}\d][\p{Latin}\d.\-%]*")

ASKING = regex.compile(
    r"(?i)^(?:what|who|when|where|which|how|why|is|are|was|were|did|does|do|can|in|the|a|an|of|to)$"
    r"|^(?:什么|谁|哪|哪个|哪些|哪里|何时|多少|几|如何|为什么|怎么|吗|呢|的|是|在|了)$"
)


def terms(text: str) -> list[str]:
    """The words, names and numbers of a text, in order."""
    found: list[str] = []
    for match in _TERM.finditer(text):
        found += _words(match[0]) if regex.match(r"\p{Han}", match[0]) else [match[0].rstrip(".-")]
    return [term for term in found if len(term) > 1 or term.isdigit()]


@cache
def _words(run: str) -> tuple[str, ...]:
    return tuple(_segmenter().lcut(run))


@cache
def _segmenter() -> Any:
    return segmenter()


def is_name(term: str) -> bool:
    """Whether a term names something: a noun by jieba's dictionary or unknown to it, a number, a capital."""
    if regex.match(r"\p{Han}", term):
        return (tag(term) or "n").startswith("n")
    return term[0].isdigit() or (term[0].isupper() and not ASKING.match(term))


def sort(term: str) -> str:
    """What may stand for what: numbers for numbers, names for names, words for words as long."""
    if regex.fullmatch(r"[\d.%,\-]+", term):
        return f"number {len(term)}"
    if regex.match(r"\p{Han}", term):
        return f"han {min(len(term), 4)}"
    return "name" if term[0].isupper() else "word"

"""What a question mentions: its noun phrases, in either language, and those joined by "and"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import regex

from index.structure.language import language_of
from qa.dialogue.mention import JOINED, Mention
from qa.dialogue.names import Names, fold
from qa.dialogue.phrases_en import english
from qa.dialogue.phrases_zh import chinese

_AND = regex.compile(r"\s*(?:和|与|及|以及|跟|、)\s*|\s+and\s+")


def mentions(text: str, names: Names) -> list[Mention]:
    """The noun phrases of a question, in order; one of several joined by "and" comes after its parts."""
    found = list(chinese(text, names) if language_of(text) == "zh" else english(text, names))
    joined = []
    for a, b in pairwise(found):
        alike = not a.sorts or not b.sorts or bool(a.sorts & b.sorts)
        if _AND.fullmatch(text[a.end : b.start]) and a.named and b.named and alike:
            whole = text[a.start : b.end]
            joined.append(
                replace(a, text=whole, end=b.end, core=fold(whole), plural=True, weight=a.weight + JOINED, joined=True)
            )
    return sorted([*found, *joined], key=lambda mention: (mention.start, mention.end))

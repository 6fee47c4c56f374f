"""The pointers of a Chinese question: "它", "其", "他们", "该疗法", "这些细胞", "两者"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from qa.dialogue import wording
from qa.dialogue.reference import ANIMALS, PEOPLE, THINGS, Reference
from qa.dialogue.tokens import Token

_NOUNS = "|".join(sorted((w for w in wording.STANDS_FOR if regex.match(r"\p{Han}", w)), key=len, reverse=True))
_POINTS = regex.compile(
    r"^(?:那么?|而|但是?|可是|不过)?(?P<this>这)(?=是(?!不是)|有|能|会|可|对|安全|要|需)"
    r"|(?P<both>(?:它们|他们)?(?:两者|二者|俩)|它们(?=之间))"
    r"|(?P<person>[他她]们?)|(?P<animal>牠们?)|(?P<thing>它们?)|(?P<owner>其)(?=\p{Han})"
    r"|(?P<point>[这那][一两几]?[种些类个项位名批例只款群]|这样的|那样的|此类|上述|该|此|这)的?(?P<noun>\p{Han}{1,6})"
)
_SHORT = frozenset(("该", "此", "这"))
_PRONOUN = regex.compile(r"[它他她牠]们?的?|[它他她牠]")


def chinese(plain: str, every: Sequence[Token]) -> Iterator[Reference]:
    """The pointers of a folded text of these words, in order, what they point at left open."""
    starts = {token.start: token for token in every}
    ends = {token.end: token for token in every}
    for match in _POINTS.finditer(plain):
        start, end = match.span()
        before = ends.get(start)
        if start not in starts or (before and before.word == "的"):
            continue
        if match["this"]:
            yield Reference(match.start("this"), match.end("this"))
        elif match["both"]:
            yield Reference(start, end, several=True, both=True)
        elif match["owner"]:
            if starts[start].word == "其":
                yield Reference(start, end, owner=True)
        elif match["point"]:
            noun, stop = _noun(match, starts, ends)
            if noun and not wording.DISCOURSE.fullmatch(noun):
                yield Reference(start, stop, wording.STANDS_FOR.get(noun, THINGS), noun, several=True)
        elif not _in_name(before) and _PRONOUN.fullmatch(starts[start].word):
            sorts = PEOPLE if match["person"] else ANIMALS if match["animal"] else THINGS
            yield Reference(start, end, sorts, several=end - start > 1 and not match["person"])


def _in_name(before: Token | None) -> bool:
    """Whether 他 or 它 goes on a name that jieba does not know, as in 泰他西普."""
    return before is not None and before.tag in ("", "n", "ns", "nr", "nz") and len(before.word) < 3


def _noun(match: regex.Match[str], starts: Mapping[int, Token], ends: Mapping[int, Token]) -> tuple[str, int]:
    """The noun that a pointer has, and where it ends; "" where what follows is something else."""
    at = match.start("noun")
    short = match["point"] in _SHORT
    if known := regex.match(_NOUNS, match["noun"]):
        stop = at + known.end()
        after = starts.get(stop)
        goes_on = after is not None and after.tag[:1] in ("n", "") and len(after.word) > 1
        cut = (stop in ends and (at in starts or short)) or (
            short and not (starts.get(at) or starts[match.start()]).tag
        )
        if cut and not goes_on:
            return known[0], stop
    token = starts.get(at)
    if token and token.tag[:1] == "n" and len(token.word) > 1 and match["point"] != "这":
        return token.word, token.end
    return "", at

"""The noun phrases of a Chinese question: runs of nouns and names, by jieba's parts of speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from qa.dialogue import wording
from qa.dialogue.mention import ASKED, HEAD, NAMED, OBJECT, PART, PERSON, SUBJECT, Mention, sorts_of
from qa.dialogue.names import Names, fold
from qa.dialogue.tokens import Token, tokens

_ASKS = regex.compile(r"什么|哪|谁|多少|几|多[长久大高]|怎|如何|啥|何")
_MANY = frozenset("哪些 这些 那些 几种 哪几种".split())
_NO_NOUN = regex.compile(r"请问|大夫|医生|老师|大家|时候|目前|现在|有没有|是不是|能不能|会不会|可不可以|为什么|之间")


def chinese(text: str, names: Names) -> Iterator[Mention]:
    """The noun phrases of a Chinese text, in order."""
    every = tokens(text, names)
    at = 0
    while at < len(every):
        end = at
        while end < len(every) and _nominal(every, end, at) and (end == at or _close(every[end - 1], every[end], text)):
            end += 1
        while end > at and every[end - 1].tag in ("a", "b", "m"):
            end -= 1
        if end == at:
            at += 1
            continue
        yield _mention(text, every, at, end, names)
        at = end


def _nominal(every: Sequence[Token], i: int, first: int) -> bool:
    """Whether a word can be part of a noun phrase that begins at `first`."""
    token, after = every[i], every[i + 1] if i + 1 < len(every) else None
    if token.tag in ("name", "latin"):
        return True
    if token.tag in ("x", "t", "r", "p", "u") or _ASKS.search(token.word) or _NO_NOUN.fullmatch(token.word):
        return False
    if token.word == "抗":
        return after is not None and after.tag == "name"
    follows = after is not None and _noun(after)
    if token.tag in ("a", "b"):
        return follows and (i == 0 or every[i - 1].tag != "d")
    if wording.SORTS["treatment"].search(token.word) and token.tag.startswith("v"):
        before = every[i - 1].tag if i else "x"
        return not follows and (i > first or before in ("v", "uj", "p", "x", "c")) and before not in ("d", "r")
    return _noun(token)


def _noun(token: Token) -> bool:
    if token.tag in ("name", "latin"):
        return True
    if _ASKS.search(token.word) or _NO_NOUN.fullmatch(token.word):
        return False
    return token.tag[:1] == "n" or token.tag in ("vn", "j") or (token.tag == "" and len(token.word) > 1)


def _close(a: Token, b: Token, text: str) -> bool:
    """Whether two words stand together; a space may part names. A word that jieba does not know may be a verb."""
    if (a.tag == "") != (b.tag == ""):
        return False
    return not text[a.end : b.start].strip() and (a.end == b.start or "name" in (a.tag, b.tag) or a.tag == b.tag)


def _mention(text: str, every: Sequence[Token], first: int, end: int, names: Names) -> Mention:
    start, stop = every[first].start, every[end - 1].end
    core = fold(text[start:stop])
    named = any(token.tag == "name" for token in every[first:end])
    sorts = sorts_of(core, names)
    before = every[first - 1] if first else None
    weight = NAMED if named else 0.0
    if before is None or before.word in "，,。" or (before.word in ("关于", "对于") and first == 1):
        weight += SUBJECT
    elif before.tag in ("p", "v") or before.word in ("把", "被", "给", "拿", "用"):
        weight += OBJECT
    elif before.tag == "uj":
        owner = every[first - 2] if first > 1 else None
        inside = owner is not None and _noun(owner) and not _object(every, first - 2)
        weight += (PART if inside else HEAD) if not named else SUBJECT
    elif _ASKS.search(before.word):
        weight += OBJECT if named else ASKED
    if wording.is_part(core):
        weight += PART
    if sorts & wording.LIVING:
        weight += PERSON
    plural = core.endswith(("们", "细胞")) or (before is not None and before.word in _MANY)
    return Mention(text[start:stop], start, stop, core, named, sorts, plural, weight)


def _object(every: Sequence[Token], i: int) -> bool:
    """Whether the phrase that ends at `i` is the object of a verb or preposition."""
    while i >= 0 and _noun(every[i]):
        i -= 1
    return i >= 0 and every[i].tag in ("p", "v")

"""The noun phrases of an English question: what stands between function words, cut where a verb is seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from index.text.tokens import stem
from qa.dialogue import wording
from qa.dialogue.mention import ASKED, NAMED, OBJECT, OF, PART, PERSON, SUBJECT, Mention, sorts_of
from qa.dialogue.names import Names, fold
from qa.dialogue.tokens import Token, tokens

# A longer phrase, with all that follows its noun, would make the next question unreadable.
CHARACTERS_MAX = 90
PLURAL = regex.compile(r"(?:[^sui]s|\b(?:mice|people|children|women|men))$")
# After these a participle is the verb of its sentence; what follows a participle within a phrase.
_BE = frozenset("is are was were been has have had".split())
_FOLLOWS = frozenset("with from by against for".split())


def english(text: str, names: Names) -> Iterator[Mention]:
    """The noun phrases of an English text, in order."""
    every = tokens(text, names)
    at = 0
    while at < len(every):
        end = at
        while end < len(every) and (every[end].tag == "name" or _content(every[end])):
            end += 1
        if end > at:
            yield from _phrases(text, every, at, end, names)
        at = max(end, at + 1)


def _content(token: Token) -> bool:
    return token.tag == "latin" and token.word not in wording.BREAKS_EN


def _phrases(text: str, every: Sequence[Token], first: int, end: int, names: Names) -> Iterator[Mention]:
    """The phrases in a run of words between function words: cut at verbs."""
    before = every[first - 1].word if first else ""
    at = first
    while at < end:
        verb = at > first or at + 1 == end or before in ("", *wording.ASKERS, "who")
        verb = verb or (every[at + 1].tag == "name" and stem(every[at].word) in wording.VERBS_EN)
        if every[at].tag != "name" and verb and wording.is_verb(every[at].word):
            at += 1
            continue
        stop = at + 1
        while stop < end and not _cuts(every, stop):
            stop += 1
        article = at == first and before in wording.ARTICLES
        yield _mention(text, every, at, stop, names, article=article)
        at = stop


def _cuts(every: Sequence[Token], i: int) -> bool:
    """Whether a word ends the phrase before it: a verb, an adverb, or what is no head after a name."""
    token = every[i]
    if token.tag == "name":
        return False
    after_name = every[i - 1].tag == "name" and not any(sort.search(token.word) for sort in wording.SORTS.values())
    after_name &= not regex.search(
        r"-(?:\p{Latin}+(?:ing|ed)|like|based|specific|positive|negative)$", every[i - 1].word
    )
    if PLURAL.search(every[i - 1].word) and wording.SORTS["person"].search(every[i - 1].word):
        return True  # "patients relapse"
    return wording.is_verb(token.word) or (after_name and token.word != "cell")


def _mention(text: str, every: Sequence[Token], first: int, stop: int, names: Names, *, article: bool) -> Mention:
    start, end = every[first].start, every[stop - 1].end
    core = fold(text[start:end])
    named = any(token.tag == "name" for token in every[first:stop])
    sorts = sorts_of(core, names)
    weight = NAMED if named else 0.0
    ahead = every[first - 1 - article].word if first - 1 - article >= 0 else ""
    if ahead in wording.ASKERS:
        weight += OBJECT if named else ASKED
    elif ahead in wording.AUXILIARIES or not ahead or (ahead == "for" and first - article == 1):
        weight += SUBJECT
    elif ahead == "of":
        weight += OF
    elif ahead != "and":
        weight += OBJECT
    after = every[stop].word if stop < len(every) else ""
    if after == "of" or wording.is_part(core):
        weight += PART
    if sorts & wording.LIVING:
        weight += PERSON
    whole = _through(every, stop)
    words = text[start:whole] if whole - start <= CHARACTERS_MAX else text[start:end]
    said = f"the {words}" if article else words
    return Mention(said, start, end, core, named, sorts, bool(PLURAL.search(core)), weight)


def _through(every: Sequence[Token], stop: int) -> int:
    """Where a noun phrase ends with the participles that follow it: "cells armed with a receptor".

    After a form of "be" or "have" a participle is the verb: "were patients treated with".
    """
    end, i = every[stop - 1].end, stop
    finite = any(token.word in _BE for token in every[:stop])
    while i < len(every) and wording.is_participle(every[i].word) and every[i].tag == "latin":
        j = i + 1
        loose = every[i].word.endswith("ing") or every[i].word == "given"
        if (finite and not loose) or (not loose and (j == len(every) or every[j].word not in _FOLLOWS)):
            break
        while j < len(every) and (every[j].word in _FOLLOWS or every[j].word in wording.ARTICLES):
            j += 1
        if j == len(every) or not (every[j].tag == "name" or _content(every[j])):
            break
        j += 1
        while j < len(every) and (every[j].tag == "name" or _content(every[j])) and not _cuts(every, j):
            j += 1
        end, i, finite = every[j - 1].end, j, False
    return end

"""The pointers of an English question: "it", "their", "that therapy", "those"; not "it is known that"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from qa.dialogue import wording
from qa.dialogue.phrases_en import PLURAL
from qa.dialogue.reference import PEOPLE, THINGS, Reference
from qa.dialogue.tokens import Token

_IS = r"(?:['’]s|\s+(?:is|was|has\s+been|would\s+be|will\s+be|may\s+be|can\s+be|seems|appears|remains|becomes|be))?"
_HOW = r"(?:(?:\w+ly|not|still|also|so|very)\s+)*"
# "It" that stands for nothing: for a clause to come, the weather, the time.
_EMPTY = regex.compile(
    rf"\bit{_IS}\s+{_HOW}(?:\w+\s+)?(?:that|whether|if|because|who)\b"
    rf"|\bit{_IS}\s+{_HOW}\w+\s+(?:for\s+(?:\S+\s+){{1,5}}?)?to\s+\w+(?!\s*[?.!]*$|\s+(?:in|during|with|for|at|by)\b)"
    r"|\b(?:is|was|be)\s+it\s+(?:because|that|raining|snowing|cold|hot|late|time)\b"
    r"|\b(?:do|does|did|will|would)\s+it\s+(?:take|cost|mean|feel|matter|require)\s.*\b(?:to|for|before|until|if|when)\b"
    r"|\bit\s+(?:comes|boils)\s+(?:down\s+)?to\b|\b(?:make|makes|made|find|finds|found)\s+it\s+\w+\s+(?:to|that|for)\b"
    r"|\bit\s+(?:worth|any\s+use|no\s+use)\b|\bwhat\s+(?:time|day|date|year)\s+is\s+it\b|\bit\s+(?:rains|snows|turns\s+out)\b"
)
_OWNERS = {"its": THINGS, "their": THINGS, "his": PEOPLE, "her": PEOPLE}
_THEM = frozenset("they them theirs".split())
_HIM = frozenset("he she him her hers".split())
_POINTERS = frozenset("this that these those such".split())
_MANY = frozenset("these those such".split())
# Before these "that" points; elsewhere it joins two clauses.
_BEFORE = wording.AUXILIARIES | frozenset(
    "of for with to in on after before about from by like and but why how".split()
)
_BE = frozenset("is was are were".split())
_RELATIVE = frozenset("who that which whose with of in from at for to on by against using given made".split())
# After these a bare "this" is what happened, which has no name.
_EVENT = frozenset("was were for by after before".split())
_DO = frozenset("do does did done".split())
_SELF = frozenset("itself themselves".split())


def english(plain: str, every: Sequence[Token]) -> Iterator[Reference]:
    """The pointers of a folded text of these words, in order, what they point at left open."""
    empty = [match.span() for match in _EMPTY.finditer(plain)]
    for i, token in enumerate(every):
        word, before, after = token.word, _word(every, i - 1), every[i + 1] if i + 1 < len(every) else None
        ends = after is None or after.tag == "x"
        if word == "it":
            if not any(a <= token.start < b for a, b in empty):
                yield Reference(token.start, token.end)
        elif word in _OWNERS and after is not None and not ends and after.word not in wording.BREAKS_EN:
            yield Reference(token.start, token.end, _OWNERS[word], owner=True, several=word == "their")
        elif word in _THEM:
            some = wording.LIVING if before == "of" else THINGS  # "how many of them"
            yield Reference(token.start, token.end, some, several=True)
        elif word in _HIM:
            yield Reference(token.start, token.end, PEOPLE)
        elif word == "both" or (word == "two" and before == "the"):
            if after is None or ends or after.word in wording.AUXILIARIES or wording.is_verb(after.word):
                start = every[i - 1].start if word == "two" else token.start
                yield Reference(start, token.end, several=True, both=True)
        elif word in _POINTERS and (i == 0 or before in _BEFORE or (word != "that" and before not in _POINTERS)):
            yield from _pointer(every, i)
        elif word == "the" and after is not None and after.word in wording.STANDS_FOR and _bare(every, i + 2, before):
            yield Reference(token.start, after.end, wording.STANDS_FOR[after.word], after.word, several=True)


def _word(every: Sequence[Token], i: int) -> str:
    return every[i].word if 0 <= i < len(every) else ""


def _bare(every: Sequence[Token], i: int, before: str) -> bool:
    """Whether "the treatment" before this place is nothing more: not "for gout", not "group"."""
    then = _word(every, i)
    if then in _SELF or then in wording.AUXILIARIES or not then.isalpha():
        return True
    return before in wording.AUXILIARIES and then not in _RELATIVE


def _pointer(every: Sequence[Token], i: int) -> Iterator[Reference]:
    """What "this" or "those" points with: its noun, or itself; nothing where a clause follows."""
    token, before = every[i], _word(every, i - 1)
    several = token.word in _MANY
    stop = i + 1
    while stop < len(every) and every[stop].tag in ("latin", "name") and every[stop].word not in wording.BREAKS_EN:
        stop += 1
    chain = every[i + 1 : stop]
    ends = stop == len(every) or every[stop].tag == "x"
    related = _word(every, stop) in _RELATIVE
    if not chain:
        if token.word != "such" and i > 0 and not (related and several):
            done = before in _DO and _word(every, stop) not in wording.AUXILIARIES
            yield Reference(token.start, token.end, several=several, keep=before in _EVENT or done)
        return
    if several:
        many = next((n for n, one in enumerate(chain) if PLURAL.search(one.word)), len(chain) - 1)
        chain = chain[: many + 1]
    noun = next((one for one in reversed(chain) if one.word in wording.STANDS_FOR), None)
    if noun:
        if not (related and token.word != "this"):
            yield Reference(token.start, noun.end, wording.STANDS_FOR[noun.word], noun.word, several=several)
    elif token.word == "such" or i == 0 or wording.DISCOURSE.fullmatch(chain[-1].word):
        return
    elif before in _BE and len(chain) == 1 and ends:
        yield Reference(token.start, token.end, several=several, keep=True)
    elif before in wording.AUXILIARIES and wording.is_verb(chain[0].word):
        yield Reference(
            token.start, token.end, several=several, keep=chain[0].word == "mean" or before in ("was", "were")
        )
    elif not wording.is_verb(chain[-1].word):
        yield Reference(token.start, chain[-1].end, THINGS, chain[-1].word, several=True)

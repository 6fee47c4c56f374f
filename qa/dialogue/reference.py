"""A word of a question that points at what was said before: "它", "该疗法", "its", "these cells"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from qa.dialogue import wording
from qa.dialogue.mention import Mention

# What a question is about weighs more than this; parts of things, and what is asked for, weigh less.
ABOUT = -1.0

PEOPLE, ANIMALS, THINGS = frozenset({"person"}), frozenset({"animal"}), frozenset[str]()

_UNLIKE = regex.compile(
    r"(?:相较于|相比于|不同于|除了)\s*$|\b(?:compared (?:with|to)|unlike|versus|instead of|apart from)\s+(?:the\s+)?$"
)
_ENDS_CLAUSE = regex.compile(
    r"[,，;；。:：?？]|而|但|以及|并且?|因为|如果|时|后|的话|\b(?:and|but|because|when|while|if|although|that|which|who|since|so"
    r"|after|before|once|until|whether|than|as)\b"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer, with half-open offsets.

    `sorts` are those of what it can stand for, empty for any thing; `noun` is its own noun, folded, if it has one.
    `owner` where it is a possessive; `several` where it can stand for more than one, `both` for two named together;
    `keep` where it is better left, and the question said to be about what it stands for.
    """

    start: int
    end: int
    sorts: frozenset[str] = THINGS
    noun: str = ""
    owner: bool = False
    several: bool = False
    both: bool = False
    keep: bool = False

    @property
    def open(self) -> bool:
        """Whether it surely points outside, even where nothing there fits."""
        if self.noun or self.both:
            return bool(self.sorts) and "study" not in self.sorts
        return bool(self.sorts) or self.several

    def within(self, plain: str, own: Sequence[Mention]) -> bool:
        """Whether its own question, a folded text that mentions these, says what it stands for."""
        earlier = [m for m in own if m.end <= self.start and self._can_be(m) and not _compared(plain, m)]
        beside = any(m.end == self.start and (m.named or m.sorts or len(m.core) > 2) for m in earlier)
        if self.both:
            return any(m.plural for m in earlier) or len(earlier) > 1
        if self.noun and wording.is_part(self.noun) and self.noun not in wording.STANDS_FOR:
            return bool(earlier)
        if self.noun:
            return beside or any(m.core.endswith(self.noun) for m in earlier)
        return beside or any(self.owner or _ENDS_CLAUSE.search(plain[m.end : self.start]) for m in earlier)

    def _can_be(self, mention: Mention) -> bool:
        if self.sorts and not self.noun:
            return bool(self.sorts & mention.sorts)
        if mention.living:
            return self.several or bool(self.noun)
        return not wording.is_part(mention.core)

    def fits(self, mention: Mention) -> bool:
        """Whether it can stand for something that a question before mentions."""
        thing = not mention.living and not wording.is_part(mention.core)
        about = thing and mention.weight > ABOUT
        if self.both:
            return mention.joined
        if self.noun:
            one = regex.escape(self.noun.removesuffix("s"))
            same = regex.search(rf"(?<!\p{{Latin}}){one}s?$", mention.core) is not None
            unsure = mention.named and not mention.sorts and bool(self.sorts & wording.GIVEN)
            if same:
                return len(mention.core) > len(self.noun)
            return unsure or bool(self.sorts & mention.sorts) or (self.sorts == PEOPLE and mention.living)
        if self.sorts:
            return bool(self.sorts & mention.sorts)
        if self.several:
            return mention.living or (thing and mention.plural)
        return about and not ("study" in mention.sorts and not mention.named)


def _compared(plain: str, mention: Mention) -> bool:
    """Whether something is only named to be compared with: "与CAR-T相比，它…"."""
    return bool(regex.match(r"相比|比较|比起来", plain[mention.end :]) or _UNLIKE.search(plain[: mention.start]))

"""A question as it is put to the library: pointers replaced by what they point at, fragments made whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.answering.question import Question, clean
from qa.dialogue import wording
from qa.dialogue.asked import Asked
from qa.dialogue.beside import beside
from qa.dialogue.ellipsis import whole, why
from qa.dialogue.mention import Mention
from qa.dialogue.names import Names
from qa.dialogue.reference import Reference
from qa.dialogue.saying import Carried, about, replaced
from qa.dialogue.turn import Turn, holds, likeliest, recent, topic

# A longer message says itself what it is about.
TYPED_MAX = 200
# So many pointers are replaced; more of one name would be unreadable.
REFERENCES_MAX = 3
# No question grows by more: at most so many phrases, or a question said again, and a few words between.
ADDED_MAX = 400


@dataclass(frozen=True, slots=True)
class Understood:
    """A question in its conversation.

    `typed` is what was typed, cleaned; `text` the question as it is put to the library, which is `typed` where it
    stands alone; `carried` the words taken from the turns before, empty exactly then.
    """

    typed: str
    text: str
    carried: tuple[str, ...]

    def __post_init__(self) -> None:
        if (self.text == self.typed) == bool(self.carried):
            raise ValueError("words are carried exactly where the question became another")


def understand(message: str, before: Sequence[str], names: frozenset[str]) -> Understood:
    """What a message asks after these questions, which are understood themselves, the oldest first. Never fails.

    `names` are `known_names` of a library, or any names in normal form. The text is clean, and longer than what was
    typed by at most ADDED_MAX characters.
    """
    typed = clean(message)
    if before and len(typed) <= TYPED_MAX and not Question.read(typed).problem:
        known = names if isinstance(names, Names) else _plain_names(names)
        text, carried = _said(Asked.read(typed, known), recent(before, known))
        text, carried = clean(text), tuple(dict.fromkeys(carried))
        if text != typed and carried and len(text) <= len(typed) + ADDED_MAX:
            return Understood(typed, text, carried)
    return Understood(typed, typed, ())


@lru_cache(maxsize=4)
def _plain_names(names: frozenset[str]) -> Names:
    return Names(names)


def _said(asked: Asked, turns: Sequence[Turn]) -> Carried:
    """The text and the words carried; what was typed and nothing where it stands alone."""
    if again := why(asked, turns):
        return again
    if found := asked.references[:REFERENCES_MAX]:
        return _resolved(asked, found, turns)
    return beside(asked, turns) or whole(asked, turns) or (asked.typed, ())


def _resolved(asked: Asked, found: Sequence[Reference], turns: Sequence[Turn]) -> Carried:
    """The question with its pointers replaced; where one stays, or people are meant, after what it is about."""
    said, kept = asked.plain, False
    edits: list[tuple[Reference, Mention, str]] = []
    for one in found:
        meant = None if one.keep else _meant(one, turns, said, asked)
        if meant is None:
            kept |= one.keep or one.open
            continue
        turn, mention = meant
        said += " " + mention.core
        edits.append((one, mention, turn.named(mention, asked.language, asked.names)))
    text = replaced(asked, edits)
    carried = tuple(words for _, _, words in edits)
    vague = bool(edits) and all(mention.living or not mention.named for _, mention, _ in edits)
    if (kept or vague) and (outer := topic(turns, said)) and (outer[1].named or not edits):
        subject = outer[0].named(outer[1], asked.language, asked.names)
        return about(asked, subject, text), (subject, *carried)
    return text, carried


def _meant(one: Reference, turns: Sequence[Turn], said: str, asked: Asked) -> tuple[Turn, Mention] | None:
    """What a pointer stands for, in the last turn that has such a thing; nothing that `said` says already."""
    for turn in turns:
        fit = [m for m in turn.mentions if not holds(said, m) and one.fits(m)]
        if one.several and not one.noun and wording.OF_LIVING.search(asked.plain):
            fit = [m for m in fit if m.living] or fit
        if found := likeliest(fit):
            return turn, found
        if one.several and not one.noun and (pair := _pair(turns, said)):
            return pair
    part = wording.is_part(one.noun)
    many = asked.language == "en" and one.several and not one.noun
    if many or one.both or one.sorts or (one.noun and not part):
        return None
    found_topic = topic(turns, said)
    if found_topic is None or not part or not one.noun:
        return found_topic
    turn, mention = found_topic
    text = f"the {one.noun} of {mention.text}" if one.noun.isascii() else f"{mention.text}的{one.noun}"
    return turn, replace(mention, text=text, plural=one.noun.endswith("s"))


def _pair(turns: Sequence[Turn], said: str) -> tuple[Turn, Mention] | None:
    """What the last two turns are about, together, where they are about two names."""
    found = [(turn, mention) for turn in turns[:2] if (mention := turn.topic(said))]
    if len(found) < 2 or not all(mention.named for _, mention in found):
        return None
    (turn, last), (other, first) = found
    if turn.language != other.language or last.core == first.core:
        return None
    joint = "和" if turn.language == "zh" else " and "
    return turn, replace(last, text=f"{first.text}{joint}{last.text}", plural=True, joined=True)

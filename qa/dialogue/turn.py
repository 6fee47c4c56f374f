"""The turns before a question: what each mentions, which of it the next one means, and how it is named there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from index.records import Language
from index.structure.language import language_of
from qa.answering.question import Question
from qa.dialogue.asked import END, asks
from qa.dialogue.mention import Mention
from qa.dialogue.names import Names, fold
from qa.dialogue.phrases import mentions
from qa.dialogue.reference import ABOUT

# How far back a subject is looked for.
TURNS = 3
# The longest question that is said again, and the longest clause at its beginning.
AGAIN_MAX = 160
SCENE_MAX = 60

_SCENE: dict[Language, regex.Pattern[str]] = {
    "zh": regex.compile(r"[^，,；;。？?！!]{2,}(?=[，,])"),
    "en": regex.compile(r"(?:After|Before|During|In|For|With|Among|Under|Without)\b[^,;.?!]+(?=,)"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question before: its text without the stop at its end, and what it mentions."""

    text: str
    language: Language
    mentions: tuple[Mention, ...]

    @classmethod
    def read(cls, text: str, names: Names) -> Turn:
        """A turn of a clean question."""
        return cls(END.sub("", text), language_of(text), tuple(mentions(text, names)))

    @property
    def stop(self) -> str:
        """The mark that ends a question of its language."""
        return "？" if self.language == "zh" else "?"

    @property
    def scene(self) -> str:
        """The clause at its beginning that says of what, when or in whom, without the comma; "" without one."""
        found = _SCENE[self.language].match(self.text)
        if not found or len(found[0]) > SCENE_MAX or asks(fold(found[0]), "zh"):
            return ""
        inside = any(m.end <= found.end() and (m.named or m.weight > ABOUT) for m in self.mentions)
        return found[0] if inside else ""

    def topic(self, said: str) -> Mention | None:
        """What it is most likely about, the first of several; nothing that `said`, a folded text, says already."""
        return likeliest(m for m in self.mentions if m.weight > ABOUT and not holds(said, m))

    def named(self, mention: Mention, language: Language, names: Names) -> str:
        """How a question of this language says what this one mentions."""
        if self.language == language:
            return mention.text
        text = names.in_other(mention.text, chinese=language == "zh")
        return regex.sub(r"^the\s+", "", text) if language == "zh" else text


def recent(before: Sequence[str], names: Names) -> list[Turn]:
    """The last few turns that asked something, the last first."""
    return [Turn.read(text, names) for text in reversed(before[-TURNS:]) if not Question.read(text).problem]


def topic(turns: Sequence[Turn], said: str) -> tuple[Turn, Mention] | None:
    """What the last turn that is about anything is about."""
    return next(((turn, found) for turn in turns if (found := turn.topic(said))), None)


def likeliest(found: Iterable[Mention]) -> Mention | None:
    """The mention of the greatest weight; the first of several, of which one that is joined holds more."""
    return max(found, key=lambda m: (m.weight, m.joined, m.end - m.start if m.joined else 0), default=None)


def holds(said: str, mention: Mention) -> bool:
    """Whether a folded text says already what a mention says."""
    name = regex.escape(mention.core)
    return regex.search(rf"(?<![\p{{Latin}}\d-]){name}(?![\p{{Latin}}\d-])", said) is not None

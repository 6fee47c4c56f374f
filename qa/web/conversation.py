"""One session's conversation: what was asked, what followed, and the question that waits for its answer.

Only `app` changes it, and only for the session whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from index.records import Language
from index.structure.language import language_of
from qa import settings
from qa.answering.question import clean
from qa.conversation.choice import EVERY, Choice
from qa.conversation.turn import Turn
from qa.page import cards


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what followed it, as drawn; no turn where it was stopped or failed."""

    asked: str
    answer: str
    turn: Turn | None = None


@dataclass(frozen=True, eq=False)
class Asked:
    """A question that waits for its answer; `alone` takes it as it was typed."""

    message: str
    alone: bool
    choice: Choice = EVERY


@dataclass
class Conversation:
    """One session's exchanges, and the question that waits for its answer."""

    language: Language = "zh"  # of the page, as the reader chose it
    room: str = ""  # the token of the session's documents
    exchanges: list[Exchange] = field(default_factory=list)
    waiting: Asked | None = None
    rated: tuple[str, str] | None = None  # the turn that was rated last, and the verdict

    @property
    def turns(self) -> list[Turn]:
        """What was answered or refused, in order."""
        return [exchange.turn for exchange in self.exchanges if exchange.turn]

    def end(self, answer: str, turn: Turn | None = None) -> None:
        """What follows the question that waits."""
        if self.waiting:
            self.exchanges.append(Exchange(cards.asked(self.waiting.message), answer, turn))
        self.waiting = None

    def messages(self) -> list[dict[str, str]]:
        """The conversation as Gradio's messages, the question that waits at its end."""
        pairs = [(exchange.asked, exchange.answer) for exchange in self.exchanges]
        if self.waiting:
            note = cards.note("searching", spoken(self.waiting.message, self.language))
            pairs.append((cards.asked(self.waiting.message), note))
        return [
            {"role": role, "content": content}
            for pair in pairs
            for role, content in zip(("user", "assistant"), pair, strict=True)
        ]


def spoken(message: str, fallback: Language) -> Language:
    """The language of a message; `fallback` where it says nothing."""
    text = clean(message[: settings.QUESTION_CHARACTERS_MAX])
    return language_of(text) if text else fallback

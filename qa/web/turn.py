"""A turn of a conversation, and the desk that makes one: a message and what was asked before in, an answer out.

Everything that is kept, exported and drawn comes from a `Turn`, whose `record` is what `ask --json` prints.
The desk knows nothing of the page; `app` calls it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import regex

from index.errors import NotFound
from index.tokens import normal, stem
from qa import dialogue, settings
from qa.answer import Answer, ask
from qa.evidence import Coverage
from qa.gloss import Glosser
from qa.question import Question
from qa.record import answer_record
from qa.suggest import Suggester
from qa.verify import problem

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Paragraph

_WORD = regex.compile(r"[[\p{L}\p{N}]--\p{Han}]+(?:[-/.'’][[\p{L}\p{N}]--\p{Han}]+)*", regex.VERSION1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What was typed, the question as understood, and its answer.

    `carried` are the words that were taken from the turns before; `looked` the words that were looked for and
    `absent` those that never occur, both on a refusal only; `suggestions` are questions the source answers.
    """

    id: str
    typed: str
    question: str
    carried: tuple[str, ...]
    record: dict[str, Any]
    looked: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """This turn as JSON has it."""
        return asdict(self)

    @classmethod
    def read(cls, value: Any, library: Library) -> Turn | None:
        """A turn from what a browser kept; None where it is malformed or its quotes do not stand in the library."""
        try:
            record = value["record"]
            turn = cls(
                id=_text(value["id"]),
                typed=_text(value["typed"]),
                question=_text(value["question"]),
                carried=_texts(value["carried"]),
                record={
                    "question": _text(record["question"]),
                    "language": record["language"] if record["language"] in ("zh", "en") else "en",
                    "answered": bool(record["answered"]),
                    "confidence": min(1.0, max(0.0, float(record["confidence"]))),
                    "reason": None if record["reason"] is None else _text(record["reason"]),
                    "quotes": list(record["quotes"]),
                    "nearest": list(record["nearest"]),
                    "index": _text(record["index"]),
                },
                looked=_texts(value["looked"]),
                absent=_texts(value["absent"]),
                suggestions=_texts(value["suggestions"]),
            )
            for quote in [*turn.record["quotes"], *turn.record["nearest"]]:
                if problem(quote, library.document(quote["document"])) or not 0 <= float(quote["score"]) <= 1:
                    return None
        except (KeyError, TypeError, ValueError, AttributeError, NotFound):
            return None
        return turn if turn.record["answered"] == bool(turn.record["quotes"]) else None


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > settings.QUESTION_CHARACTERS_MAX * 2:
        raise ValueError("expected a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > 100:
        raise ValueError("expected texts")
    return tuple(_text(one) for one in value)


class Desk:
    """Answers turns and calls of the HTTP API from one library, one question at a time.

    The encoder's C engine holds one state a process, so everything that asks holds `lock`.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.lock = threading.Lock()
        self.glosser = Glosser(library)
        self.suggester = Suggester(library)

    @cached_property
    def names(self) -> frozenset[str]:
        """What follow-ups may be about."""
        return dialogue.known_names(self.library)

    def answer(self, question: str, top: int = settings.QUOTES_TOP) -> Answer:
        """The answer to a question that stands alone."""
        with self.lock:
            return ask(self.library, question, top)

    def turn(self, message: str, before: Sequence[Turn] = (), *, alone: bool = False) -> Turn:
        """The next turn of a conversation; `alone` takes the message as it was typed."""
        earlier = [turn.question for turn in before if turn.record["answered"] or turn.record["nearest"]]
        understood = dialogue.understand(message, [] if alone else earlier, self.names)
        found = self.answer(understood.text if understood.carried else message)
        looked: tuple[str, ...] = ()
        absent: tuple[str, ...] = ()
        asked = Question.read(found.question)
        if not found.answered and not asked.problem:
            words = [word for word, _ in Coverage.of(self.library, asked).words]
            looked, absent = (_as_typed(found.question, listed) for listed in (words, found.absent))
        return Turn(
            id=secrets.token_hex(6),
            typed=understood.typed,
            question=found.question,
            carried=understood.carried,
            record=answer_record(found),
            looked=looked,
            absent=absent,
            suggestions=self._suggestions(found, [turn.question for turn in before]),
        )

    def _suggestions(self, found: Answer, before: Sequence[str]) -> tuple[str, ...]:
        """What could be asked next; on a refusal, what the source answers instead."""
        near: list[Paragraph] = [quote.paragraph for quote in (found.quotes or found.nearest)]
        with self.lock:
            return self.suggester.suggest(found.language, near, [*before, found.question])


def _as_typed(question: str, terms: Sequence[str]) -> tuple[str, ...]:
    """Terms, which are stems in normal form, as the question spells them."""
    typed = {stem(normal(word)): word for word in reversed(_WORD.findall(question))}
    return tuple(dict.fromkeys(typed.get(term, term) for term in terms))

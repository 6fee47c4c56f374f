"""A turn of a conversation, and the desk that makes one: a message and what was asked before in, an answer out.

Everything that is kept, exported and drawn comes from a `Turn`, whose `record` is what `ask --json` prints.
The desk knows nothing of the page; `app` calls it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import regex

from index.errors import NotFound
from index.machine.line import Line
from index.text.tokens import normal, stem
from qa import dialogue, settings
from qa.answering.answer import Answer, ask
from qa.answering.evidence import Coverage
from qa.answering.question import Question
from qa.answering.scope import EVERYTHING, Scope
from qa.gloss import Glosser
from qa.record import answer_record
from qa.suggest import StartingPoint, Suggester
from qa.verify import problem

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Document, Language, Listed, Paragraph

_WORD = regex.compile(r"[[\p{L}\p{N}]--\p{Han}]+(?:[-/.'’][[\p{L}\p{N}]--\p{Han}]+)*", regex.VERSION1)


# What a narrowed question names of the documents that it was put to: so many titles, so long.
_TITLES = 5
_TITLE_CHARACTERS = 200
# A kept conversation is proved with this, so that it says nothing to another server, or to this one begun anew.
_KEY = secrets.token_bytes(32)


class Holds(Protocol):
    """What quotes are proved against: all documents that a session may see."""

    @property
    def listed(self) -> Sequence[Listed]:
        """All of them, as a list shows them."""
        ...

    def document(self, id: str) -> Document:
        """The document of that id; NotFound for another."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to ask: documents by their ids, and a language; None for all."""

    documents: tuple[str, ...] | None = None
    language: Language | None = None

    @classmethod
    def read(cls, text: object) -> Choice:
        """A choice as the page tells it, in JSON; everything where it tells nothing that can be read."""
        try:
            value: Any = json.loads(text) if isinstance(text, str) else None
            documents, language = value["documents"], value["language"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return cls()
        if documents is not None and not (isinstance(documents, list) and all(isinstance(id, str) for id in documents)):
            return cls()
        return cls(None if documents is None else tuple(documents), language if language in ("zh", "en") else None)


EVERY = Choice()


@dataclass(frozen=True, slots=True)
class Turn:
    """What was typed, the question as understood, and its answer.

    `carried` are the words that were taken from the turns before; `looked` the words that were looked for and
    `absent` those that never occur, both on a refusal only; `suggestions` are questions the source answers.
    Where only some documents were asked, `asked` says how many, `among` of how many, and `titles` what the first of
    them are called; where only one language was, `only` is that.
    """

    id: str
    typed: str
    question: str
    carried: tuple[str, ...]
    record: dict[str, Any]
    looked: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    asked: int = 0
    among: int = 0
    titles: tuple[str, ...] = ()
    only: Language | None = None

    def plain(self) -> dict[str, Any]:
        """This turn as JSON has it."""
        return asdict(self)

    def sealed(self) -> dict[str, Any]:
        """This turn as a browser keeps it: with a seal that only this server can make."""
        value = self.plain()
        return {**value, "seal": _seal(value)}

    @classmethod
    def read(cls, value: Any, library: Holds) -> Turn | None:
        """A turn from what a browser kept; None where it is malformed or its quotes do not stand in the library.

        A quote whose document is gone, and where else its words stand, are believed with the seal only.
        """
        try:
            own = _is_sealed(value)
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
                asked=int(value.get("asked", 0)),
                among=int(value.get("among", 0)),
                titles=_texts(value.get("titles", ())),
                only=value["only"] if value.get("only") in ("zh", "en") else None,
            )
            for quote in [*turn.record["quotes"], *turn.record["nearest"]]:
                found = held(quote, library)
                if not own:
                    quote.pop("also", None)
                if (problem(quote, found) if found else not own) or not 0 <= float(quote["score"]) <= 1:
                    return None
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            return None
        return turn if turn.record["answered"] == bool(turn.record["quotes"]) else None


def held(quote: dict[str, Any], library: Holds) -> Document | None:
    """The document of a quote; None where it is gone, or another has its name now."""
    try:
        found = library.document(quote["document"])
    except NotFound:
        return None
    return found if found.sha256 == quote["sha256"] else None


def _seal(value: dict[str, Any]) -> str:
    text = json.dumps(_plain(value), sort_keys=True)
    return hmac.new(_KEY, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _is_sealed(value: dict[str, Any]) -> bool:
    seal = value.get("seal")
    kept = {key: one for key, one in value.items() if key != "seal"}
    return isinstance(seal, str) and seal.isascii() and hmac.compare_digest(seal, _seal(kept))


def _plain(value: Any) -> Any:
    """A value as it is whether a browser kept it or not: there, 1.0 is 1, and a tuple is a list."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > settings.QUESTION_CHARACTERS_MAX * 2:
        raise ValueError("expected a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > 100:
        raise ValueError("expected texts")
    return tuple(_text(one) for one in value)


class Desk:
    """Answers turns and calls of the HTTP API from one library, a few questions at a time.

    Everything that asks holds `lock`, which all desks of a server share: each question runs by itself, so that no
    other changes its answer. `points` are where to start, where that is known already.
    """

    def __init__(
        self, library: Library, lock: Line | None = None, points: Sequence[StartingPoint] | None = None
    ) -> None:
        self.library = library
        self.lock = lock or Line(settings.AT_ONCE)
        self.glosser = Glosser(library)
        self.suggester = Suggester(library, points)

    @cached_property
    def names(self) -> frozenset[str]:
        """What follow-ups may be about."""
        return dialogue.known_names(self.library)

    def answer(self, question: str, top: int = settings.QUOTES_TOP, scope: Scope = EVERYTHING) -> Answer:
        """The answer to a question that stands alone."""
        with self.lock:
            return ask(self.library, question, top, scope)

    def turn(
        self, message: str, before: Sequence[Turn] = (), *, alone: bool = False, scope: Scope = EVERYTHING
    ) -> Turn:
        """The next turn of a conversation; `alone` takes the message as it was typed."""
        earlier = [turn.question for turn in before if turn.record["answered"] or turn.record["nearest"]]
        understood = dialogue.understand(message, [] if alone else earlier, self.names)
        found = self.answer(understood.text if understood.carried else message, scope=scope)
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
            suggestions=self._suggestions(found, [turn.question for turn in before], scope.documents),
        )

    def _suggestions(self, found: Answer, before: Sequence[str], documents: Collection[str] | None) -> tuple[str, ...]:
        """What could be asked next; on a refusal, what the source answers instead."""
        near: list[Paragraph] = [quote.paragraph for quote in (found.quotes or found.nearest)]
        known = {point.document for point in self.suggester.starting_points}
        if found.answered and not any(quote.document.id in known for quote in found.quotes):
            return ()  # there is nothing to go on with in a document of which no question is known
        with self.lock:
            return self.suggester.suggest(found.language, near, [*before, found.question], documents=documents)


def take_turn(
    desks: Sequence[Desk],
    documents: Sequence[Listed],
    message: str,
    before: Sequence[Turn] = (),
    *,
    alone: bool = False,
    choice: Choice = EVERY,
) -> Turn:
    """The next turn, from what was chosen of these documents, which lie on one desk or more; the likeliest answer."""
    chosen = [one for one in documents if choice.documents is None or one.id in choice.documents]
    ids = frozenset(one.id for one in chosen)
    made: list[Turn] = []
    for desk in desks:
        here = frozenset(one.id for one in desk.library.listed)
        if ids & here or (desk is desks[-1] and not made):
            scope = Scope(None if here <= ids else ids & here, choice.language)
            made.append(desk.turn(message, before, alone=alone, scope=scope))
    turn = max(made, key=lambda one: (one.record["answered"], one.record["confidence"]))
    if len(chosen) < len(documents):
        titles = tuple(one.title[:_TITLE_CHARACTERS] for one in chosen[:_TITLES])
        turn = replace(turn, asked=len(chosen), among=len(documents), titles=titles)
    return replace(turn, only=choice.language)


def _as_typed(question: str, terms: Sequence[str]) -> tuple[str, ...]:
    """Terms, which are stems in normal form, as the question spells them."""
    typed = {stem(normal(word)): word for word in reversed(_WORD.findall(question))}
    return tuple(dict.fromkeys(typed.get(term, term) for term in terms))

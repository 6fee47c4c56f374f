"""The desk that answers: a message and what was asked before in, the next turn of the conversation out.

It knows nothing of the page; `qa.web` calls it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property

from index.library import Library
from index.machine.line import Line
from index.records import Listed, Paragraph
from qa import dialogue, settings
from qa.answering.answer import Answer, ask
from qa.answering.evidence import Coverage
from qa.answering.question import Question
from qa.answering.scope import EVERYTHING, Scope
from qa.conversation.choice import EVERY, Choice
from qa.conversation.turn import Turn
from qa.gloss import Glosser
from qa.record import answer_record
from qa.suggest import StartingPoint, Suggester

# What a narrowed question names of the documents that it was put to: so many titles, so long.
_TITLES = 5
_TITLE_CHARACTERS = 200


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
            looked, absent = asked.spelled(words), found.absent
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

"""Where the time of an answer goes, in this process: encoder, legs, reading; and what several at once give."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from typing import Any

from index.library import Library
from qa.answering.answer import ask
from qa.record import answer_record, as_json

LEGS = "legs"
# What is timed: an attribute of the library, its function, and the part that it belongs to.
_PARTS = (
    ("encoder", "queries", "encoder"),
    ("model", "ask", "question to rank by"),
    ("tokenizer", "terms", LEGS),
    ("engine", "ask", LEGS),
    ("late", "scores", LEGS),
    ("model", "read_all", "reading"),
)
# What an engine's `ask` gives, of which these functions do the work.
_SCORING = ("scores", "best", "totals")
REST = "the rest"
# Questions that are timed, from all over the set.
TIMED = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A part of answering, mean milliseconds a question: by the clock, and of the processor over all cores."""

    name: str
    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Together:
    """So many questions at once: how many a second, the cores that they used, and whether answers are the same."""

    at_once: int
    rate: float
    cores: float
    same: bool


class _Timed:
    """An object of which one function or more are timed."""

    def __init__(self, timed: Any, names: dict[str, str], spent: dict[str, list[float]]) -> None:
        self._timed, self._names, self._spent = timed, names, spent

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._timed, name)
        part = self._names.get(name)
        if part is None:
            return found

        def call(*arguments: Any) -> Any:
            clock, processor = time.perf_counter(), time.process_time()
            try:
                given = found(*arguments)
            finally:
                self._spent[part][0] += time.perf_counter() - clock
                self._spent[part][1] += time.process_time() - processor
            return (
                _Timed(given, dict.fromkeys(_SCORING, part), self._spent) if name == "ask" and part == LEGS else given
            )

        return call


def parts(library: Library, questions: Sequence[str]) -> list[Part]:
    """The time of these questions, one after another, none of them read before."""
    spent = {part: [0.0, 0.0] for *_, part in _PARTS} | {REST: [0.0, 0.0]}
    timed = {
        owner: _Timed(getattr(library, owner), {name: part for of, name, part in _PARTS if of == owner}, spent)
        for owner in dict.fromkeys(owner for owner, *_ in _PARTS)
    }
    own: Any = copy(library)
    own.__class__ = type("Timed", (type(library),), timed)  # in the place of its properties
    own.__dict__.update(timed)
    ask(library, questions[0])  # warm
    library.model.forget()
    clock, processor = time.perf_counter(), time.process_time()
    for question in questions:
        ask(own, question)
    whole = (time.perf_counter() - clock, time.process_time() - processor)
    spent[REST] = [total - sum(one[at] for one in spent.values()) for at, total in enumerate(whole)]
    each = 1000 / len(questions)
    return [Part(name, clock * each, processor * each) for name, (clock, processor) in spent.items()]


def together(library: Library, questions: Sequence[str], numbers: Sequence[int]) -> list[Together]:
    """The same questions with so many of them answered at once, none read before; the first number is the reference."""
    found: list[Together] = []
    answers: list[str] = []
    for number in numbers:
        library.model.forget()
        clock, processor = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(number) as threads:
            made = list(threads.map(lambda question: as_json(answer_record(ask(library, question))), questions))
        seconds = time.perf_counter() - clock
        answers = answers or made
        used = (time.process_time() - processor) / seconds
        found.append(Together(number, len(questions) / seconds, used, made == answers))
    return found

"""One question put to the system, with all that evaluation wants to know of it: ranking, answer, time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from index.library import Library
from qa import quotes, settings
from qa.answer import Answer, decide
from qa.question import Question
from qa.quotes import Quote
from qa.retrieve import Candidate, retrieve


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question.

    `ranked` is every sentence, best first; none for what is no question. `selected` are the quotes that are
    shown, or would have been, had nothing been refused.
    """

    ranked: Sequence[Candidate]
    answer: Answer
    selected: tuple[Quote, ...]
    milliseconds: float


def put(library: Library, text: str) -> Reply:
    """Put a question; the time is that of the answer alone."""
    began = perf_counter()
    question = Question.read(text)
    ranked = [] if question.problem else retrieve(library, question)
    answer = decide(library, question, ranked)
    milliseconds = (perf_counter() - began) * 1000
    selected = answer.quotes or (quotes.select(library, question, ranked, settings.QUOTES_TOP) if ranked else ())
    return Reply(ranked, answer, selected, milliseconds)

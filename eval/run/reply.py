"""One question put to the system, with all that evaluation wants to know of it: ranking, answer, time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from index.library import Library
from qa import settings
from qa.answering import quotes
from qa.answering.answer import Answer, decide
from qa.answering.question import Question
from qa.answering.quotes import Quote
from qa.answering.reading import NOTHING, read
from qa.answering.retrieve import Candidate, retrieve


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question.

    `ranked` is every sentence as retrieval has them, best first, and `read` those that were read, in their
    order then; none for what is no question. `selected` are the quotes that are shown, or would have been,
    had nothing been refused.
    """

    ranked: Sequence[Candidate]
    read: Sequence[Candidate]
    answer: Answer
    selected: tuple[Quote, ...]
    milliseconds: float


def put(library: Library, text: str, windows: int = settings.READ_WINDOWS) -> Reply:
    """Put a question, with at most so many windows read; the time is that of the answer alone."""
    began = perf_counter()
    question = Question.read(text)
    ranked = None if question.problem else retrieve(library, question)
    seen = read(library, question, ranked, windows) if ranked else NOTHING
    answer = decide(library, question, seen)
    milliseconds = (perf_counter() - began) * 1000
    found = seen.found
    selected = answer.quotes or (quotes.select(library, question, found, settings.QUOTES_TOP) if found else ())
    return Reply(ranked or (), found, answer, selected, milliseconds)

"""`search`: ranked paragraphs with what each leg said, and why."""

from __future__ import annotations

from dataclasses import dataclass

from index.library import Library
from index.records import Language
from qa.answering.question import Question
from qa.answering.quotes import Quote, make
from qa.answering.retrieve import retrieve
from qa.answering.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A paragraph, by its best sentence; higher scores are better, ties in the order of the library."""

    rank: int
    quote: Quote
    legs: dict[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    query: str
    language: Language
    hits: tuple[PassageHit, ...]
    question: Question
    fingerprint: str


def search(library: Library, raw: str, top: int, scope: Scope = EVERYTHING) -> Found:
    """The best paragraphs for a query, each once; none for a query without a letter or digit."""
    if top < 1:
        raise ValueError(f"top must be at least 1, found {top}")
    question = Question.read(raw)
    if question.problem in ("empty", "too long"):
        return Found(question.text, question.language, (), question, library.fingerprint)
    hits: dict[int, PassageHit] = {}
    for candidate in retrieve(library, question, scope):
        row = candidate.sentence.paragraph_row
        if row not in hits:
            hits[row] = PassageHit(len(hits) + 1, make(library, question, candidate), candidate.legs)
        if len(hits) == top:
            break
    return Found(question.text, question.language, tuple(hits.values()), question, library.fingerprint)

"""`search`: ranked paragraphs with what each leg said, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.library import Library
from index.records import Language
from qa.answering.evidence import Coverage
from qa.answering.question import Question
from qa.answering.quotes import Quote, make
from qa.answering.retrieve import retrieve
from qa.answering.scope import EVERYTHING, Scope
from qa.record import quote_record
from qa.terminal.console import safe

if TYPE_CHECKING:
    from rich.text import Text


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


def search(library: Library, raw: str, top: int, scope: Scope = EVERYTHING) -> Found:
    """The best paragraphs for a query, each once; none for a query without a letter or digit."""
    question = Question.read(raw)
    if question.problem in ("empty", "too long"):
        return Found(question.text, question.language, (), question)
    hits: dict[int, PassageHit] = {}
    for candidate in retrieve(library, question, scope):
        row = candidate.sentence.paragraph_row
        if row not in hits:
            hits[row] = PassageHit(len(hits) + 1, make(library, question, candidate), candidate.legs)
        if len(hits) == top:
            break
    return Found(question.text, question.language, tuple(hits.values()), question)


def record(found: Found, library: Library) -> dict[str, Any]:
    """A search as plain data."""
    return {
        "query": found.query,
        "language": found.language,
        "hits": [{"rank": hit.rank, **quote_record(hit.quote, found.language), "legs": hit.legs} for hit in found.hits],
        "index": library.fingerprint,
    }


def hit_lines(found: Found, *, explain: bool) -> Iterator[Text]:
    """Lines for a terminal: rank, score, place, the best sentence, and each leg's score."""
    from rich.text import Text

    for hit in found.hits:
        quote = hit.quote
        path = " › ".join(quote.paragraph.section.titles)
        head = f"{hit.rank:>2}. {quote.score:7.3f}  {quote.paragraph.id}  {safe(path)}"
        yield Text(head, style="cyan")
        if explain:
            yield Text("    " + "  ".join(f"{leg} {score:.3f}" for leg, score in hit.legs.items()), style="dim")
        yield Text("    ") + Text(safe(quote.text))


def explain_lines(found: Found, library: Library) -> Iterator[Text]:
    """How the query was understood: language, wanted answer, terms, words the source never uses."""
    from rich.text import Text

    asked = Coverage.of(library, found.question)
    terms = dict.fromkeys(library.tokenizer.terms(found.query))
    yield Text(f"language {found.language}, wanted {found.question.wanted}", style="dim")
    yield Text("terms " + " ".join(safe(t) for t in terms), style="dim")
    yield Text("never in the source: " + (", ".join(map(safe, asked.absent)) or "–"), style="dim")

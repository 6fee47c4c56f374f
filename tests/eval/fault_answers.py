"""Faults on the way from ranked sentences to an answer: fusion, reading, refusals, quotes and their citations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sown import Bench, Patch

from index.model.model import Model, Reading
from index.text import tokens
from qa import settings
from qa.answering import answer, quotes, retrieve
from qa.answering.quotes import Quote


def weights_swapped(bench: Bench, patch: Patch) -> None:
    """The least weight goes to the leg with the greatest and the other way round."""
    given = settings.WEIGHTS
    turned = dict(zip(sorted(given, key=lambda leg: given[leg]), sorted(given.values(), reverse=True), strict=True))
    patch.setattr(settings, "WEIGHTS", turned)


def raw_scores(bench: Bench, patch: Patch) -> None:
    """Scores are added without being put on one scale: BM25 drowns the cosines."""
    patch.setattr(retrieve, "apart", lambda scores, other: scores)


def worst_first(bench: Bench, patch: Patch) -> None:
    real = retrieve.fuse
    patch.setattr(retrieve, "fuse", lambda *given: -real(*given))


def reading_reversed(bench: Bench, patch: Patch) -> None:
    """What is read in a window is taken for the sentences in reverse."""
    real = Model.read

    def read(self: Model, question: str, title: str, sentences: Sequence[str]) -> Reading:
        found = real(self, question, title, sentences)
        return replace(found, odds=found.odds[::-1])

    patch.setattr(type(bench.model), "read", read)


def reading_unasked(bench: Bench, patch: Patch) -> None:
    """Every window is read beside one and the same question."""
    real = Model.read
    patch.setattr(type(bench.model), "read", lambda self, question, *given: real(self, "狼疮", *given))


def quotes_reversed(bench: Bench, patch: Patch) -> None:
    real = quotes.select
    for module in (quotes, answer.quotes):
        patch.setattr(module, "select", lambda *given: real(*given)[::-1])


def one_quote(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "FURTHER", 1.1)
    patch.setattr(settings, "FURTHER_SEVERAL", 1.1)


def never_refuses(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "CONFIDENCE_MIN", 0.0)


def always_refuses(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "CONFIDENCE_MIN", 1.0)


def calibration_lost(bench: Bench, patch: Patch) -> None:
    """Every chance counts as half as sure again as it is."""
    patch.setattr(settings, "CONFIDENCE_BIAS", settings.CONFIDENCE_BIAS + 2.0)


def _requoted(patch: Patch, change: Callable[[Quote], Quote]) -> None:
    real = quotes.make
    patch.setattr(quotes, "make", lambda *given: change(real(*given)))


def offset_by_one(bench: Bench, patch: Patch) -> None:
    def change(quote: Quote) -> Quote:
        start, end = quote.start + 1, quote.end + 1
        raw = quote.document.source[start:end]
        return replace(quote, start=start, end=end, raw=raw, text=quote.document.display(start, end))

    _requoted(patch, change)


def offset_without_text(bench: Bench, patch: Patch) -> None:
    """Offsets by one, the text as it was: the quote itself refuses."""
    _requoted(patch, lambda quote: replace(quote, start=quote.start + 1, end=quote.end + 1))


def text_tidied(bench: Bench, patch: Patch) -> None:
    """What is shown is not what stands there: a search form leaks onto the screen."""
    _requoted(patch, lambda quote: replace(quote, text=tokens.normal(quote.text)))


def neighbour_cited(bench: Bench, patch: Patch) -> None:
    def change(quote: Quote) -> Quote:
        all_of = quote.document.paragraphs
        return replace(quote, paragraph=all_of[(all_of.index(quote.paragraph) + 1) % len(all_of)])

    _requoted(patch, change)

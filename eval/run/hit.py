"""hit@k: whether quotes meet the evidence of a question. `run` judges by it, `metrics` makes shares of it."""

from __future__ import annotations

from collections.abc import Sequence

from eval.questions.dataset import Alternative, Item, loose
from eval.questions.labels import place
from qa.answering.quotes import Quote

HIT_AT = (1, 3)


def holds(quote: Quote, alternative: Alternative) -> bool:
    """Whether a quote comes from the alternative's paragraph and contains its text."""
    names = (quote.paragraph.id, place(quote.document, quote.paragraph))
    return alternative.paragraph in names and loose(alternative.text) in loose(quote.text)


def hit(quotes: Sequence[Quote], item: Item, k: int) -> bool:
    """hit@k: whether the first k quotes together meet every group of evidence.

    A question in several parts is given as many quotes as it has parts, if that is more than k.
    """
    first = quotes[: max(k, len(item.evidence))]
    return all(any(holds(quote, a) for quote in first for a in group) for group in item.evidence)

"""What is measured, each in one place.

A question that produced nothing counts as a miss; it never disappears.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.dataset import Alternative, Item, loose
from qa.quotes import Quote


def holds(quote: Quote, alternative: Alternative) -> bool:
    """Whether a quote comes from the alternative's paragraph and contains its text."""
    return quote.paragraph.id == alternative.paragraph and loose(alternative.text) in loose(quote.text)


def hit(quotes: Sequence[Quote], item: Item, k: int) -> bool:
    """hit@k: whether the first k quotes together meet every group of evidence.

    A question in several parts is given as many quotes as it has parts, if that is more than k.
    """
    first = quotes[: max(k, len(item.evidence))]
    return all(any(holds(quote, a) for quote in first for a in group) for group in item.evidence)


def share(outcomes: Sequence[bool]) -> float | None:
    """The share of true outcomes; None for no outcomes at all."""
    return sum(outcomes) / len(outcomes) if outcomes else None

"""What is measured, each in one place; shares are in [0, 1], None where there was nothing to judge.

A question that produced nothing counts as a miss; it never disappears. Recall, RR and nDCG of paragraphs
come from ir_measures, by way of `trec`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import pi, sqrt

from eval import settings
from eval.dataset import Alternative, Item, loose
from eval.record import Outcome
from qa.answering.quotes import Quote

HIT_AT = (1, 3)


def holds(quote: Quote, alternative: Alternative) -> bool:
    """Whether a quote comes from the alternative's paragraph and contains its text."""
    names = (quote.paragraph.id, f"{quote.document.id}:{quote.paragraph.id}")
    return alternative.paragraph in names and loose(alternative.text) in loose(quote.text)


def hit(quotes: Sequence[Quote], item: Item, k: int) -> bool:
    """hit@k: whether the first k quotes together meet every group of evidence.

    A question in several parts is given as many quotes as it has parts, if that is more than k.
    """
    first = quotes[: max(k, len(item.evidence))]
    return all(any(holds(quote, a) for quote in first for a in group) for group in item.evidence)


def share(outcomes: Sequence[bool]) -> float | None:
    """The share of true outcomes; None for no outcomes at all."""
    return sum(outcomes) / len(outcomes) if outcomes else None


def hit_rate(outcomes: Sequence[Outcome], k: int, *, selected: bool = False) -> float | None:
    """hit@k over the answerable questions; `selected` asks as though nothing had been refused."""
    return share([(o.selected if selected else o.hits)[k] for o in outcomes if o.answerable])


def false_answers(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the unanswerable questions that were answered."""
    return share([o.answered for o in outcomes if not o.answerable])


def false_refusals(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the answerable questions that were refused."""
    return share([not o.answered for o in outcomes if o.answerable])


def exact_quotes(outcomes: Sequence[Outcome]) -> float | None:
    """The share of all quotes shown, nearest passages too, that stand word for word in their file."""
    return share([shown.verbatim for o in outcomes for shown in (*o.quotes, *o.nearest)])


def citation_precision(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the quotes given to answerable questions that are cited to a gold paragraph."""
    return share([shown.paragraph in o.gold for o in outcomes if o.answerable for shown in o.quotes])


def same_in_traditional(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the questions with simplified characters that get the same quotes in traditional ones."""
    return share([o.traditional for o in outcomes if o.traditional is not None])


def supported(outcome: Outcome) -> bool:
    """Whether the quotes answer, or would have, had the question not been refused."""
    return any(outcome.selected.values())


@dataclass(frozen=True, slots=True)
class Point:
    """At a threshold of confidence: the share of all questions answered, and of those the share wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(outcomes: Sequence[Outcome]) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010), from the most confident question on.

    An answer is wrong when none of its quotes answers, as for every unanswerable question. Questions of
    one confidence come in together.
    """
    ordered = sorted(outcomes, key=lambda o: -o.confidence)
    points = []
    taken = wrong = 0
    for threshold, group in groupby(ordered, key=lambda o: o.confidence):
        for outcome in group:
            taken += 1
            wrong += not supported(outcome)
        points.append(Point(threshold, taken / len(ordered), wrong / taken))
    return points


def coverage_at_risk(outcomes: Sequence[Outcome], risk: float = settings.RISK) -> float | None:
    """The greatest share of questions that some threshold answers with at most this share wrong; else 0."""
    if not outcomes:
        return None
    return max((p.coverage for p in risk_coverage(outcomes) if p.risk <= risk), default=0.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of the reliability diagram: (low, high], how many questions, their mean confidence and truth."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(outcomes: Sequence[Outcome], bins: int = settings.BINS) -> list[Bin]:
    """The reliability diagram of a run's confidence, of whether one of the quotes answers."""
    return binned([(o.confidence, supported(o)) for o in outcomes], bins)


def binned(judged: Sequence[tuple[float, bool]], bins: int = settings.BINS) -> list[Bin]:
    """Confidences, and whether each was right, in bins of equal width; a bin with none is left out.

    A confidence of 0 falls into the first bin.
    """
    found = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [one for one in judged if low < one[0] <= high or (number == 0 and one[0] == 0)]
        if inside:
            confidence, accuracy = (sum(side) / len(inside) for side in zip(*inside, strict=True))
            found.append(Bin(low, high, len(inside), confidence, accuracy))
    return found


def calibration_error(outcomes: Sequence[Outcome], bins: int = settings.BINS) -> float | None:
    """`expected_error` of a run's confidence."""
    return expected_error(reliability(outcomes, bins))


def expected_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error (Guo et al. 2017): mean |confidence - accuracy| of the bins, by count."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / total if total else None


def chance_error(bins: Sequence[Bin]) -> float | None:
    """The calibration error to expect of so few questions if the confidence of every bin were exactly right.

    How many of a bin are right then is binomial, and strays by sqrt(2 / pi) deviations on average (as though normal).
    """
    total = sum(b.count for b in bins)
    strays = [sqrt(2 / pi * b.count * b.confidence * (1 - b.confidence)) for b in bins]
    return sum(strays) / total if total else None

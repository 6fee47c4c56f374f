"""What a confidence is worth: coverage at a risk, the reliability diagram, the calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import pi, sqrt

from eval import settings
from eval.run.outcome import Outcome


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

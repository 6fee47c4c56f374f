"""What a confidence is worth, against hand-worked figures."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.confidence import (
    Bin,
    Point,
    calibration_error,
    chance_error,
    coverage_at_risk,
    reliability,
    risk_coverage,
)
from eval.run.outcome import Outcome


def test_nothing_to_draw() -> None:
    assert risk_coverage([]) == reliability([]) == []


def told(made: Any, *pairs: tuple[float, bool]) -> list[Outcome]:
    """Outcomes of these confidences, each with whether its quotes answer."""
    return [made.outcome(f"zh-{n}", confidence=c, hit=3 if right else None) for n, (c, right) in enumerate(pairs)]


def test_the_risk_coverage_curve_by_hand(made: Any) -> None:
    outcomes = [
        *told(made, (0.5, True), (0.9, True), (0.8, False), (0.8, True)),
        made.outcome("zh-9", answerable=False, confidence=0.6),
    ]
    # the two of 0.8 come in together, whatever their order
    expected = [
        Point(0.9, 1 / 5, 0.0),
        Point(0.8, 3 / 5, 1 / 3),
        Point(0.6, 4 / 5, 2 / 4),
        Point(0.5, 5 / 5, 2 / 5),
    ]
    assert risk_coverage(outcomes) == risk_coverage(outcomes[::-1]) == expected


@pytest.mark.parametrize(
    ("risk", "coverage"), [(0.0, 1 / 5), (0.1, 1 / 5), (1 / 3, 3 / 5), (0.4, 5 / 5), (0.5, 5 / 5), (1.0, 5 / 5)]
)
def test_coverage_at_risk_by_hand(made: Any, risk: float, coverage: float) -> None:
    outcomes = [
        *told(made, (0.5, True), (0.9, True), (0.8, False), (0.8, True)),
        made.outcome("zh-9", answerable=False, confidence=0.6),
    ]
    assert coverage_at_risk(outcomes, risk) == coverage


def test_coverage_where_every_threshold_is_too_risky(made: Any) -> None:
    assert coverage_at_risk(told(made, (0.9, False), (0.8, True)), 0.1) == 0.0


def test_coverage_where_a_wrong_answer_comes_first(made: Any) -> None:
    outcomes = told(made, (0.99, False), *((0.9 - n / 100, True) for n in range(9)))
    assert coverage_at_risk(outcomes, 0.1) == 1.0


def test_the_reliability_diagram_by_hand(made: Any) -> None:
    outcomes = told(made, (0.0, False), (0.25, True), (0.5, True), (0.51, False), (1.0, True), (1.0, True))
    low, high = reliability(outcomes, bins=2)
    assert low == Bin(0.0, 0.5, 3, 0.25, 2 / 3)
    assert (high.low, high.high, high.count, high.accuracy) == (0.5, 1.0, 3, 2 / 3)
    assert high.confidence == pytest.approx(2.51 / 3)
    # (3 * |0.25 - 2/3| + 3 * |0.83667 - 2/3|) / 6
    assert calibration_error(outcomes, bins=2) == pytest.approx((1.25 + 0.51) / 6)


@given(confidence=st.floats(0.05, 0.95), count=st.integers(20, 60))
def test_the_error_of_a_perfect_confidence_is_what_chance_gives(confidence: float, count: int) -> None:
    right = [math.comb(count, k) * confidence**k * (1 - confidence) ** (count - k) for k in range(count + 1)]
    exact = sum(p * abs(k / count - confidence) for k, p in enumerate(right))
    assert chance_error([Bin(0.0, 1.0, count, confidence, 0.0)]) == pytest.approx(exact, rel=0.1)
    assert chance_error([]) is None


def test_bins_are_open_below_and_empty_ones_left_out(made: Any) -> None:
    found = reliability(told(made, (0.1, True), (0.3, True), (0.30001, False), (1.0, True)))
    assert [(b.low, b.high, b.count) for b in found] == [(0.0, 0.1, 1), (0.2, 0.3, 1), (0.3, 0.4, 1), (0.9, 1.0, 1)]


def test_a_perfectly_calibrated_run(made: Any) -> None:
    outcomes = told(made, *((0.75, n < 3) for n in range(4)), (1.0, True), (0.0, False))
    assert calibration_error(outcomes) == 0.0


@settings(deadline=None, max_examples=60)
@given(
    pairs=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30),
    bins=st.integers(1, 20),
)
def test_every_question_is_in_one_bin_and_on_the_curve(made: Any, pairs: list[tuple[float, bool]], bins: int) -> None:
    outcomes = told(made, *pairs)
    assert sum(b.count for b in reliability(outcomes, bins)) == len(outcomes)
    error = calibration_error(outcomes, bins)
    assert error is not None
    assert 0 <= error <= 1
    curve = risk_coverage(outcomes)
    assert curve[-1].coverage == 1.0
    assert [p.threshold for p in curve] == sorted({confidence for confidence, _ in pairs}, reverse=True)
    assert curve[-1].risk == pytest.approx(sum(not right for _, right in pairs) / len(pairs))

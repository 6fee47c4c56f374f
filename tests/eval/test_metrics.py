"""Metrics against hand-worked examples, ties and nothing at all included."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics
from eval.dataset import Alternative, Item
from eval.metrics import Bin, Point, hit, holds, share
from eval.record import Outcome, Part
from index.records import Document, Paragraph, Section, Span
from qa.answering.quotes import Quote


def quote(paragraph: str, text: str) -> Quote:
    place = Paragraph(paragraph, Section("1", ("t",), None), 0, len(text), "zh", (Span(0, len(text)),))
    return Quote(Document("d", "d", "d", "zh", "0", text, (), (place,)), place, 0, len(text), text, text, (), 1.0, "zh")


A, B, C, D = (
    quote("1-P1", "率为15%。"),
    quote("1-P2", "共 339 例"),
    quote("2-P1", "Meng等（29）"),
    quote("2-P2", "无关"),
)
ONE = ((Alternative("1-P1", "15%"),),)
EITHER = ((Alternative("1-P1", "15%"), Alternative("2-P1", "meng等(29)")),)
BOTH = ((Alternative("1-P1", "15%"),), (Alternative("1-P2", "339例"),))
FOUR = (*BOTH, (Alternative("2-P1", "Meng"),), (Alternative("2-P2", "无关"),))


@pytest.mark.parametrize(
    ("held", "alternative", "expected"),
    [
        (A, Alternative("1-P1", "15%"), True),
        (A, Alternative("d:1-P1", "15%"), True),
        (A, Alternative("1-P1", "率为 15％"), True),
        (A, Alternative("1-P2", "15%"), False),
        (A, Alternative("e:1-P1", "15%"), False),
        (A, Alternative("1-P1", "16%"), False),
    ],
)
def test_holds(held: Quote, alternative: Alternative, expected: bool) -> None:
    assert holds(held, alternative) is expected


@pytest.mark.parametrize(
    ("quotes", "evidence", "k", "expected"),
    [
        pytest.param([A], ONE, 1, True, id="first"),
        pytest.param([D, A], ONE, 1, False, id="second is not first"),
        pytest.param([D, A], ONE, 3, True, id="second is in three"),
        pytest.param([D, D, D, A], ONE, 3, False, id="fourth is not in three"),
        pytest.param([C], EITHER, 1, True, id="the other alternative"),
        pytest.param([A, B], BOTH, 1, True, id="two parts take two quotes"),
        pytest.param([A, D, B], BOTH, 1, False, id="two parts take no third"),
        pytest.param([A, D, B], BOTH, 3, True, id="two parts within three"),
        pytest.param([A], BOTH, 3, False, id="one part missing"),
        pytest.param([D, C, B, A], FOUR, 3, True, id="four parts take four"),
        pytest.param([], ONE, 3, False, id="nothing produced is a miss"),
        pytest.param([], BOTH, 1, False, id="nothing produced for parts is a miss"),
    ],
)
def test_hit(quotes: list[Quote], evidence: tuple[tuple[Alternative, ...], ...], k: int, expected: bool) -> None:
    assert hit(quotes, Item("i", "zh", "k", "q", True, evidence), k) is expected


def test_share() -> None:
    assert share([True, False, False, True]) == 0.5
    assert share([False]) == 0.0
    assert share([]) is None


@pytest.fixture
def five(made: Any) -> list[Outcome]:
    """Right; right below; wrongly refused, though its second quote answers; rightly refused; wrongly answered."""
    return [
        made.outcome("zh-1"),
        made.outcome("zh-2", hit=3, quotes=(made.shown("doc:2-P1"), made.shown()), traditional=False),
        made.outcome("en-1", answered=False, hit=3, nearest=(made.shown(), made.shown(verbatim=False))),
        made.outcome("zh-3", answerable=False, traditional=None),
        made.outcome("en-2", answerable=False, answered=True),
    ]


def test_rates_by_hand(five: list[Outcome]) -> None:
    assert metrics.hit_rate(five, 1) == 1 / 3
    assert metrics.hit_rate(five, 3) == 2 / 3
    assert metrics.hit_rate(five, 1, selected=True) == 1 / 3
    assert metrics.hit_rate(five, 3, selected=True) == 1.0
    assert metrics.false_answers(five) == 1 / 2
    assert metrics.false_refusals(five) == 1 / 3


def test_quotes_by_hand(five: list[Outcome]) -> None:
    # shown: 1 + 2 + (2 nearest) + 0 + 1; one of them is not verbatim
    assert metrics.exact_quotes(five) == 5 / 6
    # to answerable questions: 1 + 2, of which one is cited to another paragraph; nearest passages cite nothing
    assert metrics.citation_precision(five) == 2 / 3
    # asked of two Chinese questions with simplified characters
    assert metrics.same_in_traditional(five) == 1 / 2


def test_verdicts(five: list[Outcome]) -> None:
    assert [outcome.verdict for outcome in five] == [
        "right",
        "right below",
        "wrongly refused",
        "rightly refused",
        "wrongly answered",
    ]
    assert [outcome.right for outcome in five] == [True, False, False, True, False]


def test_an_answer_with_no_right_quote(made: Any) -> None:
    wrong = made.outcome(hit=None)
    assert (wrong.verdict, wrong.right, metrics.supported(wrong)) == ("wrong quote", False, False)


def test_a_question_that_produced_nothing_is_a_miss(made: Any) -> None:
    nothing = made.outcome("zh-2", answered=False, hit=None, confidence=0.0, ranks={})
    both = [made.outcome("zh-1"), nothing]
    assert metrics.hit_rate(both, 1) == metrics.hit_rate(both, 3) == metrics.hit_rate(both, 3, selected=True) == 0.5
    assert metrics.false_refusals(both) == 0.5
    assert metrics.risk_coverage(both)[-1] == Point(0.0, 1.0, 0.5)
    assert metrics.calibration_error(both) == pytest.approx(0.05)
    assert metrics.citation_precision([nothing]) is None


def test_citations_to_any_gold_paragraph_count(made: Any) -> None:
    evidence = ((Part("doc:1-P1", "a", True), Part("doc:2-P1", "b", True)), (Part("doc:1-P2", "c", True),))
    quotes = tuple(made.shown(f"doc:{name}") for name in ("1-P1", "1-P2", "2-P1", "2-P2"))
    assert metrics.citation_precision([made.outcome(evidence=evidence, quotes=quotes)]) == 3 / 4


@pytest.mark.parametrize(
    "measure",
    [
        lambda none: metrics.hit_rate(none, 1),
        metrics.false_answers,
        metrics.false_refusals,
        metrics.exact_quotes,
        metrics.citation_precision,
        metrics.same_in_traditional,
        metrics.coverage_at_risk,
        metrics.calibration_error,
    ],
)
def test_nothing_to_judge_is_no_figure(measure: Any) -> None:
    assert measure([]) is None


def test_nothing_to_draw() -> None:
    assert metrics.risk_coverage([]) == metrics.reliability([]) == []


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
    assert metrics.risk_coverage(outcomes) == metrics.risk_coverage(outcomes[::-1]) == expected


@pytest.mark.parametrize(
    ("risk", "coverage"), [(0.0, 1 / 5), (0.1, 1 / 5), (1 / 3, 3 / 5), (0.4, 5 / 5), (0.5, 5 / 5), (1.0, 5 / 5)]
)
def test_coverage_at_risk_by_hand(made: Any, risk: float, coverage: float) -> None:
    outcomes = [
        *told(made, (0.5, True), (0.9, True), (0.8, False), (0.8, True)),
        made.outcome("zh-9", answerable=False, confidence=0.6),
    ]
    assert metrics.coverage_at_risk(outcomes, risk) == coverage


def test_coverage_where_every_threshold_is_too_risky(made: Any) -> None:
    assert metrics.coverage_at_risk(told(made, (0.9, False), (0.8, True)), 0.1) == 0.0


def test_coverage_where_a_wrong_answer_comes_first(made: Any) -> None:
    outcomes = told(made, (0.99, False), *((0.9 - n / 100, True) for n in range(9)))
    assert metrics.coverage_at_risk(outcomes, 0.1) == 1.0


def test_the_reliability_diagram_by_hand(made: Any) -> None:
    outcomes = told(made, (0.0, False), (0.25, True), (0.5, True), (0.51, False), (1.0, True), (1.0, True))
    low, high = metrics.reliability(outcomes, bins=2)
    assert low == Bin(0.0, 0.5, 3, 0.25, 2 / 3)
    assert (high.low, high.high, high.count, high.accuracy) == (0.5, 1.0, 3, 2 / 3)
    assert high.confidence == pytest.approx(2.51 / 3)
    # (3 * |0.25 - 2/3| + 3 * |0.83667 - 2/3|) / 6
    assert metrics.calibration_error(outcomes, bins=2) == pytest.approx((1.25 + 0.51) / 6)


@given(confidence=st.floats(0.05, 0.95), count=st.integers(20, 60))
def test_the_error_of_a_perfect_confidence_is_what_chance_gives(confidence: float, count: int) -> None:
    right = [math.comb(count, k) * confidence**k * (1 - confidence) ** (count - k) for k in range(count + 1)]
    exact = sum(p * abs(k / count - confidence) for k, p in enumerate(right))
    assert metrics.chance_error([Bin(0.0, 1.0, count, confidence, 0.0)]) == pytest.approx(exact, rel=0.1)
    assert metrics.chance_error([]) is None


def test_bins_are_open_below_and_empty_ones_left_out(made: Any) -> None:
    found = metrics.reliability(told(made, (0.1, True), (0.3, True), (0.30001, False), (1.0, True)))
    assert [(b.low, b.high, b.count) for b in found] == [(0.0, 0.1, 1), (0.2, 0.3, 1), (0.3, 0.4, 1), (0.9, 1.0, 1)]


def test_a_perfectly_calibrated_run(made: Any) -> None:
    outcomes = told(made, *((0.75, n < 3) for n in range(4)), (1.0, True), (0.0, False))
    assert metrics.calibration_error(outcomes) == 0.0


@settings(deadline=None, max_examples=60)
@given(
    pairs=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30),
    bins=st.integers(1, 20),
)
def test_every_question_is_in_one_bin_and_on_the_curve(made: Any, pairs: list[tuple[float, bool]], bins: int) -> None:
    outcomes = told(made, *pairs)
    assert sum(b.count for b in metrics.reliability(outcomes, bins)) == len(outcomes)
    error = metrics.calibration_error(outcomes, bins)
    assert error is not None
    assert 0 <= error <= 1
    curve = metrics.risk_coverage(outcomes)
    assert curve[-1].coverage == 1.0
    assert [p.threshold for p in curve] == sorted({confidence for confidence, _ in pairs}, reverse=True)
    assert curve[-1].risk == pytest.approx(sum(not right for _, right in pairs) / len(pairs))

"""Shares of a run, against hand-worked figures."""

from __future__ import annotations

from typing import Any

import pytest

from eval.metrics import confidence, shares
from eval.metrics.confidence import Point
from eval.metrics.shares import share
from eval.run.outcome import Outcome, Part


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
    assert shares.hit_rate(five, 1) == 1 / 3
    assert shares.hit_rate(five, 3) == 2 / 3
    assert shares.hit_rate(five, 1, selected=True) == 1 / 3
    assert shares.hit_rate(five, 3, selected=True) == 1.0
    assert shares.false_answers(five) == 1 / 2
    assert shares.false_refusals(five) == 1 / 3


def test_quotes_by_hand(five: list[Outcome]) -> None:
    # shown: 1 + 2 + (2 nearest) + 0 + 1; one of them is not verbatim
    assert shares.exact_quotes(five) == 5 / 6
    # to answerable questions: 1 + 2, of which one is cited to another paragraph; nearest passages cite nothing
    assert shares.citation_precision(five) == 2 / 3


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
    assert (wrong.verdict, wrong.right, confidence.supported(wrong)) == ("wrong quote", False, False)


def test_a_question_that_produced_nothing_is_a_miss(made: Any) -> None:
    nothing = made.outcome("zh-2", answered=False, hit=None, confidence=0.0, ranks={})
    both = [made.outcome("zh-1"), nothing]
    assert shares.hit_rate(both, 1) == shares.hit_rate(both, 3) == shares.hit_rate(both, 3, selected=True) == 0.5
    assert shares.false_refusals(both) == 0.5
    assert confidence.risk_coverage(both)[-1] == Point(0.0, 1.0, 0.5)
    assert confidence.calibration_error(both) == pytest.approx(0.05)
    assert shares.citation_precision([nothing]) is None


def test_citations_to_any_gold_paragraph_count(made: Any) -> None:
    evidence = ((Part("doc:1-P1", "a", True), Part("doc:2-P1", "b", True)), (Part("doc:1-P2", "c", True),))
    quotes = tuple(made.shown(f"doc:{name}") for name in ("1-P1", "1-P2", "2-P1", "2-P2"))
    assert shares.citation_precision([made.outcome(evidence=evidence, quotes=quotes)]) == 3 / 4


@pytest.mark.parametrize(
    "measure",
    [
        lambda none: shares.hit_rate(none, 1),
        shares.false_answers,
        shares.false_refusals,
        shares.exact_quotes,
        shares.citation_precision,
        confidence.coverage_at_risk,
        confidence.calibration_error,
    ],
)
def test_nothing_to_judge_is_no_figure(measure: Any) -> None:
    assert measure([]) is None

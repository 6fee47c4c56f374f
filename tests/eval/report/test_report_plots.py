"""What the plots of the report draw."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from eval.report import plots

if TYPE_CHECKING:
    from eval.run.record import Run


def test_rank_counts_by_hand(made: Any) -> None:
    outcomes = [made.outcome(f"zh-{n}", rank=n) for n in (1, 1, 2, 3, 4, 5, 6, 10, 11, 400)]
    outcomes.append(made.outcome("zh-0", ranks={}))
    assert plots.rank_counts(outcomes, "dense") == {
        "1": 2, "2": 1, "3": 1, "4–5": 2, "6–10": 2, "11+": 2, "none": 1,
    }  # fmt: skip


def test_the_marks_stand_at_the_threshold(made: Any) -> None:
    outcomes = [
        made.outcome("zh-1", confidence=0.9),
        made.outcome("zh-2", confidence=0.45, hit=None),
        made.outcome("zh-3", answered=False, confidence=0.4),
        made.outcome("zh-4", answerable=False, confidence=0.1),
    ]
    plot = plots.risk_coverage(made.run(outcomes))
    assert "at the threshold 0.45: zh answers 0.500, 0.500 of them wrong." in plot.caption
    # x from 54 to 444, y from 36 to 256 over a risk up to 0.6: the middle, and 256 - 220 * 0.5 / 0.6 or so
    marks = [e for e in ET.fromstring(plot.svg).iter("circle") if e.find("title") is not None]
    assert [mark.get("cx") for mark in marks] == ["249"]
    assert "threshold" not in plots.risk_coverage(made.run(outcomes, settings={})).caption


def test_reliability_says_its_error(made: Any) -> None:
    plot = plots.reliability(made.run([made.outcome("zh-1", confidence=0.75), made.outcome("en-1", confidence=0.75)]))
    assert "zh 0.250 (0.345), en 0.250 (0.345), all 0.250 (0.244)." in plot.caption
    assert "confidence 0.7 to 0.8: 2 questions, mean confidence 0.750, quotes answer 1.000" in plot.svg


def test_the_last_bar_holds_the_slowest(made: Any) -> None:
    outcomes = [made.outcome(f"zh-{n}", milliseconds=float(n % 90 + 5)) for n in range(300)]
    plot = plots.latency(made.run([*outcomes, made.outcome("zh-slow", milliseconds=9000.0)]))
    assert "the slowest took 9000.0 ms" in plot.caption
    counted = [int(e.text.rpartition(": ")[2]) for e in ET.fromstring(plot.svg).iter("title") if ": " in (e.text or "")]
    assert sum(counted) == 301


@pytest.mark.parametrize("number", range(4))
def test_a_plot_is_named_and_labelled(verdicts: Run, number: int) -> None:
    plot = plots.every(verdicts)[number]
    svg = ET.fromstring(plot.svg)
    assert svg.get("role") == "img"
    assert svg.get("aria-label", "").startswith(plot.title)
    assert svg.find("title") is not None
    assert all(element.text for element in svg.iter("text"))
    assert "nan" not in plot.svg

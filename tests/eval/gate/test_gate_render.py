"""A comparison as lines and as plain data: the worst first, long quotes cut where they differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eval import settings as eval_settings
from eval.gate import render
from eval.gate.compare import compare
from eval.run.outcome import Outcome, Part


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the sign flips: the least p is 0.001."""
    monkeypatch.setattr(eval_settings, "RESAMPLES", 999)


# --- as lines ---------------------------------------------------------------------------------------


def test_changed_questions_are_shown_with_the_worst_first(made: Any) -> None:
    hits = {"zh-1": (1, 1), "zh-2": (None, 1), "zh-3": (3, None), "zh-4": (1, 3), "zh-5": (1, None)}
    found = compare(
        made.run([made.outcome(id, hit=hit) for id, (hit, _) in hits.items()]),
        made.run([made.outcome(id, hit=hit) for id, (_, hit) in hits.items()]),
    )
    assert [title for title, _, _ in render.changed(found, None)] == [
        "zh-5  zh-5?",
        "zh-3  zh-3?",
        "zh-4  zh-4?",
        "zh-2  zh-2?",
    ]
    assert [title for title, _, _ in render.changed(found, 1)] == ["zh-5  zh-5?"]
    _, before, after = next(render.changed(found, 1))
    assert (before[0], after[0]) == ("right  0.90", "wrong quote  0.90")


def test_an_answer_in_lines(made: Any) -> None:
    quotes = (made.shown("a:b:3.1-P2", text="一二。"), made.shown("doc:2-P1", text="三四。"))
    assert render.answer_lines(made.outcome(quotes=quotes, confidence=0.777)) == [
        "right  0.78",
        "3.1-P2: 一二。",
        "2-P1: 三四。",
    ]
    assert render.answer_lines(made.outcome(answered=False)) == ["wrongly refused  0.10", "no"]


def lines_of(made: Any, text: str, other: str) -> list[str]:
    a, b = (made.outcome(quotes=(made.shown(text=t),)) for t in (text, other))
    return [render.answer_lines(a, b)[1], render.answer_lines(b, a)[1]]


def test_a_long_quote_is_cut_where_it_differs(made: Any) -> None:
    long = "甲" * 200
    assert lines_of(made, long, long) == [f"1-P1: {'甲' * 90}…"] * 2
    assert lines_of(made, long + "乙", long + "丙") == [
        f"1-P1: …{'甲' * 45}乙",
        f"1-P1: …{'甲' * 45}丙",
    ]
    assert lines_of(made, "乙" + long, "丙" + long) == [f"1-P1: 乙{'甲' * 89}…", f"1-P1: 丙{'甲' * 89}…"]
    assert lines_of(made, "甲" * 90, "甲" * 90) == [f"1-P1: {'甲' * 90}"] * 2


@settings(deadline=None, max_examples=40)
@given(common=st.integers(0, 300), tails=st.tuples(st.text("甲乙丙", max_size=200), st.text("甲乙丙", max_size=200)))
def test_a_difference_is_seen(made: Any, common: int, tails: tuple[str, str]) -> None:
    a, b = ("丁" * common + tail for tail in tails)
    assume(not a.startswith(b) and not b.startswith(a))
    one, other = lines_of(made, a, b)
    assert one != other


@pytest.mark.parametrize("common", [89, 120])
def test_what_a_long_quote_has_more_is_seen(made: Any, common: int) -> None:
    one, other = lines_of(made, "甲" * common + "。", "甲" * common + "。［3］乙丙丁戊己庚辛")
    assert one != other
    assert "［3］" in other


def test_notes_name_what_was_left_out(made: Any) -> None:
    same = made.outcome("zh-0")
    a = [same, *(made.outcome(f"zh-{n}") for n in range(1, 12)), made.outcome("en-1"), made.outcome("en-2")]
    b = [
        same,
        replace(made.outcome("en-1"), question="else?"),
        replace(made.outcome("en-2"), evidence=((Part("doc:1-P1", "甲乙", False),),)),
        made.outcome("en-3"),
    ]
    found = compare(made.run(a), made.run(b))
    assert list(render.notes(found)) == [
        "1 new, not compared: en-3",
        "11 no longer asked: zh-1, zh-2, zh-3, zh-4, zh-5, zh-6, zh-7, zh-8 …",
        "1 asks or wants something else, not compared: en-1",
        "1 labels orphaned, not compared: en-2",
    ]
    assert list(render.notes(compare(made.run([same]), made.run([same])))) == []


def test_a_comparison_as_plain_data(made: Any) -> None:
    outcomes: list[Outcome] = [made.outcome("zh-1"), made.outcome("zh-2")]
    after = [made.outcome("zh-1", hit=3), made.outcome("zh-3")]
    plain = render.comparison_record(compare(made.run(outcomes), made.run(after)))
    assert {key: plain[key] for key in ("compared", "changed", "added", "removed", "reworded", "orphaned")} == {
        "compared": 1,
        "changed": [{"id": "zh-1", "before": "right", "after": "right below"}],
        "added": ["zh-3"],
        "removed": ["zh-2"],
        "reworded": [],
        "orphaned": [],
    }
    (hit,) = [t for t in plain["tests"] if (t["questions"], t["measure"]) == ("zh", "hit@1")]
    assert hit == {
        "questions": "zh",
        "measure": "hit@1",
        "n": 1,
        "before": 1.0,
        "after": 0.0,
        "p": pytest.approx(0.5, abs=0.06),
        "worse": False,
        "better": False,
    }

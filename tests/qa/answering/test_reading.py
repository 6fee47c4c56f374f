"""Reading: the best windows, every sentence of them once, and the likeliest short answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model.layout import Tokens
from qa import settings
from qa.answering.question import Question
from qa.answering.reading import Read, best_span, read, sentences
from qa.answering.retrieve import retrieve
from qa.answering.spans import expansions

if TYPE_CHECKING:
    from index.library import Library

ASKED = ["移植相关死亡率是多少？", "What is HSCT?", "tisagenlecleucel zzzz"]


@pytest.mark.parametrize("text", ASKED)
def test_the_best_windows_are_read_whole_and_once(library: Library, text: str) -> None:
    question = Question.read(text)
    ranked = retrieve(library, question)
    rows = [candidate.row for candidate in sentences(library, question, ranked)]
    assert len(rows) == len(set(rows))
    windows = {library.late.window(row) for row in rows}
    assert sum(last - first for first, last in windows) == len(rows)
    assert len(windows) == settings.READ_WINDOWS
    assert ranked[0].row in rows
    first_out = next(n for n, c in enumerate(ranked) if c.row not in rows)
    assert {library.late.window(c.row) for c in ranked[:first_out]} == windows


@pytest.mark.parametrize(
    "text", ["What do the letters GvHD stand for?", "HSCT是什么的缩写？", "What is Treg short for?"]
)
def test_what_an_abbreviation_is_short_for_is_read_and_comes_first(library: Library, text: str) -> None:
    question = Question.read(text)
    first = read(library, question, retrieve(library, question)).found[0]
    assert expansions(first.sentence.text, question)


@pytest.mark.parametrize("text", ASKED)
def test_best_first_and_each_with_a_chance(library: Library, text: str) -> None:
    question = Question.read(text)
    seen = read(library, question, retrieve(library, question))
    assert [c.score for c in seen.found] == sorted((c.score for c in seen.found), reverse=True)
    assert all(0 <= c.score <= 1 for c in seen.found)
    assert 0 <= seen.confidence <= 1


def test_what_is_read_is_the_same_again(library: Library) -> None:
    question = Question.read(ASKED[0])
    ranked = retrieve(library, question)
    assert read(library, question, ranked) == read(library, question, ranked)


def test_nothing_ranked_is_nothing_read(library: Library) -> None:
    assert read(library, Question.read("x"), []) == Read((), 0.0)


def test_the_short_answer_stands_in_its_sentence(library: Library) -> None:
    question = Question.read(ASKED[0])
    for candidate in read(library, question, retrieve(library, question)).found:
        assert candidate.span is not None
        start, end = candidate.span
        assert 0 <= start < end <= len(candidate.sentence.text)


@given(data=st.data(), length=st.integers(1, 40))
def test_no_span_is_likelier_than_the_best(data: st.DataObject, length: int) -> None:
    values = st.lists(st.floats(-10, 10, width=32), min_size=length, max_size=length)
    starts, ends = (np.array(data.draw(values), np.float32) for _ in range(2))
    tokens = Tokens(tuple(range(length)), tuple((2 * i, 2 * i + 2) for i in range(length)))
    (first, last), odds = best_span(starts, ends, tokens)
    every = [
        float(starts[i] + ends[j]) for i in range(length) for j in range(i, min(length, i + settings.SPAN_TOKENS_MAX))
    ]
    assert odds == pytest.approx(max(every))
    assert odds == pytest.approx(float(starts[first // 2] + ends[last // 2 - 1]))

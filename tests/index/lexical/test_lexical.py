"""The lexical leg against BM25 by its formula, counted by hand, and against rank_bm25 fitted on the same chunks."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import settings
from index.lexical.leg import Lexical
from index.lexical.terms import Terms

CHUNKS = [["sle", "car-t", "sle"], ["sle", "msc"], ["hsct"], ["sle", "nk", "cell", "cell", "cell", "cell"], []]


def leg(sentences: Sequence[list[str]], paragraphs: Sequence[list[str]]) -> Lexical:
    return Terms.build(sentences, paragraphs).lexical


def plus(chunks: Sequence[list[str]], terms: Sequence[str]) -> list[float]:
    """BM25+ without its constant (Lv and Zhai 2011): idf ln((N + 1) / df), tf part of BM25."""
    k1, b = settings.BM25_K1, settings.BM25_B
    mean = sum(len(chunk) or 1 for chunk in chunks) / len(chunks)
    scores = []
    for chunk in chunks:
        score = 0.0
        for term in set(terms):
            holding = sum(term in other for other in chunks)
            tf = chunk.count(term)
            if holding:
                idf = log((len(chunks) + 1) / holding)
                score += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * (len(chunk) or 1) / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    "terms",
    [["sle"], ["car-t", "msc"], ["sle", "sle"], ["cell", "unknown"], ["hsct", "nk", "sle"]],
    ids=" ".join,
)
def test_scores_are_those_of_the_formula(terms: list[str]) -> None:
    sentences, paragraphs = leg(CHUNKS, CHUNKS[::-1]).scores(terms)
    np.testing.assert_allclose(sentences, plus(CHUNKS, terms), atol=1e-6)
    np.testing.assert_allclose(paragraphs, plus(CHUNKS[::-1], terms), atol=1e-6)


def test_a_score_worked_by_hand() -> None:
    # mean length 2, df 1 of 2, tf 2 of 3 terms
    first, second = leg([["a", "a", "b"], ["c"]], [["a"]]).scores(["a"])[0]
    expected = log(3 / 1) * 2 * 2.2 / (2 + 1.2 * (1 - 0.3 + 0.3 * 3 / 2))
    assert first == pytest.approx(expected, abs=1e-6)
    assert second == 0.0


def test_an_empty_chunk_is_as_long_as_one_of_one_term() -> None:
    assert leg([["a", "a", "b"], []], [[]]).scores(["a"])[0].tolist() == (
        leg([["a", "a", "b"], ["c"]], [["a"]]).scores(["a"])[0].tolist()
    )


@pytest.mark.parametrize("terms", [[], ["unknown"], [""]], ids=["none", "unknown", "empty"])
def test_no_shared_term_scores_nothing(terms: list[str]) -> None:
    made = leg([["a"], [], ["b"]], [["a", "b"]])
    sentences, paragraphs = made.scores(terms)
    assert sentences.tolist() == [0.0, 0.0, 0.0]
    assert paragraphs.tolist() == [0.0]


words = st.sampled_from(["a", "b", "c", "细胞", "治疗", ""])


@given(st.lists(st.lists(words, max_size=6), min_size=1, max_size=8), st.lists(words, max_size=4))
def test_only_chunks_that_share_a_term_score(chunks: list[list[str]], terms: list[str]) -> None:
    found = leg(chunks, [["a"]]).scores(terms)[0]
    np.testing.assert_allclose(found, plus(chunks, terms), atol=2e-6)
    assert all(found >= 0.0)
    for chunk, score in zip(chunks, found, strict=True):
        assert (score > 0) == bool(set(chunk) & set(terms))


def test_a_weight_falls_with_the_chunks_that_hold_a_term() -> None:
    made = leg(CHUNKS, [*CHUNKS, ["other"]])
    assert made.idf("sle") == pytest.approx(log(6 / 3))
    assert made.idf("msc") == pytest.approx(log(6 / 1))
    assert made.idf("unknown") == pytest.approx(log(6))
    assert made.idf("other") == pytest.approx(log(6))  # in no sentence
    assert made.idf("sle") > 0

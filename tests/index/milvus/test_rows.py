"""Chunks as sparse vectors, on a server that has 32 bits for a weight: their scores are the embedded index's."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import settings
from index.lexical import impacts
from index.lexical.bags import Bags, TermIds
from index.lexical.terms import Terms
from index.milvus.rows import EMPTY, SparseRows
from index.milvus.statistics import Counts, Statistics

Chunks = list[list[str]]

terms = st.sampled_from([*"abcdefgh", "海", "藻"])
# a few terms among themselves, or one of them very often among the others
short = st.lists(terms, max_size=12)
long = st.builds(lambda some, term, times: some + [term] * times, short, terms, st.integers(20, 1_500))
chunks = st.lists(short | long, min_size=1, max_size=12)


def mean(given: Chunks) -> float:
    return sum(max(1, len(chunk)) for chunk in given) / max(1, len(given))


def on_server(rows: SparseRows) -> SparseRows:
    """The rows as a server gives them back, whatever order it has the terms in."""
    kept = [
        {dim: float(np.float32(weight)) for dim, weight in sorted(vector.items(), reverse=True)}
        for vector in rows.vectors()
    ]
    assert all(kept), "no vector may be empty"
    return SparseRows.fetched(list(zip(kept, rows.lengths.tolist(), strict=True)))


@given(chunks, chunks, st.lists(terms, max_size=6))
def test_scores_are_the_embedded_index_s(sentences: Chunks, paragraphs: Chunks, question: list[str]) -> None:
    embedded = Terms.build(sentences, paragraphs).lexical.sums(question)
    numbers, counts, rows = TermIds(free=EMPTY + 1), (Counts(), Counts()), []
    for level, some in enumerate((sentences, paragraphs)):
        of = SparseRows.of(Bags.count(some, numbers), 0, len(some), mean(some))
        counts[level].add(of, np.ones(len(some), bool), np.ones(len(some), np.int64))
        rows.append(on_server(of))
    statistics = Statistics.of(numbers, counts)
    for level, some in enumerate((sentences, paragraphs)):
        weights = statistics.weights(level, question)
        assert EMPTY not in dict(weights)
        scores, squares = rows[level].scores(weights, mean(some))
        assert scores.tolist() == embedded[level].tolist()
        assert ((squares > 0) == (scores > 0)).all()


@given(chunks, st.data())
def test_some_rows_are_those_of_all(given: Chunks, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(given)))
    last = data.draw(st.integers(first, len(given)))
    of, size = Bags.count(given, TermIds(free=EMPTY + 1)), mean(given)
    whole, some = SparseRows.of(of, 0, len(given), size), SparseRows.of(of, first, last, size)
    assert some.vectors() == whole.vectors()[first:last]
    assert some.lengths.tolist() == whole.lengths[first:last].tolist() == [max(1, len(c)) for c in given[first:last]]


@given(chunks)
def test_a_vector_has_the_terms_of_its_chunk(given: Chunks) -> None:
    numbers = TermIds(free=EMPTY + 1)
    of = Bags.count(given, numbers)
    names = {dim: term for term, dim in numbers.items()}
    assert EMPTY not in names
    for chunk, vector in zip(given, SparseRows.of(of, 0, len(given), mean(given)).vectors(), strict=True):
        assert {names.get(dim) for dim in vector} == (set(chunk) or {None})


@pytest.mark.parametrize(("length", "mean"), [(1, 1.0), (30, 25.0), (300, 4.0), (3_000, 40.0), (2_700, 2_700.0)])
def test_each_count_is_found_again(length: int, mean: float) -> None:
    counts = np.arange(1, length + 1)
    lengths = np.full(length, length)
    weights = impacts.saturations(counts, lengths, mean, settings.BM25_K1, settings.BM25_B).astype(np.float32)
    rows = SparseRows(np.arange(length + 1), np.ones(length, np.int64), weights, lengths)
    assert rows._counts(np.arange(length), np.arange(length), mean).tolist() == counts.tolist()


def test_the_weights_of_a_vector_are_the_model_s() -> None:
    (vector,) = SparseRows.of(Bags.count([["a", "b", "a"]], TermIds(free=EMPTY + 1)), 0, 1, 3.0).vectors()
    expected = {term: n * 2.2 / (n + 1.2) for term, n in Counter("aba").items()}
    assert list(vector.values()) == pytest.approx(list(expected.values()), rel=1e-6)

"""BM25 as a sparse matrix against rank_bm25 itself, fitted on the same chunks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from index.lexical import impacts as impacts_module
from index.lexical.bags import Bags
from index.lexical.impacts import Impacts
from index.scores import top

K1, B = 1.2, 0.3
TERMS = 6


def bags(chunks: Sequence[Sequence[int]]) -> Bags:
    ids = np.array([term for chunk in chunks for term in chunk], dtype=np.int32)
    return Bags(ids, np.cumsum([0, *map(len, chunks)], dtype=np.int64))


def reference(chunks: Sequence[Sequence[int]], terms: Sequence[int]) -> NDArray[np.float64]:
    """What rank_bm25 gives for each term once, less what it gives for absent ones."""
    # it cannot be fitted on nothing but empty chunks
    model = BM25Plus([list(chunk) or [-1] for chunk in chunks], k1=K1, b=B)
    known = [term for term in dict.fromkeys(terms) if term in model.idf]
    scores: NDArray[np.float64] = model.get_scores(known) - sum(model.idf[term] * model.delta for term in known)
    return scores


def check(impacts: Impacts, expected: NDArray[np.float64], terms: Sequence[int], k: int) -> None:
    scores = impacts.scores(terms)
    np.testing.assert_allclose(scores, expected, atol=1e-9)
    rounded = np.round(scores, 6)
    rows = top.best(scores, k)
    best = [row for row in np.argsort(-rounded, kind="stable")[:k] if rounded[row]]
    assert rows.tolist() == best


ids = st.integers(0, TERMS - 1)
corpora = st.lists(st.lists(ids, max_size=8), min_size=1, max_size=40)


@given(corpora, st.lists(ids, max_size=8), st.integers(1, 50))
def test_scores_are_those_of_rank_bm25(chunks: list[list[int]], terms: list[int], k: int) -> None:
    check(Impacts.build(bags(chunks), TERMS, K1, B), reference(chunks, terms), terms, k)


@given(corpora, st.integers(1, 20))
def test_blocks_do_not_show(chunks: list[list[int]], block: int) -> None:
    whole = Impacts.build(bags(chunks), TERMS, K1, B)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bags.blocks, "__defaults__", (block,))
        parts = Impacts.build(bags(chunks), TERMS, K1, B)
    for (name, one), (_, other) in zip(whole.arrays("x"), parts.arrays("x"), strict=True):
        np.testing.assert_array_equal(one, other, name)


@given(corpora)
def test_a_term_s_postings_are_the_chunks_that_hold_it(chunks: list[list[int]]) -> None:
    made = Impacts.build(bags(chunks), TERMS, K1, B)
    for term, (start, end) in enumerate(pairwise(made.starts)):
        assert made.rows[start:end].tolist() == [row for row, chunk in enumerate(chunks) if term in chunk]
        # more of one term among as many others counts more
        assert made.idf(term) == pytest.approx(np.log((len(chunks) + 1) / max(end - start, 1)))


@pytest.fixture(scope="module")
def zipf() -> list[list[int]]:
    """Some thousand chunks whose most frequent terms stand in most of them."""
    rng = np.random.default_rng(5)
    shares = 1 / np.arange(1, 2001)
    lengths = rng.poisson(12, 4000)
    drawn = rng.choice(2000, lengths.sum(), p=shares / shares.sum())
    return [drawn[a:b].tolist() for a, b in pairwise(np.cumsum([0, *lengths]))]


@pytest.mark.parametrize("k", [1, 10, 60, 5000])
def test_scores_and_ranks_of_many_chunks(zipf: list[list[int]], k: int) -> None:
    made = Impacts.build(bags(zipf), 2000, K1, B)
    assert made.codes.dtype == np.uint16
    for terms in ([0, 1, 2, 900], [1500, 0], [3, 0, 700, 40, 41, 0], [1999, 1234, 1], [0]):
        check(made, reference(zipf, terms), terms, k)


def test_frequent_terms_are_looked_up_where_they_cannot_bring_in_a_chunk(
    zipf: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Impacts.build(bags(zipf), 2000, K1, B)
    added: list[int] = []
    real = Impacts._add
    monkeypatch.setattr(Impacts, "_add", lambda self, column, scores: added.append(1) or real(self, column, scores))
    check(made, reference(zipf, [0, 1, 300, 301]), [0, 1, 300, 301], 3)
    assert len(added) < 2 * 4


def test_many_pairs_of_count_and_length_take_wider_codes(
    zipf: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impacts_module, "PAIRS", 20)
    made = Impacts.build(bags(zipf), 2000, K1, B)
    assert made.codes.dtype == np.uint32
    check(made, reference(zipf, [0, 5, 300]), [0, 5, 300], 10)


def test_arrays_that_do_not_fit_are_refused() -> None:
    made = Impacts.build(bags([[0, 1], [1]]), 2, K1, B)
    kept = dict(made.arrays("x"))
    assert Impacts.of(kept, "x", 2).scores([0, 1]).tolist() == made.scores([0, 1]).tolist()
    for name, other in (
        ("x-posting-rows.npy", made.rows[:1]),
        ("x-posting-codes.npy", made.codes[:].astype(np.int64)),
        ("x-posting-starts.npy", made.starts[:-1]),
        ("x-saturations.npy", made.saturations.astype(np.float32)),
    ):
        with pytest.raises(ValueError, match="postings"):
            Impacts.of({**kept, name: other}, "x", 2)

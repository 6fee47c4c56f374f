"""The terms of chunks as numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical.bags import Bags

CHUNKS = st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=12)


def bags(chunks: list[list[int]]) -> Bags:
    ids = np.array([term for chunk in chunks for term in chunk], dtype=np.int32)
    return Bags(ids, np.cumsum([0, *map(len, chunks)], dtype=np.int64))


@given(CHUNKS)
def test_every_chunk_has_its_own(chunks: list[list[int]]) -> None:
    made = bags(chunks)
    assert [made.bag(row).tolist() for row in range(len(made))] == chunks
    again = Bags.of(dict(made.arrays("sentence")), "sentence")
    assert [again.bag(row).tolist() for row in range(len(again))] == chunks


@given(CHUNKS, st.integers(1, 20))
def test_blocks_are_all_chunks_and_no_longer_than_asked(chunks: list[list[int]], tokens: int) -> None:
    found = list(bags(chunks).blocks(tokens))
    ends = [0, *(last for _, last in found)]
    assert found == list(pairwise(ends))
    assert ends[-1] == len(chunks)
    for first, last in found:
        assert last == first + 1 or sum(map(len, chunks[first:last])) <= tokens


@pytest.mark.parametrize(
    ("ids", "starts"),
    [
        (np.zeros(2, np.int64), np.array([0, 2])),
        (np.zeros(2, np.int32), np.array([0, 1])),
        (np.zeros(2, np.int32), np.array([1, 2])),
        (np.zeros(0, np.int32), np.array([], dtype=np.int64)),
        (np.zeros(2, np.int32), np.array([0.0, 2.0])),
    ],
    ids=["kind", "short", "late", "none", "floats"],
)
def test_arrays_that_do_not_fit_are_refused(ids: np.ndarray, starts: np.ndarray) -> None:
    with pytest.raises(ValueError, match="bags"):
        Bags(ids, starts)

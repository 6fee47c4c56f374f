"""The moments of rows against the mean and the variance of all their cosines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from index.dense import moments
from index.dense.encoder import Vectors
from index.dense.moments import Moments


def some(count: int, dim: int = 24, seed: int = 7) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def as_bytes(made: Moments) -> list[bytes]:
    return [array.tobytes() for _, array in made.arrays()]


@given(st.integers(1, 80), st.integers(1, 40), st.integers(0, 99), st.booleans())
def test_mean_and_square_are_those_of_all_cosines(count: int, dim: int, seed: int, weighted: bool) -> None:
    rows, question = some(count, dim, seed), some(1, dim, seed + 100)[0]
    weights = np.random.default_rng(seed).integers(0, 9, count) if weighted else np.ones(count, dtype=np.int64)
    made = Moments.of(rows, weights if weighted else None)
    assert made.weight == weights.sum()
    cosines = np.repeat(rows.astype(np.float64) @ question, weights)
    if not len(cosines):
        assert made.mean_and_square(question) == (0, 0)
        return
    mean, square = made.mean_and_square(question)
    assert mean == pytest.approx(cosines.mean(), abs=5e-5)
    assert square - mean**2 == pytest.approx(cosines.var(), abs=5e-5)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 99))
def test_the_sum_of_parts_is_the_whole_to_the_bit(left: int, right: int, seed: int) -> None:
    rows = some(left + right, seed=seed)
    weights = np.random.default_rng(seed).integers(0, 9, left + right)
    parts = [Moments.of(rows[:left], weights[:left]), Moments.of(rows[left:], weights[left:])]
    whole = as_bytes(Moments.of(rows, weights))
    assert as_bytes(parts[0] + parts[1]) == whole == as_bytes(parts[1] + parts[0])


def test_threads_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, question = some(1_100, 200), some(1, 200)[0]
    weights = np.random.default_rng(1).integers(0, 9, len(rows))
    answers = set()
    for threads, block in ((1, 1024), (2, 1024), (3, 1024), (2, 100)):
        monkeypatch.setattr(moments, "BLOCK", block)
        with threadpool_limits(threads):
            for made in (Moments.of(rows), Moments.of(rows, weights)):
                answers.add((made.weight, *as_bytes(made), made.mean_and_square(question)))
    assert len(answers) == 2


def test_what_is_written_is_read() -> None:
    made = Moments.of(some(9))
    read = Moments.read(dict(made.arrays()))
    assert as_bytes(read) == as_bytes(made)


def test_moments_of_another_kind_are_none() -> None:
    whole = dict(Moments.of(some(9)).arrays())
    for name, array in (
        ("weight", np.zeros(2)),
        ("first", whole["first"][:-1]),
        ("first", np.float64(1)),
        ("second", whole["second"].astype(np.float32)),
    ):
        with pytest.raises(ValueError, match="of another kind or length"):
            Moments.read({**whole, name: np.asarray(array)})


def test_weights_are_counts() -> None:
    for weights in (np.array([1, -1, 1]), np.ones(2, dtype=np.int64)):
        with pytest.raises(ValueError, match="expected 3 weights, none below 0"):
            Moments.of(some(3), weights)
    with pytest.raises(ValueError, match="expected weights of 2,097,152 at most in 1,024 rows, found 2,097,153"):
        Moments.of(some(2), np.array([moments.WEIGHT_MAX, 1]))

"""The legs' scores, bit for bit, whatever number of threads the libraries below them take."""

from __future__ import annotations

from types import SimpleNamespace

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits

from index.dense.leg import Dense
from index.dense.nearest import Nearest
from index.late.leg import Late, LatePart
from index.model.model import Asked

# More than the thresholds of the libraries: below them, one thread does all.
MANY = 40_000
THREADS = (1, 2, 3)


def some(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(7).standard_normal(shape, dtype=np.float32)


def test_threads_can_be_given() -> None:
    assert faiss.omp_get_max_threads() >= 1
    for number in THREADS:
        with threadpool_limits(number):
            taken = {(one["internal_api"], one["num_threads"]) for one in threadpool_info()}
        assert {("openblas", number), ("openmp", number)} <= taken


def test_dense_scores() -> None:
    vectors = some(MANY, 384)
    dense = Dense(Nearest.build(vectors), Nearest.build(vectors[:100]), np.zeros((2, 384), np.float32))
    found = []
    for number in THREADS:
        with threadpool_limits(number):
            found.append([scores.tobytes() for scores in dense.scores(some(384), "zh")])
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("tokens", [3, 8, 13, 64])
def test_late_scores(tokens: int) -> None:
    part = LatePart.of(
        np.round(some(MANY, 128) * 40).clip(-127, 127).astype(np.int8),
        np.full(MANY, 1 / 400, np.float16),
        np.arange(MANY + 1),
        some(MANY, 128).astype(np.float16),
        np.array([0]),
    )
    asked = Asked(some(tokens, 128), np.full(tokens, 1 / tokens, np.float32), some(128))
    found = []
    for number in THREADS:
        with threadpool_limits(number):
            found.append(
                Late([SimpleNamespace(size=(MANY, 1), late=part)]).scores(asked, np.arange(MANY), 0.5, 20.0).tobytes()
            )
    assert found[0] == found[1] == found[2]

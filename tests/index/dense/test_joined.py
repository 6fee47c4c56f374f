"""Arrays of several documents as one, and what is taken off their vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hashed import Hashed
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense import centres as centring
from index.dense.centres import Centres, direction, directions
from index.dense.joined import Joined

DIM = Hashed.dim
sizes = st.lists(st.integers(0, 6), min_size=1, max_size=6)


def joined(lengths: list[int], seed: int = 0) -> tuple[Joined, np.ndarray]:
    """Some arrays as one, and the same as a numpy array."""
    rng = np.random.default_rng((seed, *lengths))
    arrays = [rng.normal(size=(length, DIM)).astype(np.float32) for length in lengths]
    return Joined([lambda array=array: array for array in arrays], lengths, DIM), np.concatenate(arrays)  # type: ignore[misc]


@given(sizes, st.data())
def test_rows_are_those_of_one_array(lengths: list[int], data: st.DataObject) -> None:
    some, whole = joined(lengths)
    count = len(whole)
    assert (len(some), some.shape, some.dtype) == (count, whole.shape, whole.dtype)
    low = data.draw(st.integers(0, count + 2))
    high = data.draw(st.integers(0, count + 2))
    assert some[low:high].tobytes() == whole[low:high].tobytes()
    rows = np.array(data.draw(st.lists(st.integers(0, count - 1), max_size=9) if count else st.just([])), np.int64)
    assert some[rows].tobytes() == whole[rows].tobytes()
    assert some[rows].shape == (len(rows), DIM)


def test_an_array_is_read_when_its_rows_are_asked_for() -> None:
    read: list[str] = []

    def give(name: str) -> np.ndarray:
        read.append(name)
        return np.zeros((2, DIM), np.float32)

    some = Joined([lambda: give("a"), lambda: give("b"), lambda: give("c")], [2, 2, 2], DIM)
    assert len(some) == 6
    assert read == []
    _ = some[2:5]
    assert set(read) == {"b", "c"}


@settings(max_examples=20)
@given(sizes, sizes, st.integers(0, 9), st.integers(1, 5))
def test_centres_are_those_of_one_array(first: list[int], second: list[int], seed: int, block: int) -> None:
    (sentences, mine), (paragraphs, theirs) = joined(first, seed), joined(second, seed)
    rng = np.random.default_rng(seed)
    chinese = [rng.random(len(rows)) < 0.6 for rows in (mine, theirs)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(centring, "BLOCK", block)
        found = Centres.of(Hashed(), (sentences, chinese[0]), (paragraphs, chinese[1]))
        expected = Centres.of(Hashed(), (mine, chinese[0]), (theirs, chinese[1]))
    for name in ("sentences", "paragraphs", "questions"):
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes()
        assert getattr(found, name).shape == (2, DIM)
    for rows, array, own, centre in (
        (sentences, mine, chinese[0], found.sentences),
        (paragraphs, theirs, chinese[1], found.paragraphs),
    ):
        whole = directions(array, own, centre)
        assert directions(rows[:], own, centre).tobytes() == whole.tobytes()
        # a row's hangs on that row alone, whatever stands beside it
        for row in range(len(array)):
            assert directions(array[row : row + 1], own[row : row + 1], centre).tobytes() == whole[row].tobytes()
            assert np.allclose(direction(array[row], centre[0 if own[row] else 1]), whole[row], atol=1e-6)


def test_a_vector_in_the_centre_has_no_direction() -> None:
    centre = np.ones((2, DIM), np.float32)
    assert not directions(np.ones((1, DIM), np.float32), np.ones(1, bool), centre).any()
    assert not direction(centre[0], centre[0]).any()

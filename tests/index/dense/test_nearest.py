"""The nearest rows against plain numpy, by either kind, in any number of threads, and as arrays on disk."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from index import settings
from index.dense import nearest
from index.dense.coded import Coded
from index.dense.encoder import Vectors
from index.dense.nearest import Kind, Nearest
from index.dense.rotation import Rotation

KINDS: tuple[Kind, ...] = ("flat", "coded")
MANY = 20_000
DIM = 96


def unit(rows: Vectors) -> Vectors:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def some(count: int, dim: int = DIM, seed: int = 7) -> Vectors:
    return unit(np.random.default_rng(seed).standard_normal((count, dim)))


def clustered(count: int, seed: int = 7) -> Vectors:
    """Rows about a few centres, in a space whose axes are not alike."""
    random = np.random.default_rng(seed)
    axes = np.arange(1, DIM + 1) ** -0.5
    centres = unit(random.standard_normal((40, DIM)) * axes)
    return unit(centres[random.integers(0, 40, count)] + unit(random.standard_normal((count, DIM)) * axes))


def by_hand(rows: Vectors, question: Vectors, k: int, allowed: NDArray[np.bool_] | None = None) -> list[int]:
    cosines = np.round(rows @ question, 6)
    which = range(len(rows)) if allowed is None else np.flatnonzero(allowed).tolist()
    return sorted(which, key=lambda row: (-cosines[row], row))[:k]


class OnDisk:
    """Knows its length and gives runs of rows and single rows, and nothing else."""

    def __init__(self, array: Any) -> None:
        self._array = array
        self.shape, self.dtype = array.shape, array.dtype

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        if isinstance(rows, slice):
            assert rows.step is None
            assert 0 <= rows.start <= rows.stop <= self.shape[0]
        else:
            assert rows.dtype == np.int64
        return np.array(self._array[rows])


def again(made: Nearest) -> Nearest:
    return Nearest({name: OnDisk(array) for name, array in made.arrays()})


@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 80), st.booleans(), st.integers(0, 99))
def test_flat_gives_the_order_of_all_cosines(count: int, dim: int, k: int, some_only: bool, seed: int) -> None:
    # halves of small numbers: ties, and products that do not hang on the order of a sum
    random = np.random.default_rng(seed)
    rows = (random.integers(-2, 3, (count, dim)) / 2).astype(np.float32)
    question = (random.integers(-2, 3, dim) / 2).astype(np.float32)
    allowed = random.random(count) < 0.5 if some_only else None
    found, cosines = Nearest.build(rows, "flat").best(question, k, allowed)
    assert found.tolist() == by_hand(rows, question, k, allowed)
    np.testing.assert_allclose(cosines, (rows @ question)[found], atol=1e-6)


@given(st.integers(1, 60), st.integers(1, 70), st.sampled_from(KINDS), st.data())
def test_cosines_of_rows_are_those_of_all(count: int, dim: int, kind: Kind, data: st.DataObject) -> None:
    rows, question = some(count, dim), some(1, dim, seed=8)[0]
    which = np.array(data.draw(st.lists(st.integers(0, count - 1))), dtype=np.int64)
    made = Nearest.build(rows, kind)
    every = made.cosines(question)
    assert made.cosines_of(question, which).tobytes() == every[which].tobytes()
    np.testing.assert_allclose(every, rows @ question, atol=1e-5)


@given(st.integers(0, 31), st.integers(1, 70), st.integers(1, 50), st.booleans(), st.integers(0, 99))
def test_few_coded_rows_are_all_compared(count: int, dim: int, k: int, some_only: bool, seed: int) -> None:
    rows, question = some(count, dim, seed), some(1, dim, seed=seed + 100)[0]
    allowed = np.random.default_rng(seed).random(count) < 0.5 if some_only else None
    flat, coded = (Nearest.build(rows, kind).best(question, k, allowed) for kind in KINDS)
    assert [part.tobytes() for part in coded] == [part.tobytes() for part in flat]


@pytest.mark.parametrize("k", [1, 10, 100, 1000])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.02])
def test_coded_finds_the_nearest(k: int, share: float) -> None:
    rows = clustered(MANY)
    allowed = None if share == 1 else np.random.default_rng(1).random(MANY) < share
    flat, coded = (Nearest.build(rows, kind) for kind in KINDS)
    hits = total = 0
    for question in unit(rows[:20] + 0.5 * some(20)):
        expected, cosines = flat.best(question, k, allowed)
        found, near = coded.best(question, k, allowed)
        hits, total = hits + len(np.intersect1d(found, expected)), total + len(expected)
        assert len(found) == len(expected)
        assert allowed is None or allowed[found].all()
        assert (np.diff(near) <= 0).all()
        assert near.tobytes() == np.round(coded.cosines_of(question, found), 6).tobytes()
        assert near[0] == cosines[0]
    assert hits / total >= 0.99


@pytest.mark.parametrize("dim", [50, 1024])
def test_vectors_of_any_length_are_coded(dim: int) -> None:
    rows = some(3_000, dim)
    flat, coded = (Nearest.build(rows, kind) for kind in KINDS)
    hits = [len(np.intersect1d(flat.best(one, 10)[0], coded.best(one, 10)[0])) for one in some(20, dim, seed=8)]
    assert sum(hits) >= 198


def test_coded_finds_what_is_allowed_far_away() -> None:
    rows, question = clustered(MANY), clustered(1, seed=8)[0]
    flat, coded = (Nearest.build(rows, kind) for kind in KINDS)
    cosines = flat.cosines(question)
    allowed = cosines < np.median(cosines)
    expected, _ = flat.best(question, 100, allowed)
    found, _ = coded.best(question, 100, allowed)
    assert len(np.intersect1d(found, expected)) >= 99


@pytest.mark.parametrize("kind", KINDS)
def test_threads_change_nothing(kind: Kind) -> None:
    rows, question = clustered(MANY), some(1)[0]
    allowed = np.random.default_rng(1).random(MANY) < 0.5
    answers = set()
    for threads in (1, 2, 3):
        with threadpool_limits(threads):
            made = Nearest.build(rows, kind)
            parts = [np.asarray(array) for _, array in made.arrays()]
            parts += [*made.best(question, 100), *made.best(question, 100, allowed), made.cosines(question)]
        answers.add(b"".join(part.tobytes() for part in parts))
    assert len(answers) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_many_can_ask_at_once(kind: Kind) -> None:
    rows = clustered(5_000)
    questions = list(some(40))
    alone = [part.tobytes() for question in questions for part in Nearest.build(rows, kind).best(question, 20)]
    shared = again(Nearest.build(rows, kind))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: shared.best(question, 20), questions))
    assert [part.tobytes() for answer in found for part in answer] == alone


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_what_is_written_is_read(kind: Kind, count: int) -> None:
    made = Nearest.build(some(count), kind)
    read = again(made)
    question = some(1, seed=8)[0]
    assert (len(read), read.dim, read.kind) == (count, DIM, kind)
    for one, other in zip(
        (*made.best(question, 50), made.cosines(question)),
        (*read.best(question, 50), read.cosines(question)),
        strict=True,
    ):
        assert one.tobytes() == other.tobytes()


@given(st.integers(1, 20), st.integers(0, 19), st.integers(1, 70))
def test_a_row_is_coded_alone_as_among_others(count: int, row: int, dim: int) -> None:
    rows, row = some(count, dim), row % count
    for all_codes, own in zip(Coded.encode(rows), Coded.encode(rows[row : row + 1]), strict=True):
        np.testing.assert_array_equal(all_codes[row : row + 1], own)


@given(st.integers(1, 400))
def test_a_turn_keeps_inner_products(dim: int) -> None:
    rows = some(3, dim)
    rotation = Rotation(dim)
    turned = rotation.turn(rows)
    assert turned.shape == (3, rotation.width)
    np.testing.assert_allclose(turned @ turned.T, rows @ rows.T, atol=2e-6)


def test_a_turned_axis_is_spread_evenly() -> None:
    turned = Rotation(384).turn(np.eye(384, dtype=np.float32))
    assert np.abs(turned).max() < 8 * 384**-0.5


def test_the_kind_is_chosen_by_how_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FLAT_ROWS", 10)
    assert [Nearest.build(some(count)).kind for count in (10, 11)] == ["flat", "coded"]
    assert Nearest.build(some(11, settings.CODED_DIM + 1)).kind == "flat"


def test_all_cosines_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, question = some(100), some(1)[0]
    whole = Nearest.build(rows).cosines(question)
    monkeypatch.setattr(nearest, "BLOCK", 7)
    assert Nearest.build(rows).cosines(question).tobytes() == whole.tobytes()


def test_no_row_is_allowed() -> None:
    for kind in KINDS:
        found, cosines = Nearest.build(some(500), kind).best(some(1)[0], 5, np.zeros(500, dtype=np.bool_))
        assert (len(found), len(cosines)) == (0, 0)


def test_none_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="k must be greater than 0, found 0"):
        Nearest.build(some(5)).best(some(1)[0], 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_of_another_length_is_none(kind: Kind) -> None:
    made, question = Nearest.build(some(500), kind), some(1)[0][1:]
    for ask in (
        lambda: made.best(question, 5),
        lambda: made.cosines(question),
        lambda: made.cosines_of(question, np.arange(3)),
    ):
        with pytest.raises(ValueError, match="expected a question's vector of length 96, found \\(95,\\)"):
            ask()


def test_vectors_of_another_kind_are_none() -> None:
    whole: Mapping[str, Any] = dict(Nearest.build(some(9), "coded").arrays())
    for wrong in ({}, {"narrow": whole["narrow"]}, {**whole, "more": some(9)}):
        with pytest.raises(ValueError, match="of no known kind"):
            Nearest(wrong)
    for name, array in (
        ("rows", some(9).astype(np.float64)),
        ("rows", some(9)[0]),
        ("narrow", whole["narrow"][:, 1:]),
        ("narrow", whole["narrow"][1:]),
        ("wide", whole["wide"].astype(np.int64)),
        ("wide", some(9)),
    ):
        with pytest.raises(ValueError, match="of another kind or length"):
            Nearest({**whole, name: array})

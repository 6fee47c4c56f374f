"""The permutation test against enumeration, under a null that is true, and where a loss is clear."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eval import settings as eval_settings
from eval.gate.significance import BATCH, p_lower

Matrix = NDArray[np.float64]
nan = float("nan")


def by_enumeration(differences: Matrix) -> Matrix:
    """The share of all sign flips in which any measure comes out as low as each did."""
    given = np.nan_to_num(differences)
    norms = np.sqrt((given**2).sum(axis=0))
    scaled = given / np.where(norms > 0, norms, 1)
    lowest = [min(np.array(signs) @ scaled) for signs in product((-1, 1), repeat=len(given))]
    return np.array([np.mean(np.array(lowest) <= found + 1e-9) for found in scaled.sum(axis=0)])


def within_sampling_error(found: Matrix, exact: Matrix) -> bool:
    """Within five standard errors, and the one draw that the run itself is."""
    error = 5 * np.sqrt(exact * (1 - exact) / eval_settings.RESAMPLES) + 1.5 / eval_settings.RESAMPLES
    return bool(np.all(np.abs(found - exact) <= error))


@pytest.mark.parametrize(
    ("column", "exact"),
    [
        ([-1], 1 / 2),
        ([1], 1),
        ([-1, -1], 1 / 4),
        ([-1, 1], 3 / 4),
        ([-1, -1, -1], 1 / 8),
        ([-1, -1, 1], 4 / 8),
        ([1, 1, 1], 1),
        ([-2, -1, 1], 3 / 8),  # sums down to -2: -4, and -2 twice
        ([-1, 0, 0, -1], 1 / 4),
        ([-1, nan, -1, -1, -1], 1 / 16),
    ],
    ids=str,
)
def test_one_measure_by_hand(column: list[float], exact: float) -> None:
    matrix = np.array(column, dtype=np.float64)[:, None]
    assert by_enumeration(matrix) == pytest.approx([exact])
    assert within_sampling_error(p_lower(matrix), np.array([exact]))


def test_two_measures_by_hand() -> None:
    # Of four flips of two questions, one brings the first measure as low, and another one the second.
    matrix = np.array([[-1.0, 1.0], [-1.0, -1.0]])
    found = p_lower(matrix)
    assert by_enumeration(matrix) == pytest.approx([1 / 2, 1.0])
    assert within_sampling_error(found, np.array([1 / 2, 1.0]))


def test_measures_that_move_together_are_not_counted_twice() -> None:
    column = np.array([-1.0, -1, -1, -1, 1])
    alone = p_lower(column[:, None])
    assert p_lower(np.stack([column] * 5, axis=1)) == pytest.approx(np.repeat(alone, 5))


tables = st.integers(1, 3).flatmap(
    lambda measures: st.lists(
        st.lists(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, nan]), min_size=measures, max_size=measures),
        min_size=1,
        max_size=8,
    ).map(lambda rows: np.array(rows))
)


@settings(deadline=None, max_examples=60)
@given(table=tables)
def test_as_enumerated(table: Matrix) -> None:
    found = p_lower(table)
    assert found.shape == (table.shape[1],)
    assert np.all((found > 0) & (found <= 1))
    differs = np.nan_to_num(table).any(axis=0)
    assert np.all(found[~differs] == 1.0)
    assert within_sampling_error(found[differs], by_enumeration(table)[differs])


@settings(deadline=None, max_examples=30)
@given(table=tables, scale=st.sampled_from([1e-6, 0.3, 7.0, 1e6]))
def test_the_scale_of_a_measure_is_nothing(table: Matrix, scale: float) -> None:
    scaled = table.copy()
    scaled[:, 0] *= scale
    assert p_lower(scaled) == pytest.approx(p_lower(table), abs=0)


def test_it_says_the_same_twice_and_leaves_its_input_alone() -> None:
    table = np.array([[-1.0, nan], [0.25, -1.0], [-0.5, 0.0]])
    before = table.copy()
    assert p_lower(table).tolist() == p_lower(table).tolist()
    assert np.array_equal(table, before, equal_nan=True)


@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0)], ids=str)
def test_nothing_to_test(shape: tuple[int, int]) -> None:
    assert p_lower(np.zeros(shape)).tolist() == [1.0] * shape[1]


def test_no_difference_at_all() -> None:
    assert p_lower(np.zeros((20, 2))).tolist() == [1.0, 1.0]


def test_differences_below_rounding_are_none() -> None:
    assert p_lower(np.full((20, 1), -1e-13)).tolist() == [1.0]


def test_the_least_p_is_one_over_the_draws() -> None:
    assert p_lower(np.full((60, 1), -1.0)).tolist() == [1 / (eval_settings.RESAMPLES + 1)]


def test_draws_that_do_not_fill_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval_settings, "RESAMPLES", BATCH + 1)
    assert p_lower(np.full((60, 1), -1.0)).tolist() == [1 / (BATCH + 2)]


def test_false_alarms_are_as_rare_as_alpha(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing changed but by chance: in alpha of the comparisons, and no more, does any measure look worse."""
    monkeypatch.setattr(eval_settings, "RESAMPLES", 399)
    random = np.random.default_rng(11)
    trials, alarms = 600, 0
    for _ in range(trials):
        # six measures, the last two the same but for a little, a fifth of the questions judged by none
        table = random.standard_normal((50, 6))
        table[:, 5] = table[:, 4] + 0.1 * random.standard_normal(50)
        table[random.random((50, 6)) < 0.2] = nan
        alarms += bool((p_lower(table) <= eval_settings.ALPHA).any())
    # 600 draws of 0.05 have a standard deviation of 0.009
    assert 0.05 - 0.027 < alarms / trials < 0.05 + 0.027


def test_a_clear_loss_is_found() -> None:
    random = np.random.default_rng(12)
    table = random.standard_normal((60, 8))
    table[:, 3] = 0.0
    table[:20, 3] = -1.0
    table[20:23, 3] = 1.0
    found = p_lower(table)
    assert found[3] <= 0.005
    assert np.argmin(found) == 3


def test_a_gain_is_no_loss() -> None:
    table = np.ones((40, 1))
    assert p_lower(table)[0] > 0.99
    assert p_lower(-table)[0] < 0.001

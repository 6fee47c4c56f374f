"""Counts, sums and sums of squares: means and deviations as numpy has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from index.scores.totals import Totals


@given(hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-50, 50)), st.data())
def test_totals_are_mean_and_deviation(values: np.ndarray, data: st.DataObject) -> None:
    found = Totals.of(values)
    assert found.mean == pytest.approx(values.mean(), abs=1e-9)
    assert found.variance == pytest.approx(values.var(), abs=1e-6)
    cut = data.draw(st.integers(0, len(values)))
    both = Totals.of(values[:cut]) + Totals.of(values[cut:])
    assert (both.count, both.sum) == (len(values), pytest.approx(found.sum, abs=1e-9))
    times = data.draw(hnp.arrays(np.int64, len(values), elements=st.integers(0, 4)))
    weighted, repeated = Totals.of(values, times.astype(np.float64)), np.repeat(values, times)
    assert weighted.count == len(repeated)
    assert weighted.around(1.0) == pytest.approx(float(((repeated - 1) ** 2).sum()), rel=1e-9, abs=1e-6)


def test_totals_of_nothing() -> None:
    assert (Totals().mean, Totals().variance, Totals.of(np.zeros(0)).mean) == (0.0, 0.0, 0.0)

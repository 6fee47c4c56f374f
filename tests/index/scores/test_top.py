"""The best of many scores, as a sort would find them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from index.scores import top

SCORES = hnp.arrays(np.float64, st.integers(0, 900), elements=st.sampled_from([0.0, 0.5, 1.0, 2.5, 2.500001, 7.0]))


@given(SCORES, st.integers(1, 600), st.booleans(), st.data())
def test_the_best_are_those_of_a_sort(scores: np.ndarray, k: int, some: bool, data: st.DataObject) -> None:
    allowed = data.draw(hnp.arrays(bool, len(scores))) if some else None
    among = [row for row in range(len(scores)) if scores[row] > 0 and (allowed is None or allowed[row])]
    expected = sorted(among, key=lambda row: (-scores[row], row))[:k]
    assert top.best(scores, k, allowed).tolist() == expected

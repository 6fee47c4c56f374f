"""When questions are asked and which: by the seed, as Poisson says, each before any again."""

from __future__ import annotations

import math
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.bench.serve.arrivals import poisson, questions


@given(st.floats(0.1, 50), st.floats(0, 60), st.integers(0, 5))
def test_arrivals_are_those_of_the_seed(rate: float, seconds: float, seed: int) -> None:
    times = poisson(rate, seconds, seed)
    assert times == poisson(rate, seconds, seed)
    assert times == sorted(times)
    assert all(0 <= at < seconds for at in times)
    assert poisson(rate, seconds / 2, seed) == [at for at in times if at < seconds / 2]


def test_arrivals_are_poissons() -> None:
    """As many as the rate says, with a variance like their mean; gaps with a deviation like their mean."""
    times = poisson(8, 5_000, 3)
    counts = [0] * 5_000
    for at in times:
        counts[int(at)] += 1
    mean = len(times) / 5_000
    assert mean == pytest.approx(8, rel=0.02)
    assert sum((one - mean) ** 2 for one in counts) / 5_000 == pytest.approx(8, rel=0.1)
    gaps = [after - before for before, after in pairwise(times)]
    deviation = math.sqrt(sum((gap - 1 / 8) ** 2 for gap in gaps) / len(gaps))
    assert deviation == pytest.approx(1 / 8, rel=0.05)
    assert poisson(8, 10, 3) != poisson(8, 10, 4)


def test_a_rate_is_positive() -> None:
    with pytest.raises(ValueError, match="greater than 0, found 0"):
        poisson(0, 1, 1)


def test_questions_come_round_in_one_order() -> None:
    texts = [f"q{number}" for number in range(20)]
    found = list(islice(questions([*texts, "q3"], 0, 1), 60))
    assert sorted(found[:20]) == sorted(texts)
    assert found[:20] == found[20:40] == found[40:]
    assert list(islice(questions(texts, 0, 2), 20)) != found[:20]
    assert not list(questions([], 0, 1))


def test_a_share_of_them_is_asked_again() -> None:
    texts = [f"q{number}" for number in range(1_000)]
    found = list(islice(questions(texts, 0.3, 1), 1_000))
    assert 1 - len(set(found)) / 1_000 == pytest.approx(0.3, abs=0.05)

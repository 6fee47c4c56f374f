"""The latent leg against a plain computation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.latent import Features, Latent


def features(values: dict[int, float]) -> Features:
    return Features.of(np.array(list(values), np.int32), np.array(list(values.values()), np.float32))


def cosine(one: dict[int, float], other: dict[int, float]) -> float:
    norms = np.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
    return sum(v * other.get(k, 0.0) for k, v in one.items()) / norms if norms else 0.0


texts = st.dictionaries(st.integers(0, 20), st.floats(0.125, 8.0, width=32), max_size=6)


@given(st.lists(texts, min_size=1, max_size=6), texts)
def test_scores_are_cosines(rows: list[dict[int, float]], question: dict[int, float]) -> None:
    scores = Latent.build([features(row) for row in rows]).scores(features(question))
    np.testing.assert_allclose(scores, [cosine(row, question) for row in rows], atol=2e-6)
    assert scores.shape == (len(rows),)


def test_a_score_worked_by_hand() -> None:
    leg = Latent.build([features({1: 3.0, 2: 4.0}), features({}), features({7: 2.0})])
    assert leg.scores(features({2: 1.0})).tolist() == [0.8, 0.0, 0.0]
    assert leg.scores(features({7: 5.0, 99: 0.5}))[2] == pytest.approx(5 / np.sqrt(25.25), abs=1e-6)
    assert leg.scores(features({})).tolist() == [0.0, 0.0, 0.0]


@given(texts)
def test_features_are_ascending_and_of_unit_length(values: dict[int, float]) -> None:
    made = features(values)
    assert made.indices.tolist() == sorted(values)
    assert made.values.dtype == np.float32
    assert float(np.linalg.norm(made.values)) == pytest.approx(1.0 if values else 0.0, abs=1e-6)
    by_index = dict(zip(made.indices.tolist(), made.values.tolist(), strict=True))
    assert max(values, key=lambda k: values[k], default=None) in {None, *by_index}


def test_an_encoder_without_features_scores_nothing() -> None:
    leg = Latent.build([Features.none(), Features.none()])
    assert not leg.is_used
    assert leg.scores(Features.none()).tolist() == [0.0, 0.0]
    assert Latent.build([features({3: 1.0})]).is_used


@given(st.lists(texts, min_size=1, max_size=5), texts)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list, question: dict) -> None:
    folder = tmp_path_factory.mktemp("latent")
    leg = Latent.build([features(row) for row in rows])
    leg.write(folder)
    assert sorted(path.name for path in Path(folder).iterdir()) == sorted(Latent.FILES)
    again = Latent.read(folder)
    assert again.is_used == leg.is_used
    np.testing.assert_array_equal(again.scores(features(question)), leg.scores(features(question)))

"""Batches: every text in one of them, none too large; each text's vector in its own place, equal texts encoded once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hashed import Hashed
from hypothesis import given
from hypothesis import strategies as st

from index import settings
from index.dense.encoder import Vectors
from index.dense.passages import batches, between, encode

TEXTS = st.lists(st.text(max_size=30), max_size=40)


class Counted(Hashed):
    """An encoder that writes down what it is given."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.given.append(list(texts))
        return super().passages(texts)


@given(TEXTS, st.integers(1, 9), st.integers(1, 60))
def test_batches_are_the_texts_in_their_order(texts: list[str], most: int, characters: int) -> None:
    found = list(batches(texts, most, characters))
    assert [text for batch in found for text in batch] == texts
    for batch in found:
        assert 1 <= len(batch) <= most
        assert len(batch) == 1 or sum(map(len, batch)) <= characters


def test_a_batch_is_as_full_as_may_be() -> None:
    texts = ["aaaa", "bbb", "cc", "d", "", "eeeeeeee"]
    assert [list(batch) for batch in batches(texts, 3, 6)] == [["aaaa"], ["bbb", "cc", "d"], [""], ["eeeeeeee"]]


@given(TEXTS)
def test_each_text_has_its_vector_and_is_encoded_once(texts: list[str]) -> None:
    model = Counted()
    found = encode(model, texts, lambda share: None)
    assert found.shape == (len(texts), model.dim)
    np.testing.assert_array_equal(found, Hashed().passages(texts))
    seen = [text for batch in model.given for text in batch]
    assert sorted(seen) == sorted(set(texts))
    assert [len(text) for text in seen] == sorted(map(len, seen), reverse=True)


def test_texts_of_one_length_keep_their_order() -> None:
    model = Counted()
    encode(model, ["bb", "a", "cc", "dddd", "aa", "c"], lambda share: None)
    assert model.given == [["dddd", "bb", "cc", "aa", "a", "c"]]


@given(TEXTS)
def test_progress_goes_from_nothing_to_all(texts: list[str]) -> None:
    shares: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "BATCH_TEXTS", 3)
        encode(Hashed(), texts, shares.append)
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == 1


def test_between_two_vectors_that_are_one() -> None:
    one = Hashed().passages(["a", "b"])
    assert between(one, one).tobytes() == one.tobytes()
    np.testing.assert_array_equal(between(one[:1], one[1:]), (one[:1] + one[1:]) / 2)

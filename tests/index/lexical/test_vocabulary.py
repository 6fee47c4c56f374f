"""Terms and their places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.lexical.vocabulary import Vocabulary

# lone surrogates too, which no tokenizer gives
terms = st.text(st.characters(codec=None), max_size=4)


@given(st.lists(terms), terms)
@example(["细胞", "car-t", "", "αβt", "𝒳", "\uffff", "\ud800"], "car")
def test_a_term_is_at_its_place(given: list[str], other: str) -> None:
    made = Vocabulary.of(given)
    assert list(made) == sorted(set(given))
    assert len(made) == len(set(given))
    for place, term in enumerate(made):
        assert made.id(term) == place
        assert made.term(place) == term
        assert term in made
    assert (other in made) == (other in given)
    assert (made.id(other) is None) == (other not in given)
    assert list(Vocabulary.of_arrays(dict(made.arrays()))) == list(made)


def test_the_order_is_that_of_the_bytes() -> None:
    found = [term.encode() for term in Vocabulary.of(["b", "é", "𝒳", "\uffff", "a", "细胞", "ab"])]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (np.zeros(2, np.int8), np.array([0, 2])),
        (np.zeros(2, np.uint8), np.array([0, 1])),
        (np.zeros(2, np.uint8), np.array([0, 2], dtype=np.int32)),
        (np.zeros(0, np.uint8), np.array([], dtype=np.int64)),
    ],
    ids=["kind", "short", "starts", "none"],
)
def test_arrays_that_do_not_fit_are_refused(text: np.ndarray, starts: np.ndarray) -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        Vocabulary(text, starts)

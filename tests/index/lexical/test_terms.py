"""All terms of an index: what is put in comes out again, and from the arrays too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.lexical.terms import Terms

CHUNKS = st.lists(st.lists(st.sampled_from(["a", "b", "细胞", "治疗", "car-t"]), max_size=5), max_size=6)


@given(CHUNKS, CHUNKS)
def test_every_chunk_keeps_its_terms(sentences: list[list[str]], paragraphs: list[list[str]]) -> None:
    made = Terms.build(iter(sentences), iter(paragraphs))
    again = Terms.of(dict(made.arrays()))
    for one in (made, again):
        assert [one.sentence(row) for row in range(len(one.sentences))] == sentences
        assert [one.paragraph(row) for row in range(len(one.paragraphs))] == paragraphs
        assert list(one.vocabulary) == sorted({term for chunk in sentences + paragraphs for term in chunk})
    for mine, theirs in zip(made.lexical.scores(["细胞", "a"]), again.lexical.scores(["细胞", "a"]), strict=True):
        assert mine.tobytes() == theirs.tobytes()


class OnDisk:
    """An array of which nothing but parts can be read."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array
        self.dtype = array.dtype

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, part: slice) -> NDArray[Any]:
        assert isinstance(part, slice)
        assert part.step is None
        return self._array[part].copy()


LARGE = ("-terms.npy", "-posting-rows.npy", "-posting-codes.npy")


def test_large_arrays_are_read_in_parts_only() -> None:
    chunks = [["a", "b"], ["a", "a"], ["a", "c"], ["c", "c", "c", "c"]] * 40 + [["rare", "rare", "b"]]
    made = Terms.build(chunks, chunks)
    again = Terms.of({name: OnDisk(a) if name.endswith(LARGE) else a for name, a in made.arrays()})
    asked = ["a", "rare", "c"]
    np.testing.assert_array_equal(again.lexical.scores(asked), made.lexical.scores(asked))
    assert again.sentence(160) == ["rare", "rare", "b"]
    assert [(name, kept.tobytes()) for name, kept in again.arrays()] == [
        (name, kept.tobytes()) for name, kept in made.arrays()
    ]


def test_the_arrays_do_not_hang_on_the_order_of_the_chunks_words() -> None:
    one, other = Terms.build([["b", "a"]], [["c"]]), Terms.build([["a", "b"]], [["c"]])
    assert one.vocabulary.text.tobytes() == other.vocabulary.text.tobytes()
    assert one.lexical.sentences.rows[:].tolist() == other.lexical.sentences.rows[:].tolist()


def test_postings_of_another_vocabulary_are_refused() -> None:
    kept = dict(Terms.build([["a", "b"]], [["a"]]).arrays())
    less = dict(Terms.build([["a"]], [["a"]]).arrays())
    assert all(name.endswith(".npy") and isinstance(found, np.ndarray) for name, found in kept.items())
    with pytest.raises(ValueError, match="another vocabulary"):
        Terms.of({**kept, **{name: less[name] for name in less if name.startswith("vocabulary")}})

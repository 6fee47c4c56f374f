"""Windows of whole sentences, and rows of tokens with the places of sentences in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.training.model import base
from index import settings
from index.model.layout import Layout, windows

LIMIT = 20


@pytest.fixture(scope="module")
def layout() -> Layout:
    """A layout over the whole vocabulary that the model starts from."""
    return Layout(base.tokenizer(base.unpack().pieces))


@given(lengths=st.lists(st.integers(1, 30), max_size=30))
def test_windows_hold_every_sentence_once_and_as_many_as_fit(lengths: list[int]) -> None:
    found = windows(lengths, LIMIT)
    assert [n for first, last in found for n in range(first, last)] == list(range(len(lengths)))
    for first, last in found:
        assert last > first
        assert sum(lengths[first:last]) <= LIMIT or last == first + 1


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_there_are_as_few_windows_as_can_be(lengths: list[int]) -> None:
    def fewest(at: int) -> int:
        if at == len(lengths):
            return 0
        ends = [e for e in range(at + 1, len(lengths) + 1) if e == at + 1 or sum(lengths[at:e]) <= LIMIT]
        return 1 + min(fewest(end) for end in ends)

    assert len(windows(lengths, LIMIT)) == fewest(0)


@pytest.mark.parametrize(
    ("lengths", "found"),
    [
        ([], []),
        ([5], [(0, 1)]),
        ([50], [(0, 1)]),
        ([10, 10, 10], [(0, 2), (2, 3)]),
        ([6, 6, 6, 6], [(0, 2), (2, 4)]),
        ([1, 50, 1], [(0, 1), (1, 2), (2, 3)]),
    ],
)
def test_windows_are_of_about_equal_length(lengths: list[int], found: list[tuple[int, int]]) -> None:
    assert windows(lengths, LIMIT) == found


SENTENCES = ["MSC可抑制T细胞增殖。", "CAR-T cells were infused in 12 patients.", "😀"]


def test_places_are_those_of_the_sentences(layout: Layout) -> None:
    ids = [layout.sentence(text).ids for text in SENTENCES]
    question, title = layout.question("什么是MSC？"), layout.title("间充质干细胞")
    for row, places in (layout.window(title, ids), layout.pair(question, title, ids)):
        assert [row[start:end] for start, end in places] == ids
        assert row[0] != row[-1]
    row, _ = layout.pair(question, title, ids)
    assert row[1 : 1 + len(question)] == question
    assert row[1 + len(question) : 3 + len(question)] == (row[-1], row[-1])
    assert layout.asked(question)[-1 - len(question) : -1] == question


def test_offsets_are_of_the_text_as_given(layout: Layout) -> None:
    for text in (*SENTENCES, "髙劑量的環磷酰胺（CY）", "ＦＵＬＬ　ｗｉｄｔｈ ①"):
        tokens = layout.sentence(text)
        assert len(tokens.ids) == len(tokens.offsets) > 0
        assert all(0 <= start <= end <= len(text) for start, end in tokens.offsets)
        covered = {at for start, end in tokens.offsets for at in range(start, end)}
        assert covered >= {at for at, character in enumerate(text) if not character.isspace()}


def test_traditional_characters_are_the_same_tokens(layout: Layout) -> None:
    assert layout.question("間充質幹細胞的療效") == layout.question("间充质干细胞的疗效")
    assert layout.sentence("療效").ids == layout.sentence("疗效").ids


def test_what_is_too_long_is_cut_off(layout: Layout) -> None:
    text = "狼疮 lupus " * 400
    assert len(layout.question(text)) == settings.QUESTION_TOKENS
    assert len(layout.title(text)) == settings.TITLE_TOKENS
    assert len(layout.sentence(text).ids) == settings.SENTENCE_TOKENS
    assert layout.title("") == ()
    assert len(layout.sentence("").ids) == 1


@given(text=st.text(max_size=40))
def test_any_text_has_tokens(layout: Layout, text: str) -> None:
    assert layout.sentence(text).ids

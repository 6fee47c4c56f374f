"""Edits and the two-way alignment: what holds for any text and any repair."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.repair import rules
from index.repair.edits import Draft, Edit, Repaired
from index.repair.rules import Style

PIECES = [
    *"系统性红斑狼疮的治疗，。；：？！、“”‘’《》（）［］髙疔人—",
    *"SLE cell, T. 1.5% (a) [1]; x:y-z",
    *["\r\n", "\n", "\n\n", "\t", "　", "  ", "e\u0301", "ü\u0323", "😀", "👩\u200d⚕️", "β", "™", "…", "\u00a0", "弓I"],
    *["NCT0263 3163", "clinicaltrials.gov", "28.1%", "1,000", "CAR-T", "50% ~ 66%", "[摘要] ", "一、", "1.方法："],
]
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=40)
replacements = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
moves = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8), replacements), max_size=12)


def drafted(source: str, steps: list[tuple[int, int, str]]) -> Draft:
    """A draft after replacements at places that lie within the text as it then is."""
    draft = Draft(source)
    for at, length, text in steps:
        a = min(at, len(draft.text))
        draft.replace(a, min(a + length, len(draft.text)), text, "test")
    return draft


def check(source: str, repaired: Repaired) -> None:
    """Everything that is promised of an alignment."""
    edits, text = repaired.edits, repaired.text
    for edit in edits:
        assert 0 <= edit.start <= edit.end <= len(source)
    for left, right in pairwise(edits):
        assert left.end <= right.start
        assert (left.start, left.end) != (right.start, right.end)
    assert repaired.to_display(0, len(source)) == (0, len(text))
    untouched = set(range(len(source))).difference(*(range(e.start, e.end) for e in edits))
    spans = [repaired.to_source(i, i + 1) for i in range(len(text))]
    for i, (start, end) in enumerate(spans):
        low, high = repaired.to_display(start, end)
        assert low <= i < high
        if start in untouched and start < end:
            assert (end, source[start:end]) == (start + 1, text[i])
    for left, right in pairwise(spans):
        assert left[0] <= right[0]
        assert left[1] <= right[1]
    for position in untouched:
        low, high = repaired.to_display(position, position + 1)
        assert source[position] in text[low:high]


@given(texts, moves)
def test_drafts_become_sorted_disjoint_edits_that_give_the_same_text(source: str, steps: list) -> None:
    draft = drafted(source, steps)
    repaired = Repaired(source, draft.edits())
    assert repaired.text == draft.text
    check(source, repaired)


@given(texts, st.booleans(), st.booleans())
def test_every_rule_leaves_an_alignment(source: str, spaced: bool, chinese: bool) -> None:
    draft = Draft(source)
    rules.apply(draft, Style(spaced, chinese))
    repaired = Repaired(source, draft.edits())
    assert repaired.text == draft.text
    check(source, repaired)


@given(texts, moves, st.data())
def test_ranges_go_to_the_source_and_back(source: str, steps: list, data: st.DataObject) -> None:
    repaired = Repaired(source, drafted(source, steps).edits())
    assume(repaired.text)
    i = data.draw(st.integers(0, len(repaired.text) - 1))
    j = data.draw(st.integers(i + 1, len(repaired.text)))
    start, end = repaired.to_source(i, j)
    low, high = repaired.to_display(start, end)
    assert low <= i < j <= high
    assert repaired.display(start, end) == repaired.text[low:high]
    assert repaired.text[i:j] in repaired.display(start, end)
    if start < end:
        assert repaired.to_source(low, high) == (start, end)


@given(texts, texts, texts, moves)
def test_a_draft_of_a_part_leaves_the_rest_alone(before: str, source: str, after: str, steps: list) -> None:
    draft = Draft(before + source + after, len(before), len(before + source))
    assert draft.text == source
    for at, length, text in steps:
        a = min(at, len(draft.text))
        draft.replace(a, min(a + length, len(draft.text)), text, "test")
    repaired = Repaired(before + source + after, draft.edits())
    assert repaired.text == before + draft.text + after
    check(before + source + after, repaired)


@given(texts)
def test_without_edits_all_is_as_it_was(source: str) -> None:
    assert Draft(source).edits() == []
    repaired = Repaired(source, [])
    assert repaired.text == source
    check(source, repaired)


def shown(source: str, *steps: tuple[int, int, str]) -> list[tuple[int, int, str]]:
    return [(e.start, e.end, e.text) for e in drafted(source, list(steps)).edits()]


@pytest.mark.parametrize(
    ("source", "steps", "expected"),
    [
        pytest.param("髙效", [(0, 1, "高")], [(0, 1, "高")], id="one-character"),
        pytest.param("抗 疟药", [(1, 1, "")], [(1, 2, "")], id="dropped"),
        pytest.param("a,b", [(2, 0, " ")], [(1, 2, ", ")], id="insertion-joins-the-character-before"),
        pytest.param("abc", [(0, 0, "x")], [(0, 0, "x")], id="insertion-at-the-start"),
        pytest.param("abcd", [(0, 4, "aXXd")], [(1, 3, "XX")], id="only-what-differs"),
        pytest.param("abcd", [(1, 2, "bc")], [], id="nothing-differs"),
        pytest.param("abcd", [(1, 2, "XY"), (2, 1, "Z")], [(1, 3, "XZ")], id="merged-with-an-earlier-edit"),
        pytest.param("abcd", [(1, 2, "XY"), (1, 2, "bc")], [], id="taken-back"),
        pytest.param("ab", [(0, 2, "")], [(0, 2, "")], id="all-dropped"),
    ],
)
def test_replacements_as_edits(source: str, steps: list, expected: list) -> None:
    assert shown(source, *steps) == expected


def test_the_first_repair_of_a_place_gives_its_name() -> None:
    draft = Draft("髙 效")
    draft.replace(0, 1, "高", "variant", "why")
    draft.replace(1, 2, "", "space")
    assert draft.edits() == [Edit(0, 1, "高", "variant", "why"), Edit(1, 2, "", "space")]


def test_positions_around_an_insertion_a_change_and_a_gap() -> None:
    #        0123456789
    source = "细 胞,T cell"
    repaired = Repaired(source, [Edit(1, 2, "", "r"), Edit(3, 4, "，的", "r"), Edit(9, 9, "s", "r")])
    assert repaired.text == "细胞，的T celsl"
    assert repaired.to_source(1, 2) == (2, 3)
    assert repaired.to_source(2, 3) == repaired.to_source(3, 4) == (3, 4)
    assert repaired.to_display(3, 4) == (2, 4)
    assert repaired.to_display(1, 2) == (1, 1)
    assert repaired.display(0, 3) == "细胞"
    assert repaired.to_source(9, 10) == (9, 9)


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        pytest.param([Edit(0, 2, "x", "r"), Edit(1, 3, "y", "r")], "overlap", id="overlap"),
        pytest.param([Edit(2, 3, "x", "r"), Edit(0, 1, "y", "r")], "out of order", id="order"),
        pytest.param([Edit(1, 1, "x", "r"), Edit(1, 1, "y", "r")], "overlap", id="two-insertions"),
        pytest.param([Edit(2, 5, "x", "r")], "beyond the source", id="beyond"),
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[Edit], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Repaired("abcd", edits)


@pytest.mark.parametrize(("start", "end", "text"), [(2, 1, "x"), (-1, 0, "x"), (1, 1, "")])
def test_an_edit_must_change_something(start: int, end: int, text: str) -> None:
    with pytest.raises(ValueError, match="edit"):
        Edit(start, end, text, "r")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 1), (0, 5)])
def test_no_such_display_range(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no display range"):
        Repaired("abcd", []).to_source(start, end)


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-1, 1), (0, 5)])
def test_no_such_source_range(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no source range"):
        Repaired("abcd", []).to_display(start, end)

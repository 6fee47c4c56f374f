"""Labels: where evidence stands, where it stands otherwise, and what is said when it does not."""

from __future__ import annotations

from typing import Any

import pytest

from eval.questions.dataset import Alternative, Item
from eval.questions.labels import Labels, check, place
from index.errors import InputError
from index.library import Library


def item(*evidence: tuple[Alternative, ...]) -> Item:
    return Item("x-1", "zh", "number", "q", True, evidence, where="set.jsonl line 3")


@pytest.fixture
def two(made: Any) -> Labels:
    """Two documents that both have a paragraph 1-P1."""
    tea = made.document("tea", {"1-P1": ["绿茶含茶多酚（28%）。", "红茶全发酵。"], "1-P2": ["绿茶产于福建。"]})
    coffee = made.document("coffee", {"1-P1": ["咖啡含咖啡因28%。"]})
    return Labels(made.library(tea, coffee))


def test_places_are_full_names_in_the_order_of_the_library(two: Labels) -> None:
    assert two.places == ["tea:1-P1", "tea:1-P2", "coffee:1-P1"]


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("1-P2", "tea:1-P2"),
        ("tea:1-P2", "tea:1-P2"),
        ("tea:1-P1", "tea:1-P1"),
        ("1-P1", None),
        ("9-P9", None),
        ("milk:1-P1", None),
        ("", None),
    ],
)
def test_a_name_means_one_paragraph_or_none(two: Labels, name: str, full: str | None) -> None:
    assert two.resolve(name) == full


@pytest.mark.parametrize(
    ("alternative", "rows"),
    [
        (Alternative("tea:1-P1", "茶多酚 (28％)"), [0]),
        (Alternative("tea:1-P1", "茶"), [0, 1]),
        (Alternative("1-P2", "福建"), [2]),
        (Alternative("coffee:1-P1", "28%"), [3]),
        (Alternative("1-P1", "28%"), []),
        (Alternative("tea:1-P1", "福建"), []),
        (Alternative("tea:1-P1", "28%）。红茶"), []),
        (Alternative("9-P9", "茶"), []),
    ],
)
def test_rows_that_hold_a_text(two: Labels, alternative: Alternative, rows: list[int]) -> None:
    assert two.rows(alternative) == rows


def test_where_a_text_stands_instead(two: Labels) -> None:
    assert two.elsewhere(Alternative("9-P9", "28%")) == ["tea:1-P1", "coffee:1-P1"]
    assert two.elsewhere(Alternative("9-P9", "茶")) == ["tea:1-P1", "tea:1-P2"]
    assert two.elsewhere(Alternative("9-P9", "牛奶")) == []


def test_what_is_orphaned(two: Labels) -> None:
    good, gone = Alternative("1-P2", "福建"), Alternative("1-P2", "咖啡")
    assert two.orphaned(item((good, gone), (good,))) == [gone]
    assert two.orphaned(item((good,))) == []


def test_evidence_that_stands(library: Library) -> None:
    check([item((Alternative("2-P2", "28.1%（77/273）"), Alternative("4-P2", "Meng等")))], Labels(library))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Alternative("2-P1", "28.1%"), "'28.1%' of x-1 stands in no sentence of 2-P1; it stands in sle-.*:2-P2;"),
        (Alternative("2-P2", "29.1%"), "'29.1%' of x-1 stands in no sentence of 2-P2; it stands in no paragraph;"),
        (Alternative("2-P2", "罕见［7］目前"), "stands in no sentence of 2-P2; it stands in no paragraph;"),
        (Alternative("9-P9", "28.1%"), "x-1 names the paragraph '9-P9', which does not exist; run `yinzheng show`"),
        (Alternative("other:2-P2", "28.1%"), "x-1 names the paragraph 'other:2-P2', which does not exist;"),
    ],
    ids=str,
)
def test_evidence_that_does_not_stand(library: Library, wrong: Alternative, said: str) -> None:
    with pytest.raises(InputError, match=rf"^set\.jsonl line 3: .*{said}"):
        check([item((Alternative("2-P2", "28.1%"),), (wrong,))], Labels(library))


def test_a_name_that_several_documents_have(two: Labels) -> None:
    with pytest.raises(InputError, match=r"1-P1.*(tea:1-P1|several)") as raised:
        check([item((Alternative("1-P1", "红茶"),))], two)
    assert "does not exist" not in str(raised.value)


def test_the_full_name(library: Library) -> None:
    document, paragraph = library.paragraph("3.1-P2")
    assert place(document, paragraph) == "sle-cell-therapy:3.1-P2"

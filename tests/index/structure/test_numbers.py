"""Section numbers: as printed, counted where nothing is printed, and each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.structure.numbers import Numbers


@pytest.mark.parametrize(
    ("headings", "numbers"),
    [
        ([("Introduction", 1), ("Methods", 1), ("Patients", 2), ("Cells", 2), ("Results", 1)], "1 2 2.1 2.2 3"),
        ([("1 Introduction", 1), ("2 Methods", 1), ("2.1 Patients", 2), ("2.2 Cells", 2)], "1 2 2.1 2.2"),
        ([("Preface", 1), ("1 Introduction", 1)], "1 2"),  # the number that is printed is taken
        (
            [("一、总则", 1), ("（一）范围", 2), ("（二）目的", 2), ("二、分则", 1), ("（一）人员", 2)],
            "1 1.1 1.2 2 2.1",
        ),
        ([("第一章 总则", 1), ("第二章 分则", 1), ("1. 人员", 2)], "1 2 2.1"),
        ([("三、结果", 1), ("讨论", 1)], "3 4"),
        ([("A", 1), ("B", 3), ("C", 2)], "1 1.1 1.2"),
        ([("A", 3), ("B", 1), ("C", 2)], "1 2 2.1"),
        ([("1 A", 1), ("1 A", 1)], "1 2"),
        ([("2.1 Patients", 2), ("2.2 Cells", 2)], "2.1 2.2"),
        ([("Chapter 3 The end", 1)], "3"),
        ([("3D printing", 1), ("2019 in review", 1)], "1 2"),
    ],
)
def test_numbers(headings: list[tuple[str, int]], numbers: str) -> None:
    given = Numbers()
    assert [given.next(*heading) for heading in headings] == numbers.split()


TITLES = st.sampled_from(["", "1 ", "2 ", "1.1 ", "2.1 ", "一、", "（一）", "第二章 ", "A ", "9 "]).map("{}x".format)


@given(st.lists(st.tuples(TITLES, st.integers(1, 6)), max_size=30))
def test_each_number_is_given_once(headings: list[tuple[str, int]]) -> None:
    numbers = Numbers()
    found = [numbers.next(*heading) for heading in headings]
    assert len(set(found)) == len(found)
    assert all(part.isdecimal() for number in found for part in number.split("."))

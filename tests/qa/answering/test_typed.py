"""What could be of the sort that a question wants, in any sort of text."""

from __future__ import annotations

import pytest

from index.text.tokens import Tokenizer
from qa.answering.question import Question
from qa.answering.typed import gives


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("有多少例患者？", "共有四十九例。", True),
        ("有多少例患者？", "患者在2019年出院。", False),
        ("有多少例患者？", "患者都出院了［12］。", False),
        ("How many ministries were there?", "It had six ministries.", True),
        ("How many ministries were there?", "It had ministries.", False),
        ("面积占百分之几？", "占全国的五分之一。", True),
        ("面积占百分之几？", "占地12亩。", False),
        ("哪一年建成？", "绍兴十一年建成。", True),
        ("哪一年建成？", "由工匠建成。", False),
        ("When was it built?", "It was built in the eighteenth century.", True),
        ("When was it built?", "It had a camera and a mad head.", False),
        ("When was it built in 1900?", "Nothing was built in 1900.", False),  # the question says that itself
        ("任期多久？", "任期为四年。", True),
        ("任期多久？", "任期由法律规定。", False),
        ("How long did it take?", "It was over in minutes, at 4 of the sites.", False),
        ("How long did it take?", "It took up to four minutes.", True),
        ("花了多少钱？", "花了600万里拉。", True),
        ("花了多少钱？", "这是一个单元。", False),
        ("谁建的？", "由武则天下令。", True),
        ("谁建的？", "是赫沃斯托夫·彼得下令的。", True),
        ("谁建的？", "用石头建的。", False),
        ("Who built it?", "The design was by Newcomen.", True),
        ("Who built it?", "Of stone and wood.", False),
        ("在哪个国家？", "在日本。", True),
        ("在哪个国家？", "在水中。", False),
        ("试验编号是什么？", "编号为NCT11111111。", True),
        ("试验编号是什么？", "编号为12。", False),
        ("HSCT的全称是什么？", "干细胞移植(stem cell transplantation, HSCT)有效。", True),
        ("HSCT的全称是什么？", "HSCT(NCT11111111)有效。", False),
        ("HSCT的全称是什么？", "HSCT有效。", False),
        ("为什么？", "", True),
    ],
)
def test_a_sort_is_said_to_be_missing_only_where_nothing_is_of_it(question: str, text: str, expected: bool) -> None:
    assert gives(text, Question.read(question), Tokenizer().terms(text)) == expected

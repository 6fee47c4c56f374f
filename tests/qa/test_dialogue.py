"""Follow-ups: what is carried from the questions before, what must not be, and what holds of any conversation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from qa.answering.question import clean
from qa.dialogue import Names, Understood, known_names, understand
from qa.dialogue.follow_up import ADDED_MAX, TYPED_MAX

DIALOGUES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
]
NAMES = frozenset({"car-t", "msc", "hsct", "sle", "狼疮", "lupus", "间充质干细胞", "mesenchymal stem cell"})


@pytest.fixture(scope="module")
def names(library: Library) -> Names:
    return known_names(library)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda d: ascii(d["typed"])[:40])
def test_dialogues(names: Names, dialogue: dict[str, Any]) -> None:
    found = understand(dialogue["typed"], dialogue["before"], names)
    assert (found.typed, found.text, list(found.carried)) == (
        dialogue["typed"],
        dialogue["text"],
        dialogue["carried"],
    )


def test_the_table_has_both_sorts_in_both_languages() -> None:
    for carries in (True, False):
        for english in (True, False):
            mine = [d for d in DIALOGUES if bool(d["carried"]) == carries and d["typed"].isascii() == english]
            assert len(mine) >= 30


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["SLE的病因是什么？", "那发病率呢？", "它会遗传吗？", "男性呢？"], "对于男性，SLE会遗传吗？"),
        (["CAR-T有什么优势？", "那MSC呢？", "它的来源呢？", "为什么？"], "MSC的来源呢？为什么？"),
        (["What is CAR-T?", "How does it work?", "In mice?", "And HSCT?"], "How does HSCT work in mice?"),
        (["What is lupus?", "Is it curable?", "Why?", "Why?"], "Is lupus curable? Why?"),
        (["CAR-T有什么优势？", "你好", "它安全吗？"], "CAR-T安全吗？"),
        (["CAR-T有什么优势？", "个人所得税怎么申报？", "CAR-T的机制是什么？", "它的风险呢？"], "CAR-T的风险呢？"),
    ],
    ids=ascii,
)
def test_a_chain_of_follow_ups(names: Names, turns: list[str], text: str) -> None:
    before: list[str] = []
    for turn in turns:
        before.append(understand(turn, before, names).text)
    assert before[-1] == text


def test_a_subject_is_looked_for_in_three_turns_and_no_further(names: Names) -> None:
    others = ["为什么？", "是真的吗？", "有多少？"]
    assert understand("它安全吗？", ["CAR-T是什么？", *others[:2]], names).text == "CAR-T安全吗？"
    assert understand("它安全吗？", ["CAR-T是什么？", *others], names).carried == ()


@pytest.mark.parametrize("message", ["那发病率呢？", "它有什么风险？", "And in mice?", "Why?", "MSC呢？", "这种病呢"])
def test_nothing_before_carries_nothing(names: Names, message: str) -> None:
    assert understand(message, [], names) == Understood(message, message, ())
    assert understand(message, ["", "你好", "？？"], names) == Understood(message, message, ())


@pytest.mark.parametrize(
    ("before", "typed", "text"),
    [
        ("SLE的病因是什麼？", "那發病率呢？", "SLE的發病率呢？"),
        ("狼瘡患者能用CAR-T嗎？", "他們要停藥嗎？", "关于CAR-T，狼瘡患者要停藥嗎？"),
        ("ＣＡＲ－Ｔ是什么？", "它安全吗？", "ＣＡＲ－Ｔ安全吗？"),
        ("what is car-t?", "is it safe?", "is car-t safe?"),
        ("WHAT IS CAR-T?", "IS IT SAFE?", "IS CAR-T SAFE?"),
        ("CAR‐T是什么？", "它 安全\n吗？", "CAR‐T 安全 吗？"),
    ],
)
def test_ways_of_writing(names: Names, before: str, typed: str, text: str) -> None:
    assert understand(typed, [before], names).text == text


def test_any_subject_is_carried_without_names() -> None:
    assert understand("它贵吗？", ["红茶是什么？"], frozenset()).text == "红茶贵吗？"
    assert understand("Is it expensive?", ["What is green tea?"], frozenset()).text == "Is green tea expensive?"


def test_a_name_takes_the_place_of_a_name() -> None:
    teas = frozenset({"红茶", "绿茶"})
    assert understand("那绿茶呢？", ["红茶有什么成分？"], teas).text == "绿茶有什么成分？"
    assert understand("那绿茶的产地呢？", ["红茶有什么成分？"], teas).carried == ()


def test_a_long_message_stands_alone(names: Names) -> None:
    assert understand("它安全吗？" + "长" * TYPED_MAX, ["CAR-T是什么？"], names).carried == ()


def test_a_long_question_is_not_said_again(names: Names) -> None:
    assert understand("为什么？", ["CAR-T" + "长" * 500], names).carried == ()


# --- names -------------------------------------------------------------------------------------------


def test_names_of_the_review(names: Names) -> None:
    assert {"系统性红斑狼疮", "sle", "间充质干细胞", "msc", "car-t", "狼疮", "lupus", "car-t细胞疗法"} <= names
    assert not {"细胞", "治疗", "引言", "结语", "patients"} & names


@pytest.mark.parametrize(
    ("text", "chinese", "other"),
    [
        ("间充质干细胞", False, "MSC"),
        ("造血干细胞移植的风险", False, "HSCT的风险"),
        ("mesenchymal stem cells", True, "间充质干细胞"),
        ("MSC", True, "MSC"),
        ("红茶", False, "红茶"),
    ],
)
def test_names_in_the_other_language(names: Names, text: str, chinese: bool, other: str) -> None:
    assert names.in_other(text, chinese=chinese) == other


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CAR-T和γδT细胞", ["CAR-T", "γδT"]),
        ("how much is a car", []),
        ("那msc呢", ["msc"]),
        ("MSCs in lupus", ["MSCs", "lupus"]),
        ("WHAT IS THE RISK OF CAR-T", ["CAR-T"]),
        ("間充質幹細胞", ["間充質幹細胞"]),
    ],
)
def test_where_names_stand(names: Names, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in names.spans(text)] == found


# --- of any conversation --------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "那 它 它们 他们 这 这种 该 其 疗法 病 细胞 呢 吗 ？ ， 的 是什么 有 风险 为什么 怎么 多少 患者 小鼠 CAR-T MSC "
    "狼疮 也 还有 第二种 "
    "it its they their this that those such cells therapy what about how many and in mice ? , 's why is does safe "
    "lupus the of both two patients also \ud800 \n \u200b 牠們 這種 療法 ＭＳＣ İ ﬁ".split(" ")
)
MESSAGES = st.lists(WORDS, max_size=8).map("".join) | st.lists(WORDS, max_size=8).map(" ".join)


@given(message=MESSAGES | st.text(max_size=60), before=st.lists(MESSAGES | st.text(max_size=60), max_size=4))
def test_any_conversation(message: str, before: list[str]) -> None:
    found = understand(message, [clean(text) for text in before], NAMES)
    assert found.typed == clean(message)
    assert (found.text == found.typed) == (found.carried == ())
    assert clean(found.text) == found.text
    assert len(found.text) <= len(found.typed) + ADDED_MAX
    assert all(found.carried)
    assert found == understand(message, [clean(text) for text in before], NAMES)


@given(message=MESSAGES)
def test_nothing_is_carried_from_nothing(message: str) -> None:
    assert understand(message, [], NAMES) == Understood(clean(message), clean(message), ())


@given(message=MESSAGES, before=st.lists(MESSAGES, min_size=1, max_size=3))
def test_what_is_carried_stands_in_the_text_and_comes_from_before(message: str, before: list[str]) -> None:
    """But for "the" and "和", which may be ours, every word carried is of the questions before."""
    said = clean(" ".join(before))
    found = understand(message, [clean(text) for text in before], NAMES)
    for words in found.carried:
        for word in words.replace("和", " ").replace("的", " ").split():
            assert word in said + found.typed or word in ("the", "of", "and")


def test_an_understood_question_carries_exactly_where_it_is_another() -> None:
    with pytest.raises(ValueError, match="carried exactly"):
        Understood("它？", "CAR-T？", ())
    with pytest.raises(ValueError, match="carried exactly"):
        Understood("它？", "它？", ("CAR-T",))

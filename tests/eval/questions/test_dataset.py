"""Question sets: what is refused, at which line, and halves that stay where they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.questions.dataset import Alternative, Item, asked, default_sets, load, loose, together
from index.errors import InputError

GOOD: dict[str, Any] = {
    "id": "zh-1",
    "language": "zh",
    "kind": "number",
    "question": "多少？",
    "answerable": True,
    "evidence": [[{"paragraph": "2-P2", "text": "28.1%"}]],
}
NO: dict[str, Any] = {**GOOD, "id": "zh-2", "answerable": False, "evidence": [], "terms": [["CAR-T"], ["费", "价"]]}

Write = Callable[..., Path]


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def test_a_good_set(tmp_path: Path, write: Write) -> None:
    follow = {**GOOD, "id": "en-1", "language": "en", "after": "zh-1"}
    items = load([write(tmp_path / "a.jsonl", GOOD, "", NO, "  "), write(tmp_path / "b.jsonl", follow)])
    assert items == [
        Item("zh-1", "zh", "number", "多少？", True, ((Alternative("2-P2", "28.1%"),),)),
        Item("zh-2", "zh", "number", "多少？", False, (), terms=(("CAR-T",), ("费", "价"))),
        Item("en-1", "en", "number", "多少？", True, ((Alternative("2-P2", "28.1%"),),), after="zh-1"),
    ]
    assert [item.where for item in items] == [
        f"{tmp_path / 'a.jsonl'} line 1",
        f"{tmp_path / 'a.jsonl'} line 3",
        f"{tmp_path / 'b.jsonl'} line 1",
    ]


def test_a_byte_order_mark_windows_lines_and_no_last_line_end(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n" + json.dumps(NO).encode())
    assert [item.id for item in load([path])] == ["zh-1", "zh-2"]


def test_separators_of_lines_may_stand_in_a_question(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "set.jsonl", {**GOOD, "question": "多\u2028少\x85？"}, NO)
    assert [item.question for item in load([path])] == ["多\u2028少\x85？", "多少？"]


def test_gold_paragraphs_each_once_in_order() -> None:
    evidence = ((Alternative("b", "1"), Alternative("a", "2")), (Alternative("b", "3"), Alternative("c", "4")))
    assert Item("x", "zh", "k", "q", True, evidence).gold == ("b", "a", "c")
    assert Item("x", "zh", "k", "q", False, ()).gold == ()


KEYS = "expected the keys id, language, kind, question, answerable, evidence"
ANSWERABLE = "evidence exactly where answerable"


@pytest.mark.parametrize(
    ("entry", "said", "mend"),
    [
        ("{", "line 2 is not JSON", "one object a line"),
        ("多少？", "line 2 is not JSON", "one object a line"),
        ("[" * 100_000, "line 2 is not JSON", "one object a line"),
        (json.dumps(GOOD)[:-9], "line 2 is not JSON", "one object a line"),
        ("[]", "line 2 is no JSON object", "one object a line"),
        ("5", "line 2 is no JSON object", "one object a line"),
        ("null", "line 2 is no JSON object", "one object a line"),
        ("{}", "line 2 has no 'id'", KEYS),
        *((without(key), f"line 2 has no '{key}'", KEYS) for key in GOOD),
        ({**GOOD, "note": "x"}, "line 2 has an unknown key 'note'", "expected id, .*, terms, after"),
        ({**GOOD, "section": None}, "line 2 has an unknown key 'section'", "expected id, .*, terms, after"),
        ({**GOOD, "id": 5}, "line 2: id is 5", "a text that is not blank"),
        ({**GOOD, "id": ""}, "line 2: id is ''", "a text that is not blank"),
        ({**GOOD, "id": "zh 1"}, "line 2: the id 'zh 1' has white space", "use `-`"),
        ({**GOOD, "id": "zh-1\u3000"}, r"line 2: the id 'zh-1\\u3000' has white space", "use `-`"),
        ({**GOOD, "kind": " "}, "line 2: kind is ' '", "a text that is not blank"),
        ({**GOOD, "question": ""}, "line 2: question is ''", "a text that is not blank"),
        ({**GOOD, "question": "\u3000\n"}, "line 2: question is", "a text that is not blank"),
        ({**GOOD, "question": None}, "line 2: question is None", "a text that is not blank"),
        ({**GOOD, "language": "fr"}, "line 2: language is 'fr'", "expected zh or en"),
        ({**GOOD, "language": ["zh"]}, "line 2: language is", "expected zh or en"),
        ({**GOOD, "answerable": "yes"}, "line 2: answerable is 'yes'", "expected true or false"),
        ({**GOOD, "answerable": 1}, "line 2: answerable is 1", "expected true or false"),
        ({**GOOD, "evidence": None}, "line 2: evidence is malformed", "expected groups such as"),
        ({**GOOD, "evidence": "28.1%"}, "line 2: evidence is malformed", "expected groups such as"),
        ({**GOOD, "evidence": [[]]}, "line 2: evidence is malformed", "expected groups such as"),
        ({**GOOD, "evidence": [["2-P2"]]}, "line 2: evidence is malformed", "expected groups such as"),
        ({**GOOD, "evidence": [{"paragraph": "2-P2", "text": "x"}]}, "line 2: evidence is malformed", "groups"),
        ({**GOOD, "evidence": [[{"paragraph": "2-P2"}]]}, "line 2: evidence is malformed", "groups"),
        ({**GOOD, "evidence": [[{"paragraph": 2, "text": "x"}]]}, "line 2: evidence is malformed", "groups"),
        ({**GOOD, "evidence": [[{"paragraph": "2-P2", "text": " 。"}]]}, "line 2: evidence is malformed", "groups"),
        ({**GOOD, "evidence": [[{"paragraph": "p", "text": "x", "y": 1}]]}, "line 2: evidence is malformed", "groups"),
        ({**GOOD, "evidence": []}, "line 2: evidence and answerable disagree", ANSWERABLE),
        ({**GOOD, "answerable": False}, "line 2: evidence and answerable disagree", ANSWERABLE),
        ({**GOOD, "terms": [["x"]]}, "line 2: an answerable question has no terms", "drop them"),
        ({**NO, "terms": ["x"]}, "line 2: terms is malformed", "expected groups such as"),
        ({**NO, "terms": [[]]}, "line 2: terms is malformed", "expected groups such as"),
        ({**NO, "terms": [["，"]]}, "line 2: terms is malformed", "expected groups such as"),
        ({**NO, "terms": [[5]]}, "line 2: terms is malformed", "expected groups such as"),
        ({**NO, "terms": None}, "line 2: terms is malformed", "expected groups such as"),
        ({**GOOD, "after": 5}, "line 2: after is 5", "the id of the question before it"),
        ({**GOOD, "after": "zh-9"}, "line 2: no question 'zh-9' to come after", "name one of these sets"),
        ({**GOOD, "after": ""}, "line 2: no question '' to come after", "name one of these sets"),
        ({**GOOD, "after": "zh-1"}, "line 2: 'zh-1' comes after itself", "a question that stands alone"),
        ({**GOOD, "id": "zh-0"}, "line 2: the id 'zh-0' stands in .*line 1 too", "give each question its own"),
    ],
    ids=lambda value: ascii(value)[:50],
)
def test_errors_name_the_line_and_the_mend(tmp_path: Path, write: Write, entry: Any, said: str, mend: str) -> None:
    path = write(tmp_path / "set.jsonl", {**GOOD, "id": "zh-0"}, entry)
    with pytest.raises(InputError, match=rf"set\.jsonl {said}.*; .*{mend}"):
        load([path])


@pytest.mark.parametrize("key", ["id", "kind", "question"])
def test_half_a_surrogate_pair_is_no_text(tmp_path: Path, write: Write, key: str) -> None:
    path = write(tmp_path / "set.jsonl", json.dumps({**GOOD, key: "zh\ud800"}))
    with pytest.raises(InputError, match=rf"set\.jsonl line 1: {key} "):
        load([path])


@pytest.mark.parametrize("more", [{"evidence": [[{"paragraph": "a", "text": "b\ud800"}]]}, {"after": "\ud800"}])
def test_half_a_surrogate_pair_anywhere(tmp_path: Path, write: Write, more: dict[str, object]) -> None:
    path = write(tmp_path / "set.jsonl", json.dumps({**GOOD, **more}))
    with pytest.raises(InputError, match="half a character"):
        load([path])


def test_a_long_row_of_follow_ups(tmp_path: Path, write: Write) -> None:
    row = [{**GOOD, "id": f"q{n}", **({"after": f"q{n + 1}"} if n < 2999 else {})} for n in range(3000)]
    items = load([write(tmp_path / "set.jsonl", *row)])
    assert list(together(items)) == [item.id for item in items]
    assert together(items)["q0"].count(str(GOOD["question"])) == 3000


def test_follow_ups_that_go_round_in_a_circle(tmp_path: Path, write: Write) -> None:
    circle = [{**GOOD, "id": id, "after": after} for id, after in (("c", "a"), ("a", "b"), ("b", "a"))]
    with pytest.raises(InputError, match=r"set\.jsonl line [23]: '[ab]' comes after itself"):
        load([write(tmp_path / "set.jsonl", *circle)])


def test_a_follow_up_of_a_follow_up_in_another_file(tmp_path: Path, write: Write) -> None:
    third = write(tmp_path / "a.jsonl", {**GOOD, "id": "c", "question": "它贵吗？", "after": "b"})
    others = write(
        tmp_path / "b.jsonl",
        {**GOOD, "id": "b", "question": "那绿茶呢？", "after": "a"},
        {**GOOD, "id": "a", "question": "红茶有什么成分？"},
    )
    assert asked(load([third, others]), frozenset({"红茶", "绿茶"})) == {
        "c": "绿茶贵吗？",
        "b": "绿茶有什么成分？",
        "a": "红茶有什么成分？",
    }


def test_a_follow_up_that_stands_alone_is_asked_alone(tmp_path: Path, write: Write) -> None:
    first = {**GOOD, "id": "a", "question": "红茶有什么成分？"}
    path = write(tmp_path / "a.jsonl", first, {**GOOD, "id": "b", "question": "绿茶是什么？", "after": "a"})
    assert asked(load([path]), frozenset({"红茶", "绿茶"}))["b"] == "绿茶是什么？"


def test_an_id_that_stands_in_two_files(tmp_path: Path, write: Write) -> None:
    with pytest.raises(InputError, match=r"b\.jsonl line 1: the id 'zh-1' stands in .*a\.jsonl line 1 too"):
        load([write(tmp_path / "a.jsonl", GOOD), write(tmp_path / "b.jsonl", GOOD)])


def test_files_that_cannot_be_read(tmp_path: Path, write: Write) -> None:
    with pytest.raises(InputError, match=r"none cannot be read \(No such file"):
        load([tmp_path / "none"])
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        load([tmp_path])
    (tmp_path / "gb.jsonl").write_bytes("多少".encode("gb18030"))
    with pytest.raises(InputError, match=r"gb\.jsonl cannot be read \(it is not UTF-8\); name a JSONL file in UTF-8"):
        load([tmp_path / "gb.jsonl"])


@pytest.mark.parametrize("content", ["", "\n\n", " \t\r\n", "\ufeff"], ids=ascii)
def test_an_empty_set(tmp_path: Path, content: str) -> None:
    (tmp_path / "empty.jsonl").write_text(content)
    with pytest.raises(InputError, match=r"no questions in .*empty\.jsonl; name a set that has some"):
        load([tmp_path / "empty.jsonl"])


def test_no_set_at_all() -> None:
    with pytest.raises(InputError, match="no questions in"):
        load([])


def test_the_default_sets() -> None:
    assert [path.name for path in default_sets()] == ["review.jsonl"]


@pytest.mark.parametrize(
    ("id", "half"), [("zh-number-01", "held-out"), ("zh-number-05", "tuning"), ("zh-number-06", "tuning")]
)
def test_halves_hang_on_the_id_alone(id: str, half: str) -> None:
    assert Item(id, "zh", "k", "q", False, ()).half == half
    assert Item(id, "en", "other", "other?", True, ((Alternative("p", "t"),),)).half == half


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("28.1%（77/273）", "28.1% (77/273)", True),
        ("IL－37，", "il-37", True),
        ("５周内", "5周内", True),
        ("50%~66%", "50%-66%", False),
        ("28.1%", "281%", False),
    ],
)
def test_loose(a: str, b: str, same: bool) -> None:
    assert (loose(a) == loose(b)) is same

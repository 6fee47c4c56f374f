"""The checker: every sort of bad question is found, at its line, and a good set is passed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.questions import check
from eval.questions.check import duplicates
from eval.questions.dataset import Item, default_sets, load
from index.dense.encoder import Vectors
from index.library import Library


class Sorted:
    """An encoder by subject: texts with the same key word have one vector, all others their own."""

    name = "sorted"
    dim = 512

    def __init__(self, subjects: dict[str, str]) -> None:
        self.subjects = subjects

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def _vector(self, text: str) -> Vectors:
        subject = next((name for word, name in self.subjects.items() if word in text), text)
        seed = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=self.dim)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def entry(id: str, question: str, **changes: Any) -> dict[str, Any]:
    evidence = [[{"paragraph": "1-P1", "text": "茶多酚"}]]
    made = {"id": id, "language": "zh", "kind": "k", "question": question, "answerable": True, "evidence": evidence}
    return {**made, **changes}


def no(id: str, question: str, *terms: list[str]) -> dict[str, Any]:
    return entry(id, question, answerable=False, evidence=[], terms=list(terms))


def in_half(half: str, stem: str = "zh") -> str:
    """An id that belongs to this half."""
    made = (Item(f"{stem}-{number}", "zh", "k", "q", False, ()) for number in count())
    return next(item.id for item in made if item.half == half)


TUNING, OTHER, HELD = in_half("tuning"), in_half("tuning", "other"), in_half("held-out")


@pytest.fixture
def found(made: Any, write: Callable[..., Path], tmp_path: Path) -> Callable[..., list[str]]:
    """What is found in a set of these entries, about one document of tea."""
    document = made.document("tea", {"1-P1": ["绿茶含茶多酚28%。", "红茶全发酵（CAR-T）。"], "1-P2": ["产于福建。"]})

    def findings(*entries: dict[str, Any], subjects: dict[str, str] | None = None) -> list[str]:
        items = load([write(tmp_path / "set.jsonl", *entries)])
        lines = list(check.findings(items, made.library(document, encoder=Sorted(subjects or {}))))
        return [line.removeprefix(f"{tmp_path / 'set.jsonl'} ") for line in lines]

    return findings


def test_a_good_set(found: Callable[..., list[str]]) -> None:
    assert (
        found(
            entry(TUNING, "绿茶里有什么？"),
            entry(OTHER, "它占多少？", after=TUNING),
            entry(HELD, "Which drink is fully oxidised?", language="en"),
            no("zh-near", "咖啡多少钱？", ["绿茶"], ["福建", "价格"]),
        )
        == []
    )


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param(
            entry("x", "什么？", evidence=[[{"paragraph": "1-P2", "text": "茶多酚"}]]),
            "line 2: '茶多酚' of x stands in no sentence of 1-P2; it stands in tea:1-P1",
            id="another paragraph",
        ),
        pytest.param(
            entry("x", "什么？", evidence=[[{"paragraph": "9-P9", "text": "茶多酚"}]]),
            "line 2: '茶多酚' of x stands in no sentence of 9-P9; it stands in tea:1-P1",
            id="no such paragraph",
        ),
        pytest.param(
            entry("x", "什么？", evidence=[[{"paragraph": "1-P1", "text": "咖啡"}]]),
            "line 2: '咖啡' of x stands in no sentence of 1-P1; it stands in no paragraph",
            id="nowhere",
        ),
        pytest.param(
            no("x", "什么？"),
            "line 2: x has no terms that would show that the text does not answer it",
            id="no terms",
        ),
        pytest.param(
            no("x", "什么？", ["咖啡", "绿 茶"], ["２８%"]),
            "line 2: the terms of x stand together in 1-P1; does it answer after all?",
            id="terms together",
        ),
        pytest.param(
            no("x", "什么？", ["綠茶"], ["car-t"]),
            "line 2: the terms of x stand together in 1-P1; does it answer after all?",
            id="terms together, traditional and lower case",
        ),
        pytest.param(entry("x", "What is this?"), "line 2: x is labelled zh and reads as en", id="another language"),
        pytest.param(
            entry("x", "这是什么？", language="en"), "line 2: x is labelled en and reads as zh", id="and back"
        ),
        pytest.param(
            entry(HELD, "它在其中所占的比例又是多少呢？", after=TUNING),
            f"line 2: {HELD} (held-out) comes after {TUNING} (tuning)",
            id="a follow-up in the other half",
        ),
        pytest.param(
            # 10 and 13 trigrams, 8 of them in both: 8 of 15
            entry(HELD, "绿茶里面含有什么成分呢？"),
            f"line 2: {HELD} (held-out) says what {TUNING} (tuning) says, 0.53 of its trigrams; renumber or reword it",
            id="the same words in the other half",
        ),
    ],
)
def test_what_is_found(found: Callable[..., list[str]], bad: dict[str, Any], said: str) -> None:
    assert found(entry(TUNING, "绿茶里面含有什么？"), bad) == [said]


def test_terms_that_are_still_to_be_written(found: Callable[..., list[str]]) -> None:
    (line,) = found(no("x", "什么？", ["…"]))
    assert line.startswith("line 1: ")


def test_a_paragraph_that_answers_is_named_each_time(found: Callable[..., list[str]]) -> None:
    assert [line[-40:] for line in found(no("x", "什么？", ["绿茶", "产"]))] == [
        "together in 1-P1; does it answer after all?"[-40:],
        "together in 1-P2; does it answer after all?"[-40:],
    ]


def test_one_half_may_say_it_twice(found: Callable[..., list[str]]) -> None:
    assert found(entry(TUNING, "绿茶里面含有什么？"), entry(OTHER, "绿茶里面含有什么？")) == []


def test_a_follow_up_counts_with_the_question_before_it(found: Callable[..., list[str]]) -> None:
    first, second = entry(TUNING, "绿茶里面含有什么成分？"), entry(OTHER, "占多少？", after=TUNING)
    again = entry(HELD, "绿茶里面含有什么成分？ 占多少？")
    assert (
        f"line 3: {HELD} (held-out) says what {OTHER} (tuning) says, 1.00 of its trigrams; renumber or reword it"
        in (found(first, second, again))
    )


OTHERS = [no(f"zh-{word}", f"{word}呢？", ["咖啡"]) for word in ("甲", "乙", "丙", "丁", "戊", "己")]


def test_the_same_in_other_words(found: Callable[..., list[str]]) -> None:
    same = [entry(TUNING, "绿茶里面含有什么？"), entry(HELD, "哪些成分在青色饮料中？")]
    (line,) = found(*same, *OTHERS, subjects={"绿茶": "tea", "青色": "tea"})
    assert line == f"line 2: {HELD} (held-out) says what {TUNING} (tuning) says, cosine 1.00; renumber or reword it"
    assert found(*same, *OTHERS) == []


def test_the_same_in_the_other_language(found: Callable[..., list[str]]) -> None:
    english = [
        {**no(f"en-{word}", f"{word} then?", ["coffee"]), "language": "en"} for word in ("one", "two", "six", "ten")
    ]
    same = [entry(TUNING, "绿茶里面含有什么？"), entry(HELD, "What does green tea hold?", language="en")]
    (line,) = found(*same, *OTHERS, *english, subjects={"绿茶": "tea", "green": "tea"})
    assert line.startswith(f"line 2: {HELD} (held-out) says what {TUNING} (tuning) says, cosine 0.")
    assert found(*same, *OTHERS, *english) == []


def test_questions_of_nothing_but_stops(found: Callable[..., list[str]]) -> None:
    lines = found(entry(TUNING, "。。"), entry(HELD, "，、"))
    assert [line for line in lines if "says what" in line] == [
        f"line 2: {HELD} (held-out) says what {TUNING} (tuning) says, 1.00 of its trigrams; renumber or reword it"
    ]


def test_findings_come_in_the_order_of_the_set(found: Callable[..., list[str]]) -> None:
    lines = found(
        entry("a", "什么？", evidence=[[{"paragraph": "9-P9", "text": "x"}]]),
        no("b", "咖啡呢？"),
        entry("c", "哪里？", evidence=[[{"paragraph": "9-P9", "text": "y"}], [{"paragraph": "1-P2", "text": "z"}]]),
    )
    assert [line[:7] for line in lines] == ["line 1:", "line 3:", "line 3:", "line 2:"]


# Questions of the set in other words, and in the other language, with the id of the one they repeat.
PARAPHRASES = {
    "根据欧洲的报告，狼疮病人移植后的复发率是多少？": "zh-number-02",
    "靶向PD-1的CAR-NK是哪些人构建的？": "zh-name-02",
    "CAR-T治疗狼疮的首个病例是什么时候发表的？": "zh-date-01",
    "治疗狼疮的新型生物制剂有哪些？": "zh-name-03",
    "CAR-T治疗后会不会得第二种癌症？": "zh-colloquial-04",
    "When could the child with lupus stop dialysis?": "en-number-05",
    "What does BCMA mean?": "en-definition-01",
    "Name the first CAR-T drug that reached the market.": "en-name-04",
    "Why is HSCT not routinely used in lupus?": "en-reason-01",
    "What are the B cells like after they come back following CD19 CAR-T?": "en-mechanism-04",
}
TRANSLATIONS = {
    "What share of lupus patients relapsed after transplantation in the European report?": "zh-number-02",
    "Who made CAR-NK cells aimed at PD-1?": "zh-name-02",
    "In which month and year was the first lupus patient treated with CAR-T published?": "zh-date-01",
    "Which new biologic drugs have been used for lupus in recent years?": "zh-name-03",
    "那个患狼疮的孩子过了多少天停止透析？": "en-number-05",
    "BCMA这个缩写代表什么？": "en-definition-01",
    "第一款上市的CAR-T药物叫什么名字？": "en-name-04",
    "为什么造血干细胞移植没有成为狼疮的常规治疗？": "en-reason-01",
}


@pytest.mark.slow
@pytest.mark.parametrize(("twins", "found_of_them"), [(PARAPHRASES, 7), (TRANSLATIONS, 5)], ids=["same", "other"])
def test_twins_are_found_as_often_as_the_settings_say(
    library: Library, twins: dict[str, str], found_of_them: int
) -> None:
    items = load(default_sets())
    new = [
        Item(f"new-{number}", "zh" if text[-1] == "？" else "en", "twin", text, False, ())
        for number, text in enumerate(twins)
    ]
    pairs = {(a.id, b.id) for a, b, _ in duplicates([*items, *new], library.encoder)}
    caught = [id for number, id in enumerate(twins.values()) if (id, f"new-{number}") in pairs]
    assert len(caught) >= found_of_them

"""Evidence, the confidence made of it, and the words a source never uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import settings
from qa.answering.answer import ask, find
from qa.answering.evidence import (
    AGAINST,
    Chances,
    Coverage,
    Evidence,
    key_words,
    looked_up,
    on_topic,
    typed,
    unheard_of,
    weigh,
    without_form,
)
from qa.answering.question import Question
from qa.answering.reading import sentences
from qa.answering.retrieve import Candidate, retrieve

if TYPE_CHECKING:
    from index.library import Library

GOOD = {
    "odds": 2.0,
    "late": 15.0,
    "behind": 0.5,
    "fused_behind": 1.0,
    "held": 0.4,
    "name_missing": 0.0,
    "name_elsewhere": 0.0,
    "type_missing": 0.0,
    "expansion": 0.0,
}


def evidence(**changes: float) -> Evidence:
    return Evidence(**{**GOOD, **changes})


def of(library: Library, text: str, holding: str = "") -> Evidence:
    """The evidence for the best sentence that holds something."""
    question = Question.read(text)
    ranked = retrieve(library, question)
    read = sentences(library, question, ranked)
    weighed = dict(zip([candidate.row for candidate in read], weigh(library, question, read), strict=True))
    return weighed[next(c.row for c in ranked if holding in c.sentence.text)]


@pytest.mark.parametrize("name", sorted(settings.CHANCE))
def test_each_part_of_the_chance_counts_as_its_meaning_says(name: str) -> None:
    more, less = evidence(**{name: GOOD[name] + 0.5}).weight, evidence(**{name: GOOD[name] - 0.5}).weight
    assert (more < less) if name in AGAINST else (more > less)


NUMBERS = st.fixed_dictionaries({name: st.floats(-50, 50) for name in GOOD})


@given(found=st.lists(NUMBERS.map(lambda values: Evidence(**values)), min_size=1, max_size=12))
def test_chances_are_of_rivals(found: list[Evidence]) -> None:
    chances = Chances.of(found)
    assert all(0 <= chance <= 1 for chance in (*chances.sentences, chances.none))
    assert sum(chances.sentences) + chances.none == pytest.approx(1, abs=1e-4)
    assert 0 <= chances.confidence <= 1
    order = sorted(range(len(found)), key=lambda i: found[i].weight)
    assert [chances.sentences[i] for i in order] == sorted(chances.sentences)


def test_a_rival_as_good_shares_the_chance_and_speaks_for_an_answer_too() -> None:
    alone, both = Chances.of([evidence()]), Chances.of([evidence(), evidence()])
    assert both.sentences[0] == both.sentences[1] < alone.sentences[0]
    assert both.none < alone.none
    assert both.confidence > alone.confidence


@given(low=st.floats(-40, 40), high=st.floats(-40, 40))
def test_confidence_grows_with_what_speaks_for_an_answer(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert Chances.of([evidence(odds=low)]).confidence <= Chances.of([evidence(odds=high)]).confidence


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("个人所得税怎么申报？", ("个人所得税", "申报")),
        ("HSCT的原理是什么？", ()),
        ("怎样报销间充质干细胞的费用？", ("报销", "费用")),
        ("How are taxes declared?", ()),  # an English word says nothing of a Chinese source
    ],
)
def test_absent_words(library: Library, question: str, absent: tuple[str, ...]) -> None:
    assert Coverage.of(library, Question.read(question)).absent == absent


def test_an_absent_code_is_named_in_either_language(library: Library) -> None:
    for question in ("CD22是靶点吗？", "Is CD22 a target?"):
        assert [word.casefold() for word in Coverage.of(library, Question.read(question)).absent] == ["cd22"]


def test_a_question_without_words_is_wholly_unknown(library: Library) -> None:
    assert Coverage.of(library, Question.read("是什么？")).unknown_share == 1.0
    assert Coverage.of(library, Question.read("HSCT")).unknown_share == 0.0


def test_the_share_of_a_question_that_a_paragraph_holds(library: Library) -> None:
    coverage = Coverage.of(library, Question.read("HSCT的移植相关死亡率"))
    words = [word for word, _ in coverage.words]
    assert coverage.share(words) == pytest.approx(1.0)
    assert coverage.share([]) == 0.0
    assert 0 < coverage.share(words[:1]) < 1
    assert Coverage.of(library, Question.read("是什么？")).share(words) == 0.0


def test_weighing(library: Library) -> None:
    assert of(library, "移植相关死亡率是多少？", "15%").type_missing == 0.0
    assert of(library, "移植相关死亡率是多少？", "较高的移植相关死亡率").type_missing == 1.0
    assert of(library, "CAAR-NK 细胞是谁构建的？", "Meng").name_elsewhere == 0.0
    assert of(library, "CAAR-NK 细胞是谁构建的？", "Reighard").name_elsewhere == 1.0
    assert of(library, "MSC治疗的费用是多少钱？").type_missing == 1.0
    assert of(library, "CD22是CAR-T的靶点吗？").name_missing == 1.0
    assert of(library, "CD19是CAR-T的靶点吗？").name_missing == 0.0
    assert weigh(library, Question.read("CD19是CAR-T的靶点吗？"), []) == []


def test_the_reasons_of_a_refusal(library: Library) -> None:
    def found(text: str) -> tuple[Library, Question, list[Candidate]]:
        question = Question.read(text)
        return library, question, list(find(library, question).found)

    assert not on_topic(*found("今天北京天气怎么样？"))
    assert on_topic(*found("CAR-T是什么？"))
    assert not typed(*found("MSC治疗的费用是多少钱？"))
    assert typed(*found("移植相关死亡率是多少？"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("HSCT", True), ("CAR-T细胞疗法", True), ("HSCT是什么？", False), ("zzzz", False), ("what is HSCT", False)],
)
def test_key_words_are_looked_up(library: Library, text: str, expected: bool) -> None:
    question = Question.read(text)
    assert (
        any(looked_up(library, key_words(library, question), candidate) for candidate in find(library, question).found)
        == expected
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MSC治疗的费用是多少钱？", True),
        ("How expensive is CAR-T?", True),
        ("移植相关死亡率是多少？", False),
        ("HSCT是什么？", False),
        ("CAAR-NK 细胞是谁构建的？", False),
    ],
)
def test_values_whose_form_stands_nowhere(library: Library, text: str, expected: bool) -> None:
    question = Question.read(text)
    assert without_form(library, question, find(library, question).found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HIV", True),
        ("\x1b[2J", True),
        ("9XX，CD99", True),
        ("1997", True),
        ("HSCT", False),
        ("HIV HSCT", False),
        ("HIV感染", False),
        ("hiv", False),
        ("Was HIV found?", False),
        ("", False),
    ],
)
def test_names_that_the_library_has_not(library: Library, text: str, expected: bool) -> None:
    question = Question.read(text)
    assert unheard_of(library, question, key_words(library, question)) == expected


@pytest.mark.parametrize("text", ["MSC治疗的费用是多少钱？", "How expensive is CAR-T?", "HIV", "9XX，CD99", "\x1b[2J"])
def test_what_is_not_there_is_refused(library: Library, text: str) -> None:
    answer = ask(library, text)
    assert not answer.answered
    assert answer.confidence <= settings.NOT_THERE

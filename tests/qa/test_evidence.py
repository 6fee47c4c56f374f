"""Evidence, the confidence made of it, and the words a source never uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import settings
from qa.evidence import Coverage, Evidence, weigh
from qa.question import Question
from qa.retrieve import retrieve

if TYPE_CHECKING:
    from index.library import Library

GOOD = {
    "cosine": 0.3,
    "latent": 0.4,
    "topic": 0.3,
    "unknown": 0.0,
    "name_missing": 0.0,
    "wholly_held": False,
    "named": True,
    "type_missing": 0.0,
}


def evidence(**changes: object) -> Evidence:
    return Evidence(**{**GOOD, **changes})  # type: ignore[arg-type]


def of(library: Library, text: str) -> Evidence:
    question = Question.read(text)
    return weigh(library, question, retrieve(library, question))


def test_missing_things_lower_the_confidence() -> None:
    whole = evidence().confidence()
    assert evidence(type_missing=1.0).confidence() < whole
    assert evidence(name_missing=1.0).confidence() < whole
    assert evidence(latent=0.1).confidence() < whole
    assert evidence(topic=0.1).confidence() < whole


def test_off_topic_has_its_own_confidence() -> None:
    off = evidence(named=False, cosine=0.05, topic=0.05)
    assert not off.on_topic
    assert off.confidence() == settings.OFF_TOPIC < settings.CONFIDENCE_MIN


def test_a_known_name_is_on_topic_whatever_its_cosines() -> None:
    assert evidence(named=True, cosine=0.0, topic=0.0).on_topic


def test_wholly_held_lifts_the_confidence_to_its_floor() -> None:
    poor = {"latent": 0.0, "topic": 0.0, "type_missing": 1.0}
    assert evidence(**poor).confidence() < settings.CONFIDENCE_MIN
    assert evidence(**poor, wholly_held=True).confidence() == settings.WHOLLY_HELD


@given(
    cosine=st.floats(-1, 1),
    latent=st.floats(0, 1),
    topic=st.floats(-1, 1),
    unknown=st.floats(0, 1),
    name_missing=st.sampled_from([0.0, 1.0]),
    type_missing=st.sampled_from([0.0, 1.0]),
    wholly_held=st.booleans(),
    named=st.booleans(),
)
def test_confidence_is_a_probability(**values: object) -> None:
    assert 0 <= evidence(**values).confidence() <= 1


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


def test_weighing(library: Library) -> None:
    assert of(library, "移植相关死亡率是多少？").type_missing == 0.0
    assert of(library, "MSC治疗的费用是多少钱？").type_missing == 1.0
    assert of(library, "CD22是CAR-T的靶点吗？").name_missing == 1.0
    assert of(library, "CD19是CAR-T的靶点吗？").name_missing == 0.0
    assert not of(library, "今天北京天气怎么样？").on_topic
    assert of(library, "CAR-T是什么？").named

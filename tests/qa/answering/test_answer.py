"""Answers from the real review: what is said, what is refused, and that nothing else changes them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import settings as constants
from qa.answering.answer import Answer, ask
from qa.record import answer_record

if TYPE_CHECKING:
    from index.library import Library

WHO = "CAAR-NK 细胞是谁构建的？"
DRUG = "AB-101 was combined with which drug?"
TAX = "个人所得税怎么申报？"
COST = "MSC 治疗的费用是多少？"


def said(library: Library, question: str, top: int = constants.QUOTES_TOP) -> bytes:
    return json.dumps(answer_record(ask(library, question, top)), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("question", "paragraph", "highlight"),
    [
        (WHO, "4-P2", "Meng"),
        ("CAAR-NK 細胞是誰構建的？", "4-P2", "Meng"),
        (DRUG, "4-P1", "利妥昔单抗"),
        ("AB-101联合了哪种药物？", "4-P1", "利妥昔单抗"),
        ("How many SLE patients were in the HSCT multicentre trial?", "1-P2", "339例"),
    ],
)
def test_the_first_quote_answers(library: Library, question: str, paragraph: str, highlight: str) -> None:
    answer = ask(library, question)
    first = answer.quotes[0]
    assert (answer.answered, answer.reason, answer.nearest) == (True, None, ())
    assert first.paragraph.id == paragraph
    assert [first.text[a:b] for a, b in first.highlights] == [highlight]
    assert constants.CONFIDENCE_MIN <= answer.confidence <= 1


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        (WHO, "CAAR-NK 細胞是誰構建的？"),
        ("HSCT的原理是什么？", "HSCT的原理是什麼？"),
        ("移植相关死亡率是多少？", "移植相關死亡率是多少？"),
        ("CAR-NK相比CAR-T有什么优势？", "CAR-NK相比CAR-T有什麼優勢？"),
    ],
)
def test_traditional_is_answered_as_simplified(library: Library, simplified: str, traditional: str) -> None:
    first, other = ask(library, simplified).quotes[0], ask(library, traditional).quotes[0]
    assert (first.start, first.end, first.highlights) == (other.start, other.end, other.highlights)


@pytest.mark.parametrize("question", [TAX, "今天北京天气怎么样？", "How do I file my income tax?"])
def test_off_topic_is_refused_with_nothing_beside_it(library: Library, question: str) -> None:
    answer = ask(library, question)
    assert not answer.answered
    assert (answer.quotes, answer.nearest) == ((), ())
    assert answer.reason in ("原文不涉及这个话题", "the source does not speak of this subject")
    assert answer.confidence < constants.CONFIDENCE_MIN


def test_a_near_miss_is_refused_with_what_stands_nearest(library: Library) -> None:
    answer = ask(library, COST)
    assert (answer.answered, answer.quotes) == (False, ())
    assert 1 <= len(answer.nearest) <= constants.NEAREST
    assert answer.absent == ("费用",)
    assert len(ask(library, COST, top=1).nearest) == 1


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "there is no question here"),
        ("？？", "there is no question here"),
        ("你好", "这不是关于原文的问题；请就原文内容提问"),
        ("hello", "this asks nothing of the source; ask about what it says"),
        ("长" * 3000, "问题太长：最多 2000 个字符"),
        ("long " * 3000, "the question is too long: at most 2000 characters are read"),
    ],
    ids=lambda value: value[:12],
)
def test_what_is_no_question_is_refused(library: Library, question: str, reason: str) -> None:
    answer = ask(library, question)
    assert (answer.answered, answer.confidence, answer.quotes, answer.nearest) == (False, 0.0, (), ())
    assert answer.reason == reason


def test_a_question_gives_the_same_bytes_alone_twice_and_after_others(library: Library) -> None:
    questions = [WHO, DRUG, TAX, COST, "HSCT的原理是什么？"]
    alone = {question: said(library, question) for question in questions}
    for question in [*reversed(questions), *questions]:
        assert said(library, question) == alone[question]


def test_a_freshly_opened_index_gives_the_same_bytes(library: Library) -> None:
    from qa.service import open_library

    assert said(open_library(), WHO) == said(library, WHO)


@pytest.mark.parametrize("top", [1, 2, 3, 5])
def test_top_is_respected(library: Library, top: int) -> None:
    several = ask(library, "What are the side effects of CAR-T?", top).quotes
    five = ask(library, "What are the side effects of CAR-T?", 5).quotes
    assert len(five) > 2
    assert several == five[:top]


@pytest.mark.parametrize("top", [0, -3])
def test_top_must_be_positive(library: Library, top: int) -> None:
    with pytest.raises(ValueError, match=f"top must be at least 1, found {top}"):
        ask(library, WHO, top)


def test_the_invariants_of_an_answer(library: Library) -> None:
    answer, refusal = ask(library, WHO), ask(library, COST)
    for broken in (
        {"quotes": ()},
        {"reason": "because"},
        {"answered": False},
        {"answered": False, "reason": "because"},
        {"nearest": answer.quotes},
    ):
        with pytest.raises(ValueError, match=r"quotes|nearest"):
            replace(answer, **broken)
    for broken in ({"quotes": refusal.nearest}, {"reason": None}, {"reason": ""}, {"answered": True}):
        with pytest.raises(ValueError, match="an answer has quotes"):
            replace(refusal, **broken)


@settings(deadline=None, max_examples=30)
@given(text=st.text(st.characters(), max_size=30) | st.text("细胞治疗谁多少CAR-T NK when which drug?？", max_size=30))
def test_any_text_gets_an_answer_or_a_refusal(library: Library, text: str) -> None:
    answer = ask(library, text)
    assert isinstance(answer, Answer)
    assert answer.answered == bool(answer.quotes) != bool(answer.reason)
    assert not (answer.answered and answer.nearest)
    assert 0 <= answer.confidence <= 1
    assert answer.answered == (answer.confidence >= constants.CONFIDENCE_MIN)
    json.dumps(answer_record(answer), ensure_ascii=False).encode()

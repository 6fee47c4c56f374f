"""Questions as understood: language, wanted answer, parts, and what cannot be answered at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import settings
from qa.answering.question import Question, clean


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("什么是狼疮？", "zh"),
        ("什麼是狼瘡？", "zh"),
        ("CAAR-NK 细胞是谁构建的？", "zh"),
        ("ＣＡＲ－Ｔ是什么", "zh"),
        ("狼疮 lupus", "zh"),
        ("What is lupus?", "en"),
        ("What does 引证 mean in English usage?", "en"),
        ("IL-37", "en"),
        ("28.1%", "en"),
        ("", "en"),
    ],
)
def test_language(question: str, language: str) -> None:
    assert Question.read(question).language == language


@pytest.mark.parametrize(
    ("wanted", "question"),
    [
        ("percent", "缓解率是多少？"),
        ("percent", "移植的死亡率有多高"),
        ("percent", "What percentage of patients relapsed?"),
        ("count", "纳入了多少例患者？"),
        ("count", "How many patients were treated?"),
        ("duration", "多久之后停止透析？"),
        ("duration", "How long was the follow-up?"),
        ("duration", "How many weeks did it take?"),
        ("score", "评分降了几分？"),
        ("score", "What was the SLEDAI score?"),
        ("age", "患者多大年纪？"),
        ("age", "How old was the patient?"),
        ("money", "治疗要花多少钱？"),
        ("money", "How much does the therapy cost?"),
        ("dose", "输注剂量是多少？"),
        ("dose", "What dose of cells was infused?"),
        ("date", "什么时候批准的？"),
        ("date", "When was Kymriah approved?"),
        ("trial", "注册编号是什么？"),
        ("trial", "What is the NCT number?"),
        ("person", "谁构建了CAAR-NK细胞？"),
        ("person", "Who built the CAAR-NK cells?"),
        ("organisation", "哪个学会报告了结果？"),
        ("organisation", "Which society reported the results?"),
        ("place", "在哪里获批上市？"),
        ("place", "Where was it approved?"),
        ("drug", "联合了哪种药物？"),
        ("drug", "AB-101 was combined with which drug?"),
        ("website", "试验登记在哪个网站？"),
        ("website", "Which website lists the trials?"),
        ("number", "样本量多大？"),
        ("expansion", "HSCT是什么的缩写？"),
        ("expansion", "HSCT的全稱是什麼？"),
        ("expansion", "What does HSCT stand for?"),
        ("passage", "HSCT的原理是什么？"),
        ("passage", "How does HSCT work?"),
    ],
)
def test_wanted(wanted: str, question: str) -> None:
    assert Question.read(question).wanted == wanted


@pytest.mark.parametrize(
    "question", ["誰構建了細胞？", "ＷＨＯ built the cells?", "WHO BUILT THE CELLS?", "who\u00a0built\tthe cells?"]
)
def test_wanted_is_read_from_the_normal_form(question: str) -> None:
    assert Question.read(question).wanted == "person"


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("CAR-T和CAR-NK有什么区别？", True),
        ("两者的疗效分别如何？", True),
        ("哪些并发症常见？", True),
        ("What is the difference between CAR-T and CAR-NK?", True),
        ("List the registered trials", True),
        ("How do HSCT and MSC compare?", True),
        ("HSCT的原理是什么？", False),
        ("How does HSCT work?", False),
        ("谁构建了CAAR-NK细胞？", False),
    ],
)
def test_several(question: str, several: bool) -> None:
    assert Question.read(question).several is several


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("", "empty"),
        (" \t\r\n", "empty"),
        ("？？!…", "empty"),
        ("\u200b\ufeff", "empty"),
        ("\x00\x1b", "empty"),
        ("\ud800", "empty"),
        ("😀", "empty"),
        ("你好", "greeting"),
        ("您好！", "greeting"),
        ("測試", "greeting"),
        ("你是谁？", "greeting"),
        ("Hello there!", "greeting"),
        ("THANK YOU", "greeting"),
        ("who are you?", "greeting"),
        ("a" * (settings.QUESTION_CHARACTERS_MAX + 1), "too long"),
        ("a" * settings.QUESTION_CHARACTERS_MAX, None),
        ("你好，什么是HSCT？", None),
        ("hello, what is HSCT?", None),
        ("A", None),
        ("7", None),
        ("狼", None),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_problem(question: str, problem: str | None) -> None:
    assert Question.read(question).problem == problem


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  什么是\n\tHSCT？ ", "什么是 HSCT？"),
        ("a\x00b", "a b"),
        ("a\x1b[31mb", "a [31mb"),
        ("a\u202eb\u2066c", "abc"),
        ("lu\u200bp\u00adus", "lupus"),
        ("a\ud800b", "a b"),
        ("a\u2028b\u2029c", "a b c"),
        ("CAAR‐NK é 😀", "CAAR‐NK é 😀"),
    ],
    ids=ascii,
)
def test_clean(raw: str, text: str) -> None:
    assert clean(raw) == text
    assert Question.read(raw).text == text


@given(text=st.text(st.characters(), max_size=settings.QUESTION_CHARACTERS_MAX))
def test_any_text_is_read_clean(text: str) -> None:
    question = Question.read(text)
    assert not {unicodedata.category(c) for c in question.text} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert question.text == question.text.strip()
    assert question.problem != "too long"
    assert Question.read(question.text) == question


@given(text=st.text(st.sampled_from("你好吗谢谢 hello thanks,.!?\n谁多少when率nct\ud800"), max_size=40))
def test_words_of_questions_in_any_order_are_read(text: str) -> None:
    question = Question.read(text)
    assert question.language in ("zh", "en")
    assert question.problem in (None, "empty", "greeting")


@given(text=st.text(st.characters(), min_size=1, max_size=50))
def test_too_long_is_never_read_further(text: str) -> None:
    question = Question.read(text * (settings.QUESTION_CHARACTERS_MAX + 1))
    assert (question.problem, question.wanted, question.several) == ("too long", "passage", False)
    assert len(question.text) <= settings.QUESTION_CHARACTERS_MAX

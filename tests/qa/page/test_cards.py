"""A turn as pure text: what is shown, that it is verbatim, and that nothing foreign is markup."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from fake import Silent
from hypothesis import given
from hypothesis import strategies as st
from seen import Seen, check

from index.errors import NotFound
from index.library import Library
from index.records import Document, Paragraph, Section, Span
from index.text import hidden
from qa.answering.answer import Answer
from qa.answering.question import clean
from qa.answering.quotes import Quote
from qa.conversation.turn import Turn
from qa.gloss import Gloss, Glosser
from qa.page import cards, words
from qa.record import answer_record
from qa.web.export import export

ATTACK = "<script>window.pwned=1</script> **b** $x$ ![](http://e.test/a.png) [a](javascript:b) `c` ${d} {{e}} & \"'"


def quoted(text: str, highlights: tuple[tuple[int, int], ...] = (), title: str = "t", score: float = 0.7) -> Quote:
    span = Span(0, len(text))
    paragraph = Paragraph("1-P1", Section("1", (title,), None), 0, len(text), "zh", (span,))
    document = Document(title, title, title, "zh", "0" * 64, text, (), (paragraph,))
    return Quote(document, paragraph, 0, len(text), text, text, highlights, score, "zh")


def drawn(answer: Answer, glosser: Glosser | None = None, **changes: Any) -> Seen:
    """What the turn of an answer looks like."""
    turn = Turn("0f", "typed", answer.question, (), answer_record(answer))
    library: Any = copy.copy(turn)  # anything that has a `document`
    known = {quote.document.id: quote.document for quote in (*answer.quotes, *answer.nearest)}
    library = type("Shelf", (), {"document": staticmethod(known.__getitem__), "listed": tuple(known.values())})()
    turn = Turn(**({name: getattr(turn, name) for name in Turn.__slots__} | changes))
    return check(cards.answered(turn, library, glosser or Silent()))


def answer(*quotes: Quote, language: str = "en", confidence: float = 0.8) -> Answer:
    return Answer("q", language, True, confidence, None, quotes, (), (), "f")  # type: ignore[arg-type]


def refusal(*nearest: Quote, language: str = "en", reason: str = "no") -> Answer:
    return Answer("q", language, False, 0.1, reason, (), nearest, (), "f")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "found", "confidence", "refused", "nearest", "chip"),
    [
        (
            "zh",
            "原文中有 2 处回答： 把握高（80%）",
            "把握中（70%）",
            "没有可引的回答：no。",
            "最接近的原文（不能回答这个问题）：",
            "t · 1-P1 · 第 1 行",
        ),
        (
            "en",
            "2 passages answer this: High confidence (80%)",
            "Medium confidence (70%)",
            "Not answered: no.",
            "Nearest passages (these do not answer):",
            "t · 1-P1 · line 1",
        ),
    ],
)
def test_an_answer_speaks_the_language_of_its_question(
    language: str, found: str, confidence: str, refused: str, nearest: str, chip: str
) -> None:
    seen = drawn(answer(quoted("a"), quoted("b"), language=language))
    assert seen.of("p") == [found]
    assert seen.of("span", "yz-confidence")[1:] == [confidence, confidence]
    assert seen.of("a", "yz-chip") == [chip, chip]
    assert drawn(refusal(quoted("a"), language=language)).of("p") == [refused, nearest]


def test_one_passage_is_not_plural_and_has_one_confidence() -> None:
    seen = drawn(answer(quoted("a"), confidence=0.85))
    assert seen.of("p") == ["1 passage answers this:"]
    assert seen.of("span", "yz-confidence") == ["High confidence (85%)"]


@pytest.mark.parametrize(
    ("confidence", "shown"),
    [
        (1.0, "High confidence (99%)"),
        (0.8953, "High confidence (90%)"),
        (0.7, "Medium confidence (70%)"),
        (0.42, "Low confidence (42%)"),
    ],
)
def test_confidence_in_words_agrees_with_its_number(confidence: float, shown: str) -> None:
    assert words.likely("confidence", confidence, "en") == shown


def test_a_refusal_says_what_was_looked_for_and_draws_no_answer() -> None:
    found = refusal(quoted("a Meng b", ((2, 6),)))
    seen = drawn(found, looked=("meng", "b"), absent=("b",), suggestions=("What is c?",))
    assert seen.of("p", "yz-looked") == ["Looked for: meng, b"]
    assert seen.of("p", "yz-absent") == ["These words never occur in the source: b"]
    assert seen.of("figure", "yz-near")
    assert seen.of("span", "yz-not") == ["Does not answer"]
    assert not seen.of("figure", "yz-card")
    assert not seen.of("mark")
    assert seen.of("div", "yz-next") == ["Questions the source does answer:What is c?"]
    assert seen.values("href", "a", "yz-ask") == ["#ask=What%20is%20c%3F"]


def test_a_follow_up_shows_how_it_was_understood() -> None:
    seen = drawn(answer(quoted("a")), carried=("MSC",), question="MSC有什么风险？")
    assert seen.of("p", "yz-understood") == ["Understood as: MSC有什么风险？ Ask as typed"]
    assert seen.values("href", "a", "yz-undo") == ["#alone=0f"]
    assert not drawn(answer(quoted("a"))).of("p", "yz-understood")


def test_a_gloss_is_named_a_dictionarys_and_only_for_the_other_language() -> None:
    glosser = Silent(Gloss("细胞", ("cell",), "dictionary"), Gloss("间充质", ("mesenchymal", "MSC"), "text"))
    seen = drawn(answer(quoted("细胞")), glosser)
    assert "not a translation" in seen.of("summary")[0]
    assert seen.of("dd") == ["cell", "mesenchymal, MSC the source’s own"]
    assert not drawn(answer(quoted("细胞"), language="zh"), glosser).of("details")


def test_a_page_stands_in_place_of_lines() -> None:
    record = answer_record(answer(quoted("a")))
    record["quotes"][0]["page"] = 7
    assert drawn(answer(quoted("a")), record=record).of("a", "yz-chip") == ["t · 1-P1 · page 7"]


def test_only_a_text_file_has_lines() -> None:
    for format, chip in (("md", "t · 1-P1 · line 1"), ("docx", "t · 1-P1"), ("html", "t · 1-P1")):
        quote = quoted("a")
        made = replace(quote, document=replace(quote.document, format=format))  # type: ignore[arg-type]
        assert drawn(answer(made)).of("a", "yz-chip") == [chip]


def test_a_narrowed_question_says_what_was_asked() -> None:
    seen = drawn(answer(quoted("a")), asked=2, among=9, titles=("One", ATTACK), only="zh")
    assert seen.of("p", "yz-narrowed") == [f"Asked only 2 of 9 documents: One, {ATTACK} · Chinese paragraphs only"]
    seen = drawn(refusal(language="zh"), asked=7, among=9, titles=("甲", "乙"))
    assert seen.of("p", "yz-narrowed") == ["只问了 9 份文献中的 7 份：甲、乙…"]
    assert not drawn(answer(quoted("a"))).of("p", "yz-narrowed")


def test_where_else_the_words_stand_is_said_everywhere() -> None:
    record = answer_record(answer(quoted("a")))
    record["quotes"][0]["also"] = ["Other · 2-P1", ATTACK]
    seen = drawn(answer(quoted("a")), record=record)
    assert seen.of("div", "yz-also") == [f"Also in: Other · 2-P1{ATTACK}"]
    assert seen.of("pre", "yz-text")[0].endswith(f"  Also in: Other · 2-P1\n  Also in: {ATTACK}")
    turn = Turn("0f", "typed", "q", (), record, asked=1, among=2, titles=("One <b>",))
    for format in ("markdown", "html"):
        text = export([turn], format, datetime(2026, 1, 2))["text"]  # type: ignore[arg-type]
        assert "Also in: Other · 2-P1" in text
        assert "Asked only 1 of 2 documents: One" in text
        assert "<script>" not in text
        assert "<b>" not in text.replace("\\<b\\>", "")


def test_a_quote_whose_document_is_gone_leads_nowhere() -> None:
    shelf: Any = type("Shelf", (), {"document": staticmethod(_nowhere), "listed": ()})()
    turn = Turn("0f", "typed", "q", (), answer_record(answer(quoted("答案", title=ATTACK))))
    seen = check(cards.answered(turn, shelf, Silent()))
    assert seen.of("span", "yz-gone") == [f"{ATTACK} · 1-P1 · document removed"]
    assert not seen.of("a", "yz-chip")
    assert seen.values("lang", "blockquote") == ["zh-Hans"]


def test_among_several_documents_a_quote_names_its_own() -> None:
    seen = drawn(answer(quoted("a", title="One"), quoted("b", title=ATTACK)))
    assert seen.of("a", "yz-chip") == [
        "One · One · 1-P1 · line 1",
        f"{ATTACK[:48].rstrip()}… · {ATTACK} · 1-P1 · line 1",
    ]


def _nowhere(id: str) -> Document:
    raise NotFound(f"no document {id!r}")


def test_a_highlight_that_cannot_be_placed_is_not_marked() -> None:
    seen = drawn(answer(quoted("abcdef", ((1, 3), (2, 4), (3, 3), (5, 9), (4, 5)))))
    assert seen.of("mark") == ["bc", "e"]
    assert seen.of("blockquote") == ["abcdef"]


def test_attacks_are_shown_literally_wherever_they_stand() -> None:
    seen = drawn(answer(quoted(ATTACK, ((0, 8),), title=ATTACK)), suggestions=(ATTACK,))
    assert seen.of("blockquote") == [ATTACK]
    assert ATTACK in seen.of("a", "yz-chip")[0]
    assert ATTACK in (seen.values("title", "a", "yz-chip")[0] or "")
    assert seen.of("a", "yz-ask") == [ATTACK]
    seen = drawn(refusal(reason=ATTACK), looked=(ATTACK,), absent=(ATTACK,), carried=("x",), question=ATTACK)
    for kind in ("yz-refused", "yz-looked", "yz-absent", "yz-understood"):
        assert ATTACK in seen.of("p", kind)[0]
    seen = drawn(answer(quoted("a")), Silent(Gloss(ATTACK, (ATTACK,), "dictionary")))
    assert seen.of("dt") == seen.of("dd") == [ATTACK]
    assert check(cards.failed(ATTACK)).of("p") == [ATTACK]


@given(text=st.text(min_size=1), mark=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_any_quote_is_shown_whole(text: str, mark: tuple[int, int]) -> None:
    assert drawn(answer(quoted(text, (mark,)))).of("blockquote") == [hidden.marked(text)]


@given(text=st.text(st.characters()))
def test_any_message_is_shown_clean(text: str) -> None:
    assert check(cards.asked(text)).of("div") == [clean(text)]


def test_an_overlong_message_is_cut_visibly() -> None:
    shown = check(cards.asked("长" * 100_000)).of("div")[0]
    assert shown.endswith("长…")
    assert len(shown) < 3_000


def test_our_errors_are_one_line() -> None:
    assert check(cards.failed("the file\n<b>changed</b>")).of("p", "yz-error") == ["the file\n<b>changed</b>"]


def test_the_copies_of_a_card_are_the_quote_and_its_citation(library: Library) -> None:
    from qa.answering.answer import ask

    found = ask(library, "CAAR-NK 细胞是谁构建的？")
    turn = Turn("0f", "q", "q", (), answer_record(found))
    seen = check(cards.answered(turn, library, Silent()))
    record = turn.record["quotes"][0]
    assert seen.of("pre", "yz-text")[0] == f"{record['text']}\n— {record['citation']}"
    assert seen.of("blockquote") == [quote.text for quote in found.quotes]
    assert seen.of("mark") == [quote.text[a:b] for quote in found.quotes for a, b in quote.highlights]


def test_every_word_stands_in_both_languages() -> None:
    for name in words.names():
        zh, en = (words.of(name, language, **_VALUES) for language in ("zh", "en"))  # type: ignore[arg-type]
        assert zh
        assert en
        assert zh != en


_VALUES = dict.fromkeys("n band percent first last page reason words rule among titles done total".split(), "1")

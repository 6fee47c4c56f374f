"""The chat's reply as pure text: what is shown, that it is verbatim, and that nothing foreign is markup."""

from __future__ import annotations

import threading
import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import InputError, SourceError
from index.records import Document, Paragraph, Section, Span
from qa import chat, page
from qa.answer import Answer, ask
from qa.question import clean
from qa.quotes import Quote

if TYPE_CHECKING:
    from pathlib import Path

    from index.library import Library

ATTACK = "<script>window.pwned=1</script> **b** $x$ ![](http://e.test/a.png) [a](javascript:b) `c` ${d} {{e}} & \"'"
TAGS = {"div", "p", "span", "b", "section", "figure", "blockquote", "figcaption", "mark"}


class Seen(HTMLParser):
    """The elements of a message and the text of those named."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str, str]] = []
        self.attributes: set[str] = set()
        self.feed(message)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        self.attributes |= {name for name, _ in attrs}
        self.open.append((tag, dict(attrs).get("class") or ""))
        self.texts.append((*self.open[-1], ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        assert self.open, data
        depth = len(self.open)
        # Every open element holds this text; the latest of each name and class is the open one.
        for name in self.open[:depth]:
            at = max(i for i, text in enumerate(self.texts) if text[:2] == name)
            self.texts[at] = (*name, self.texts[at][2] + data)

    def of(self, tag: str, kind: str = "") -> list[str]:
        return [text for name, kinds, text in self.texts if name == tag and (not kind or kind in kinds.split())]


def check(message: str) -> Seen:
    """One line of balanced, attribute-poor HTML, opened by a block element: Markdown cannot act in it."""
    assert message.startswith("<div class=")
    assert not set(message) & set("\r\n\t")
    seen = Seen(message)
    assert seen.attributes <= {"class", "dir", "lang", "role"}
    return seen


def quoted(text: str, highlights: tuple[tuple[int, int], ...] = (), title: str = "t") -> Quote:
    span = Span(0, len(text))
    paragraph = Paragraph("1-P1", Section("1", (title,), None), 0, len(text), "zh", (span,))
    document = Document("d", title, title, "zh", "0" * 64, text, (), (paragraph,))
    return Quote(document, paragraph, 0, len(text), text, text, highlights, 1.0)


def answer(*quotes: Quote, language: str = "en", confidence: float = 0.8) -> Answer:
    return Answer("q", language, True, confidence, None, quotes, (), (), "f")  # type: ignore[arg-type]


def refusal(*nearest: Quote, language: str = "en", unknown: tuple[str, ...] = (), reason: str = "no") -> Answer:
    return Answer("q", language, False, 0.1, reason, (), nearest, unknown, "f")  # type: ignore[arg-type]


def test_reply_quotes_marks_and_cites(library: Library) -> None:
    seen = check(chat.reply(library, "CAAR-NK 细胞是谁构建的？"))
    assert "Meng" in seen.of("mark")
    assert seen.of("div", "yz-card")
    assert "4-P2" in seen.of("figcaption")[0]
    assert "NK细胞疗法" in seen.of("figcaption")[0]


@pytest.mark.parametrize(
    "question", ["CAAR-NK 细胞是谁构建的？", "What is the difference between CAR-Treg and TCR-Treg?"]
)
def test_what_is_shown_is_what_was_quoted(library: Library, question: str) -> None:
    expected = ask(library, question)
    seen = check(chat.reply(library, question))
    assert seen.of("blockquote") == [quote.text for quote in expected.quotes]
    assert seen.of("mark") == [quote.text[a:b] for quote in expected.quotes for a, b in quote.highlights]


def test_refusal_has_no_card(library: Library) -> None:
    seen = check(chat.reply(library, "今天北京天气怎么样？"))
    assert seen.of("p", "yz-refused")[0].startswith("没有可引的回答：")
    assert "天气" in seen.of("p", "yz-unknown")[0]
    assert not seen.of("div", "yz-card")
    assert not seen.of("mark")


@pytest.mark.parametrize(
    ("language", "found", "refused", "nearest"),
    [
        ("zh", "原文中有 2 处相关： 把握：高（80%）", "没有可引的回答：no。", "最接近的原文，但不能回答这个问题："),
        (
            "en",
            "2 passages answer this: high confidence (80%)",
            "Not answered: no.",
            "Nearest passages; these do not answer:",
        ),
    ],
)
def test_labels_speak_the_language_of_the_question(language: str, found: str, refused: str, nearest: str) -> None:
    assert check(page.answered(answer(quoted("a"), quoted("b"), language=language))).of("p") == [found]
    assert check(page.answered(refusal(quoted("a"), language=language))).of("p") == [refused, nearest]


def test_one_passage_is_not_plural() -> None:
    assert check(page.answered(answer(quoted("a")))).of("p")[0].startswith("1 passage answers this:")


@pytest.mark.parametrize(
    ("confidence", "shown"),
    [
        (1.0, "high confidence (99%)"),
        (0.8953, "high confidence (90%)"),
        (0.7, "medium confidence (70%)"),
        (0.42, "low confidence (42%)"),
    ],
)
def test_confidence_in_words_agrees_with_its_number(confidence: float, shown: str) -> None:
    assert check(page.answered(answer(quoted("a"), confidence=confidence))).of("span") == [shown]


def test_nearest_passages_are_never_drawn_as_answers() -> None:
    seen = check(page.answered(refusal(quoted("a Meng b", ((2, 6),)))))
    assert seen.of("section", "yz-nearest")
    assert not seen.of("div", "yz-card")
    assert not seen.of("mark")


def test_a_highlight_that_cannot_be_placed_is_not_marked() -> None:
    seen = check(page.answered(answer(quoted("abcdef", ((1, 3), (2, 4), (3, 3), (5, 9), (4, 5))))))
    assert seen.of("mark") == ["bc", "e"]
    assert seen.of("blockquote") == ["abcdef"]


def test_attacks_are_shown_literally_wherever_they_stand() -> None:
    drawn = answer(quoted(ATTACK, ((0, 8),), title=ATTACK))
    seen = check(page.answered(drawn))
    assert seen.of("blockquote") == [ATTACK]
    assert ATTACK in seen.of("figcaption")[0]
    seen = check(page.answered(refusal(unknown=(ATTACK,), reason=ATTACK)))
    assert ATTACK in seen.of("p", "yz-refused")[0]
    assert ATTACK in seen.of("p", "yz-unknown")[0]
    assert check(page.failed(ATTACK)).of("p") == [ATTACK]


@given(text=st.text(min_size=1), mark=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_any_quote_is_shown_whole(text: str, mark: tuple[int, int]) -> None:
    assert check(page.answered(answer(quoted(text, (mark,))))).of("blockquote") == [text]


@given(text=st.text(st.characters()))
def test_any_message_is_shown_clean(text: str) -> None:
    assert check(page.asked(text)).of("div") == [clean(text)]


@settings(deadline=None, max_examples=25)
@given(text=st.text(st.characters()) | st.text("<>&\"'/=!-ab 细胞*$`[]()\\\n", min_size=1))
def test_no_question_becomes_markup(library: Library, text: str) -> None:
    check(chat.reply(library, text))


def test_an_overlong_message_is_cut_visibly(library: Library) -> None:
    shown = check(page.asked("长" * 100_000)).of("div")[0]
    assert shown.endswith("长…")
    assert len(shown) < 3_000
    assert "太长" in check(chat.reply(library, "长" * 100_000)).of("p")[0]


def test_our_errors_are_one_line(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Answer:
        raise SourceError("the file\n<b>changed</b>", "run `yinzheng index build`")

    monkeypatch.setattr(chat, "ask", fail)
    seen = check(chat.reply(library, "q"))
    assert seen.of("p", "yz-error") == ["the file <b>changed</b>; run `yinzheng index build`"]


def test_other_errors_are_logged_and_not_shown(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> Answer:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(chat, "ask", fail)
    message = chat.reply(library, "q")
    assert "Internal error" in check(message).of("p", "yz-error")[0]
    assert "secret" not in message
    assert "secret" in caplog.text


def test_questions_are_answered_one_at_a_time(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []
    most: list[int] = []

    def slow(*_: object) -> Answer:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.01)
        inside.pop()
        return refusal()

    monkeypatch.setattr(chat, "ask", slow)
    threads = [threading.Thread(target=chat.reply, args=(library, "q")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6


def test_every_section_has_examples(library: Library) -> None:
    review = library.document(page.REVIEW)
    assert [section.number for section, _ in review.sections()] == list(page.EXAMPLES)
    assert [title for title, _ in page.examples(library)] == [section.titles[-1] for section, _ in review.sections()]


@pytest.mark.parametrize(
    ("number", "language", "question"),
    [(n, language, q) for n, pair in page.EXAMPLES.items() for language, q in zip(("zh", "en"), pair, strict=True)],
)
def test_every_example_is_answered_from_its_section(
    library: Library, number: str, language: str, question: str
) -> None:
    found = ask(library, question)
    assert found.answered
    assert found.language == language
    # The Chinese and the English abstract say the same.
    twins = {"zh", "en"} if number in ("zh", "en") else {number}
    assert twins & {quote.paragraph.section.number for quote in found.quotes}


def test_sources_names_every_document(library: Library) -> None:
    note = page.sources(library)
    for document in library.documents:
        assert page.safe(document.title) in note
        assert page.safe(document.file) in note


def test_users_are_read(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("\ufeffana:p:q\n\n 李:秘密 \n", encoding="utf-8")
    assert chat.read_users(path) == [("ana", "p:q"), ("李", "秘密")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "names no user"),
        (b"ana:hunter2\nhunter3\n", "line 2 of"),
        (b":hunter2\n", "line 1 of"),
        (b"ana:\n", "line 1 of"),
        (b"ana:hunter2\nana:hunter3\n", "names 'ana' again"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_bad_auth_file_is_one_clean_error(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "users"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        chat.read_users(path)
    assert "hunter" not in str(caught.value)


def test_a_missing_auth_file_is_one_clean_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the auth file"):
        chat.read_users(tmp_path / "none")

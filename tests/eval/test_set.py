"""The question set that comes with the package: large, balanced, and its evidence stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eval.dataset import Item, check, default_sets, load, loose
from qa.question import Question
from qa.retrieve import retrieve

if TYPE_CHECKING:
    from index.library import Library


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return load(default_sets())


def test_size(items: list[Item]) -> None:
    unanswerable = [item for item in items if not item.answerable]
    assert len(items) >= 100
    assert len(unanswerable) >= 30
    assert 2 * sum(item.kind == "near-miss" for item in unanswerable) >= len(unanswerable)


def test_both_halves_have_both_sorts_in_both_languages(items: list[Item]) -> None:
    groups = {(item.half, item.language, item.answerable) for item in items}
    assert len(groups) == 8


def test_every_section_is_asked_in_both_languages(items: list[Item], library: Library) -> None:
    sections = {section.number for document in library.documents for section, _ in document.sections()}
    for language in ("zh", "en"):
        asked = {a.paragraph.rpartition("-")[0] for i in items if i.language == language for g in i.evidence for a in g}
        assert asked >= sections - {"zh", "en"}
    assert {item.section for item in items if item.section} <= sections | {"abstract"}


def test_the_evidence_stands(items: list[Item], library: Library) -> None:
    assert sum(len(group) for item in items for group in item.evidence) >= 70
    check(items, library)


def test_no_question_stands_twice(items: list[Item]) -> None:
    assert len({item.id for item in items}) == len(items)
    assert len({loose(item.question).rstrip("?？") for item in items}) == len(items)


def test_languages_are_as_labelled(items: list[Item]) -> None:
    assert [item.id for item in items if Question.read(item.question).language != item.language] == []


def test_every_question_can_be_ranked(items: list[Item], library: Library) -> None:
    assert [
        item.id for item in items[:5] if len(retrieve(library, Question.read(item.question))) != len(library.rows)
    ] == []

"""The question set that comes with the package: large, balanced, and its evidence stands."""

from __future__ import annotations

from collections import Counter

import pytest

from eval.questions import check
from eval.questions.dataset import Item, asked, default_sets, load, loose
from eval.questions.labels import Labels
from index.library import Library
from index.text.words import simplified
from qa.answering.question import Question
from qa.dialogue import known_names


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return load(default_sets())


def test_size(items: list[Item]) -> None:
    counts = Counter((item.language, item.answerable) for item in items)
    assert len(items) >= 240
    assert counts["zh", True] >= 100
    assert counts["en", True] >= 70
    assert counts["zh", False] + counts["en", False] >= 70


def test_half_of_the_unanswerable_ones_are_near_misses(items: list[Item]) -> None:
    kinds = Counter(item.kind for item in items if not item.answerable)
    assert 2 * kinds["near-miss"] >= kinds.total()
    assert kinds["off-topic"] > 0
    assert {item.language for item in items if item.kind == "near-miss"} == {"zh", "en"}


@pytest.mark.parametrize("kind", ["follow-up", "traditional", "mixed", "mistyped", "keyword", "multi"])
def test_kinds_are_present_in_number(items: list[Item], kind: str) -> None:
    assert sum(item.kind == kind for item in items) >= 10


def test_kinds_are_what_they_say(items: list[Item]) -> None:
    by_kind = {kind: [item for item in items if item.kind == kind] for kind in {item.kind for item in items}}
    assert [item.id for item in by_kind["follow-up"] if item.after is None] == []
    assert [item.id for item in by_kind["multi"] if len(item.evidence) < 2] == []
    assert [item.id for item in by_kind["traditional"] if simplified(item.question) == item.question] == []
    assert [item.id for item in items if item.kind != "follow-up" and item.after is not None] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("answerable", [True, False])
def test_each_half_has_about_half_of_every_group(items: list[Item], language: str, answerable: bool) -> None:
    halves = Counter(item.half for item in items if (item.language, item.answerable) == (language, answerable))
    for half in ("tuning", "held-out"):
        assert 0.4 <= halves[half] / halves.total() <= 0.6


def test_the_checker_finds_nothing(items: list[Item], library: Library) -> None:
    assert list(check.findings(items, library)) == []


def test_every_section_is_asked_in_both_languages(items: list[Item], library: Library) -> None:
    sections = {section.number for document in library.documents for section, _ in document.sections()}
    for language in ("zh", "en"):
        gold = {name.rpartition("-")[0] for item in items if item.language == language for name in item.gold}
        assert gold >= sections - {"zh", "en"}


def test_evidence_is_found_in_few_sentences(items: list[Item], library: Library) -> None:
    """A label that half the text would meet judges nothing."""
    labels = Labels(library)
    loosely = [
        (item.id, alternative.text)
        for item in items
        for group in item.evidence
        for alternative in group
        if len(labels.rows(alternative)) > 3
    ]
    assert loosely == []


def test_no_question_stands_twice(items: list[Item], library: Library) -> None:
    texts = asked(items, known_names(library))
    assert len({loose(text).rstrip("?？") for text in texts.values()}) == len(items)


def test_every_question_asks_something(items: list[Item], library: Library) -> None:
    texts = asked(items, known_names(library))
    assert [id for id, text in texts.items() if Question.read(text).problem] == []

"""A run: every question answered in order, summed up by half and language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eval import run
from eval.dataset import Alternative, Item
from eval.run import Outcome, answer_all, summarise
from qa.answer import Answer, ask

if TYPE_CHECKING:
    from index.library import Library

# Ids whose SHA-256 begins with an even and with an odd byte.
TUNING, HELD = "t-0", "h-0"
WHO = "CAAR-NK 细胞是谁构建的？"


def refusal(question: str) -> Answer:
    return Answer(question, "zh", False, 0.1, "no", (), (), (), "f")


def item(id: str, question: str, paragraph: str | None, language: Any = "zh") -> Item:
    evidence = ((Alternative(paragraph, "Meng"),),) if paragraph else ()
    return Item(id, language, "k", None, question, bool(paragraph), evidence)


def test_three_questions_by_hand(library: Library) -> None:
    right = ask(library, WHO)
    outcomes = [
        Outcome(item(TUNING, WHO, "4-P2"), right, 10.0),
        Outcome(item(TUNING, "b", "4-P2"), refusal("b"), 20.0),
        Outcome(item(TUNING, "c", None), refusal("c"), 60.0),
    ]
    (summary,) = summarise(outcomes)
    assert (summary.half, summary.language) == ("tuning", "zh")
    assert (summary.answerable, summary.unanswerable) == (2, 1)
    assert (summary.hit1, summary.hit3) == (0.5, 0.5)
    assert (summary.wrongly_refused, summary.refused) == (0.5, 1.0)
    assert summary.milliseconds == 20.0


def test_halves_and_languages_stand_apart(library: Library) -> None:
    right = ask(library, WHO)
    outcomes = [
        Outcome(item(HELD, WHO, None, "en"), right, 1.0),
        Outcome(item(HELD, WHO, "4-P1"), right, 1.0),
        Outcome(item(TUNING, WHO, "4-P2", "en"), right, 1.0),
    ]
    found = [(s.half, s.language, s.hit1, s.refused, s.wrongly_refused) for s in summarise(outcomes)]
    assert found == [
        ("tuning", "en", 1.0, None, 0.0),
        ("held-out", "zh", 0.0, None, 0.0),
        ("held-out", "en", None, 0.0, None),
    ]
    assert summarise([]) == []


def test_every_question_is_answered_in_order(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fake(library: Library, question: str) -> Answer:
        asked.append(question)
        return refusal(question)

    monkeypatch.setattr(run, "ask", fake)
    done: list[int] = []
    items = [item("a", "一", None), item("b", "二", None), item("c", "一", None)]
    outcomes = answer_all(library, items, done.append)
    assert asked[-3:] == ["一", "二", "一"]
    assert done == [1, 2, 3]
    assert [outcome.item for outcome in outcomes] == items
    assert all(outcome.milliseconds >= 0 for outcome in outcomes)


def test_the_record_of_an_outcome(library: Library) -> None:
    record = Outcome(item(TUNING, WHO, "4-P2"), ask(library, WHO), 12.34).record()
    assert record["answer"]["question"] == WHO
    del record["answer"]
    assert record == {
        "id": TUNING,
        "half": "tuning",
        "kind": "k",
        "answerable": True,
        "hit@1": True,
        "hit@3": True,
        "milliseconds": 12.3,
    }
    refused = Outcome(item(TUNING, "c", None), refusal("c"), 1.0).record()
    assert (refused["hit@1"], refused["hit@3"]) == (None, None)

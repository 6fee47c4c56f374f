"""Documents stuffed with words and questions, added to the review: they do not win, and its answers stay found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from stuffed import documents

from eval.questions import dataset
from eval.questions.dataset import asked
from eval.run import hit
from index import opening
from index.corpus import Corpus
from index.library import Library
from index.shelf import Shelf
from qa.answering.answer import ask
from qa.answering.question import Question, repeats
from qa.dialogue import known_names

# Of the questions, the first quotes that may come from the stuffed documents; and the hits that may be lost.
FIRST_MAX, LOST_MAX = 0.05, 0.03


@pytest.mark.slow
def test_stuffed_documents_do_not_win(library: Library, tmp_path: Path) -> None:
    """Six of them, with every question of the tuning half in three: as a list, repeated, and numbered."""
    items = dataset.load(dataset.default_sets())
    texts = asked(items, known_names(library))
    mine = [item for item in items if item.half == "tuning"]
    for name, text in documents(library, [texts[item.id] for item in mine]).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = Shelf(tmp_path / "index", Corpus()).add([*tmp_path.glob("*.txt"), *tmp_path.glob("*.md")])
    assert [one.what for one in report.outcomes] == ["added"] * 6
    both = opening.read(tmp_path / "index")
    own = library.documents[0].id
    first: Counter[str] = Counter()
    hits = [0, 0]
    for item in mine:
        found = [ask(of, texts[item.id]).quotes for of in (library, both)]
        first.update(quote.document.id for quote in found[1][:1])
        for place, quotes in enumerate(found):
            hits[place] += item.answerable and hit.hit(quotes, item, 1)
    answerable = sum(item.answerable for item in mine)
    won = sum(count for id, count in first.items() if id != own)
    said = f"stuffed first {won} of {len(mine)} {dict(first)}, hit@1 {hits[0]} and {hits[1]} of {answerable}"
    print(said)
    assert won < FIRST_MAX * len(mine), said
    assert hits[0] - hits[1] <= LOST_MAX * answerable, said


@pytest.mark.parametrize(
    ("question", "sentence", "nothing"),
    [
        ("什么是CAR-T？", "什么是CAR-T？", True),
        ("什么是CAR-T？", "问：什么是CAR-T", True),
        ("什么是CAR-T？", "CAR-T是一种细胞疗法。", False),
        ("What is HSCT?", "12. Q: What is HSCT", True),
        ("What is HSCT?", "What is HSCT? " * 3, True),
        ("What is HSCT?", "HSCT is a transplant.", False),
        ("What is HSCT?", "Who invented it?", True),
        ("What is HSCT?", "how does it work", True),
        ("What is HSCT?", "How it works is not known.", False),
        ("MSC 组织修复 能力", "MSC组织修复能力", True),
        ("MSC 组织修复 能力", "MSC组织修复能力强。", False),
        ("MSC", "MSC可以修复组织", False),
        ("The dose was 5 mg.", "The dose was 5 mg.", False),
        ("Is it red or green?", "Green.", False),
        ("Pills keep it quiet. Can it be cured?", "Pills keep it quiet.", True),
    ],
)
def test_what_only_asks_says_nothing(question: str, sentence: str, nothing: bool) -> None:
    assert repeats(sentence, Question.read(question)) is nothing


def test_a_row_of_a_table_may_have_question_and_answer() -> None:
    question = Question.read("What is HSCT?")
    assert not repeats("What is HSCT? | a transplant", question, row=True)
    assert repeats("1 | What is HSCT?", question, row=True)

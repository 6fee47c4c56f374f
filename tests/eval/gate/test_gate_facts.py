"""The gate: what is found always, in a single case: places, labels, questions, quotes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from judged import FIRST, SECOND, THIRD, orphaned, outline, spoilt, the, told

from eval.gate.compare import Component
from eval.gate.gate import Finding, judge
from eval.run.outcome import Outcome, Part
from eval.run.record import Place


@pytest.mark.parametrize(
    ("after", "component", "text"),
    [
        pytest.param(
            outline(FIRST, SECOND), "coverage", "no longer searched: doc:2-P1", id="a section is searched no longer"
        ),
        pytest.param(
            outline(THIRD), "coverage", "no longer searched: doc:1-P1, doc:1-P2", id="nor the first two paragraphs"
        ),
        pytest.param(
            outline(("1-P0", FIRST[1]), ("1-P1", SECOND[1]), ("2-P0", THIRD[1])),
            "citation",
            "the same text has another id: doc:1-P1 is now doc:1-P0, doc:1-P2 is now doc:1-P1, "
            "doc:2-P1 is now doc:2-P0",
            id="ids shifted",
        ),
        pytest.param(
            outline(("1-P1", [(0, 9), (9, 20)]), SECOND, THIRD),
            "sentences",
            "cut into other sentences or paragraphs: doc:1-P1",
            id="another cut between two sentences",
        ),
        pytest.param(
            outline(("1-P1", [(0, 20)]), SECOND, THIRD),
            "sentences",
            "cut into other sentences or paragraphs: doc:1-P1",
            id="two sentences made one",
        ),
        pytest.param(
            outline(("1-P1", [(0, 10), (10, 19)]), SECOND, THIRD),
            "sentences",
            "cut into other sentences or paragraphs: doc:1-P1",
            id="a character lost",
        ),
        pytest.param(
            outline(("1-P1", [(0, 10), (10, 20), (20, 30)]), THIRD),
            "sentences",
            "cut into other sentences or paragraphs: doc:1-P1, doc:1-P2",
            id="two paragraphs made one",
        ),
        pytest.param(
            outline(("1-P1", [(0, 10)]), SECOND, THIRD),
            "sentences",
            "cut into other sentences or paragraphs: doc:1-P1",
            id="a sentence is searched no longer",
        ),
    ],
)
def test_places(made: Any, sound: list[Outcome], after: dict[str, Any], component: str, text: str) -> None:
    verdict = judge(made.run(sound), made.run(sound, **after))
    assert verdict.findings == (Finding(component, text),)  # type: ignore[arg-type]


def test_a_paragraph_cut_in_two_whose_sentences_stay(made: Any, sound: list[Outcome]) -> None:
    after = outline(FIRST, SECOND, ("2-P1", [(30, 45)]), ("2-P2", [(45, 60)]))
    verdict = judge(made.run(sound), made.run(sound, **after))
    assert the(verdict, "sentences").text == "cut into other sentences or paragraphs: doc:2-P1"


def test_many_places_are_counted(made: Any, sound: list[Outcome]) -> None:
    before = outline(*((f"1-P{n}", [(n * 10, n * 10 + 9)]) for n in range(9)))
    verdict = judge(made.run(sound, **before), made.run(sound, **outline(("1-P0", [(0, 9)]))))
    names = ", ".join(f"doc:1-P{n}" for n in range(1, 7))
    assert the(verdict, "coverage").text == f"no longer searched: {names} and 2 more"


@pytest.mark.parametrize("sha256", ["b", None])
def test_text_that_is_new_or_changed_is_not_missed(made: Any, sound: list[Outcome], sha256: str | None) -> None:
    """An edited document may be cut as it likes, and a new one may come."""
    after = (
        {**outline(("1-P1", [(0, 7)]))}
        if sha256
        else {"outline": (*made.run([]).header.outline, Place("b:1", ((0, 9),)))}
    )
    documents = {"doc": sha256} if sha256 else {"doc": "a" * 64, "b": "c"}
    assert judge(made.run(sound), made.run(sound, documents=documents, **after)).passed


def test_a_document_that_is_searched_no_longer(made: Any, sound: list[Outcome]) -> None:
    both = {"documents": {"doc": "a" * 64, "tea": "b" * 64}}
    whole = (*made.run([]).header.outline, Place("tea:1-P1", ((0, 9),)))
    verdict = judge(made.run(sound, outline=whole, **both), made.run(sound))
    assert the(verdict, "coverage").text == "no longer searched: tea:1-P1"


@pytest.mark.parametrize(
    ("header", "cause", "follows"),
    [
        pytest.param({"documents": {"doc": "b" * 64}}, "the source was edited", False, id="edited"),
        pytest.param(outline(("1-P1", [(0, 20)]), SECOND, THIRD), "the text is cut otherwise", True, id="cut"),
        pytest.param(
            outline(FIRST, SECOND, THIRD, ("2-P2", [(60, 61)])), "the text is cut otherwise", False, id="more"
        ),
        pytest.param({}, "the text reads otherwise after repair", False, id="repair"),
    ],
)
def test_labels_orphaned_by(made: Any, sound: list[Outcome], header: dict[str, Any], cause: str, follows: bool) -> None:
    after = spoilt(sound, range(2), lambda o: orphaned(o, "doc:1-P2", "doc:2-P1") if o.id == "zh-0" else orphaned(o))
    verdict = judge(made.run(sound), made.run(after, **header))
    finding = the(verdict, "labels")
    assert finding.text == (
        f"orphaned, not worse: {cause}; relabel zh-0 «甲乙» (doc:1-P1, now in doc:1-P2, doc:2-P1), "
        "zh-1 «甲乙» (doc:1-P1, now in no sentence)"
    )
    assert (finding.questions, finding.follows) == (("zh-0", "zh-1"), follows)
    assert told(verdict) == ([("sentences", False), ("labels", True)] if follows else [("labels", False)])


def test_orphaned_labels_are_no_regression(made: Any, sound: list[Outcome]) -> None:
    """However many: their questions cannot judge."""
    after = spoilt(sound, range(20), orphaned)
    verdict = judge(made.run(sound), made.run(after))
    assert verdict.causes == ["labels"]
    assert verdict.comparison.compared == len(sound) - 20


def test_labels_of_an_edited_and_of_another_document(made: Any, sound: list[Outcome]) -> None:
    documents = {"doc": "a", "tea": "b"}
    part = Part("tea:1-P1", "丙", False)
    tea = replace(sound[0], evidence=((replace(part, stands=True),),))
    before = made.run([tea, *sound[1:]], documents=documents)
    after = made.run(
        [replace(tea, evidence=((part,),)), orphaned(sound[1]), *sound[2:]], documents={**documents, "tea": "c"}
    )
    texts = [finding.text.partition(";")[0] for finding in judge(before, after).findings]
    assert texts == [
        "orphaned, not worse: the source was edited",
        "orphaned, not worse: the text reads otherwise after repair",
    ]


def test_questions_that_are_gone(made: Any, sound: list[Outcome]) -> None:
    verdict = judge(made.run(sound), made.run(sound[:20] + sound[22:]))
    assert verdict.findings == (Finding("questions", "gone from the set: zh-20, zh-21", ("zh-20", "zh-21")),)


def test_a_run_of_one_half_misses_the_other(made: Any, sound: list[Outcome]) -> None:
    verdict = judge(made.run(sound), made.run(sound[::2], half="tuning"))
    assert verdict.causes == ["questions"]


def test_questions_that_ask_something_else(made: Any, sound: list[Outcome]) -> None:
    after = [replace(sound[0], question="else?"), *sound[1:]]
    verdict = judge(made.run(sound), made.run(after))
    assert verdict.findings == (Finding("questions", "asks or wants something else now: zh-0", ("zh-0",)),)


def test_questions_gone_and_reworded(made: Any, sound: list[Outcome]) -> None:
    verdict = judge(made.run(sound), made.run([replace(sound[0], question="else?"), *sound[2:]]))
    assert told(verdict) == [("questions", False)] * 2
    assert verdict.causes == ["questions"]


@pytest.mark.parametrize("where", ["quotes", "nearest"])
@pytest.mark.parametrize(
    ("fault", "component", "text"),
    [
        ("verbatim", "verbatim", "quotes that are not the text of their file: en-5"),
        ("placed", "citation", "quotes that are not whole sentences of the paragraph they are cited to: en-5"),
    ],
)
def test_one_bad_quote_is_enough(
    made: Any, sound: list[Outcome], where: str, fault: str, component: Component, text: str
) -> None:
    quotes = (made.shown(), made.shown(**{fault: False}))
    after = spoilt(sound, range(5, 6), lambda o: replace(o, **{where: quotes}), "en")
    assert judge(made.run(sound), made.run(after)).findings == (Finding(component, text, ("en-5",)),)
    # a new question's quote as well
    new = replace(made.outcome("en-new"), **{where: quotes})
    verdict = judge(made.run(sound), made.run([*sound, new]))
    assert verdict.findings == (Finding(component, text.replace("en-5", "en-new"), ("en-new",)),)

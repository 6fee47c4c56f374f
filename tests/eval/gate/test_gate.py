"""The gate: what is found when it is more than chance, and what follows from what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from judged import FIRST, SECOND, THIRD, orphaned, outline, spoilt, the, told

from eval.gate import gate, render
from eval.gate.compare import Component
from eval.gate.gate import DOWNSTREAM, judge
from eval.run.outcome import Outcome
from eval.run.stages import FUSED, LEGS, READ
from index.errors import InputError


def test_the_same_run_passes(made: Any, sound: list[Outcome]) -> None:
    verdict = judge(made.run(sound), made.run(sound))
    assert (verdict.passed, verdict.findings, verdict.causes) == (True, (), [])


def test_what_is_no_worse_passes(made: Any, sound: list[Outcome]) -> None:
    """Better answers, other times and confidences, another order, a slip or two and questions that are new."""
    before = spoilt(sound, range(3), lambda o: made.outcome(o.id, hit=None))
    after = [replace(o, milliseconds=999.0, confidence=o.confidence / 2) for o in reversed(sound)]
    after = spoilt(after, range(10, 11), lambda o: made.outcome(o.id, rank=2, hit=3))
    after = spoilt(after, range(10, 11), lambda o: made.outcome(o.id, answered=False), "en")
    new = [made.outcome(f"zh-new-{n}", hit=None) for n in range(30)]
    verdict = judge(made.run(before), made.run([*after, *new], index="0" * 16, settings={}))
    assert verdict.findings == ()
    assert verdict.comparison.added == tuple(f"zh-new-{n}" for n in range(30))


# More than chance: legs, fusion, quotes, refusals, answers.


@pytest.mark.parametrize("leg", LEGS)
def test_one_leg_that_is_worse(made: Any, sound: list[Outcome], leg: str) -> None:
    """Its own ranks fall and nothing else: it alone is named, and the language."""
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, rank={leg: 4}))
    (finding,) = judge(made.run(sound), made.run(after)).findings
    assert (finding.component, finding.follows) == (leg, False)
    # 12 of 20 at rank 4: 4 to the power of 0.6
    assert finding.text.startswith(f"zh: rank in {leg}, 1.00 → 2.30 over 20 questions (p = 0.00")


STEPS: dict[str, Callable[[Any, Outcome], Outcome]] = {
    "fusion": lambda made, o: made.outcome(o.id, rank={FUSED: 4}),
    "reading": lambda made, o: made.outcome(o.id, rank={READ: 4}),
    "quotes": lambda made, o: made.outcome(o.id, hit=1, selected=None),
    "refusal": lambda made, o: replace(made.outcome(o.id), answered=False, quotes=(), reason="no"),
    "script": lambda made, o: made.outcome(o.id, traditional=False),
    "answer": lambda made, o: made.outcome(o.id, hit=None, selected=1),
}


@pytest.mark.parametrize("component", STEPS)
def test_one_step_that_is_worse(made: Any, sound: list[Outcome], component: str) -> None:
    after = spoilt(sound, range(12), lambda o: STEPS[component](made, o))
    verdict = judge(made.run(sound), made.run(after))
    assert set(told(verdict)) == {(component, False)}
    assert verdict.causes == [component]
    names = {finding.text.partition(",")[0] for finding in verdict.findings}
    assert (
        names
        == {
            "fusion": {"zh: rank after fusion"},
            "reading": {"zh: rank after reading", "zh: first after reading"},
            "quotes": {"zh: hit@1 before refusing", "zh: hit@3 before refusing"},
            "refusal": {"zh: answerable questions answered"},
            "script": {"zh: same quotes in traditional characters"},
            "answer": {"zh: hit@1", "zh: hit@3"},
        }[component]
    )


def test_the_first_quote_alone_is_worse(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, hit=3))
    verdict = judge(made.run(sound), made.run(after))
    assert [(f.text.partition(",")[0], f.follows) for f in verdict.findings] == [
        ("zh: hit@1 before refusing", False),
        ("zh: hit@1", True),
    ]


def test_unanswerable_questions_that_are_answered(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(20, 28), lambda o: made.outcome(o.id, answerable=False, answered=True))
    finding = the(judge(made.run(sound), made.run(after)), "refusal")
    assert finding.text.startswith("zh: unanswerable questions refused, 1.000 → 0.000 over 8 questions (p = 0.0")
    assert finding.questions == tuple(f"zh-{number}" for number in range(20, 28))


def test_the_questions_that_show_it_are_those_that_are_worse(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, hit=None))
    after = spoilt(after, range(19, 20), lambda o: replace(o, quotes=(made.shown("doc:2-P1"),)))
    after = spoilt(after, range(1), lambda o: made.outcome(o.id, hit=3), "en")
    verdict = judge(made.run(sound), made.run(after))
    assert {f.questions for f in verdict.findings if f.text.startswith("zh: hit@1")} == {
        tuple(f"zh-{number}" for number in range(12))
    }


def test_one_language_is_named_and_not_all_of_them(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, rank={"dense": 5}), "en")
    assert [f.text.partition(":")[0] for f in judge(made.run(sound), made.run(after)).findings] == ["en"]


def test_both_languages_a_little(made: Any, sound: list[Outcome]) -> None:
    """Too few in either to be more than chance; together they are."""
    after = sound
    for language in ("zh", "en"):
        after = spoilt(after, range(4), lambda o: made.outcome(o.id, rank={"dense": 5}), language)
    (finding,) = judge(made.run(sound), made.run(after), alpha=0.03).findings
    assert finding.text.startswith("all: rank in dense, ")


def test_a_small_loss_passes(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(2), lambda o: made.outcome(o.id, hit=None, rank=9))
    assert judge(made.run(sound), made.run(after)).passed


def test_alpha_is_a_setting(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(3), lambda o: made.outcome(o.id, hit=None))
    runs = made.run(sound), made.run(after)
    assert judge(*runs).passed
    assert judge(*runs, alpha=0.05).passed
    assert set(judge(*runs, alpha=0.25).causes) == {"quotes"}


def test_effect_is_a_setting(made: Any, sound: list[Outcome]) -> None:
    before = spoilt(sound, range(20), lambda o: made.outcome(o.id, rank={"dense": 200}))
    after = spoilt(sound, range(20), lambda o: made.outcome(o.id, rank={"dense": 201}))
    assert judge(made.run(before), made.run(after)).passed
    assert judge(made.run(before), made.run(after), effect=0.001).causes == ["dense"]


# What follows from what.


@pytest.mark.parametrize("number", range(len(DOWNSTREAM)))
def test_what_is_further_down_follows(made: Any, sound: list[Outcome], number: int) -> None:
    """All that lies behind the first step that is worse is marked, and stands behind it."""

    def worse(outcome: Outcome) -> Outcome:
        ranks = [{FUSED: 4, READ: 4}, {READ: 4}, 1, 1, 1]
        changed = made.outcome(outcome.id, rank=ranks[number], hit=None)
        if DOWNSTREAM[number] in ("refusal", "answer"):
            changed = replace(changed, selected={1: True, 3: True})
        if DOWNSTREAM[number] == "answer":
            return changed
        return replace(changed, answered=False, quotes=(), reason="no")

    verdict = judge(made.run(sound), made.run(spoilt(sound, range(12), worse)))
    assert list(dict.fromkeys(told(verdict))) == [(name, name != DOWNSTREAM[number]) for name in DOWNSTREAM[number:]]
    assert verdict.causes == [DOWNSTREAM[number]]


@pytest.mark.parametrize("leg", LEGS)
def test_fusion_and_answers_follow_from_a_leg(made: Any, sound: list[Outcome], leg: str) -> None:
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, rank={leg: 9, FUSED: 3}, hit=None, traditional=False))
    verdict = judge(made.run(sound), made.run(after))
    assert dict(told(verdict)) == {leg: False, "script": False, "fusion": True, "quotes": True, "answer": True}
    assert verdict.causes == [leg, "script"]


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        (outline(FIRST, SECOND), "coverage"),
        (outline(("1-P1", [(0, 20)]), SECOND, THIRD), "sentences"),
        (outline(FIRST, SECOND, ("2-P7", THIRD[1])), "citation"),
    ],
    ids=["coverage", "sentences", "citation"],
)
def test_all_but_facts_follows_from_another_structure(
    made: Any, sound: list[Outcome], after: dict[str, Any], cause: str
) -> None:
    worse = spoilt(sound, range(12), lambda o: made.outcome(o.id, rank=9, hit=None))
    worse = spoilt(worse, range(12, 13), orphaned)
    worse = spoilt(worse, range(13, 14), lambda o: replace(o, quotes=(made.shown(verbatim=False),)))
    verdict = judge(made.run(sound), made.run(worse[1:], **after))
    follows = {component for component, mark in told(verdict) if mark}
    assert follows == {"labels", *LEGS, "fusion", "reading", "quotes", "answer"}
    assert verdict.causes == [cause, "questions", "verbatim"]


def test_causes_come_first(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, rank={"dense": 9, FUSED: 9}, hit=None))
    after = spoilt(after, range(1), lambda o: replace(o, quotes=(made.shown(verbatim=False),)), "en")
    marks = [mark for _, mark in told(judge(made.run(sound), made.run(after[:-1])))]
    assert marks == sorted(marks)
    assert marks.count(False) == 3


def test_every_component_is_tried_here() -> None:
    tried = {"coverage", "citation", "sentences", "labels", "questions", "verbatim", *LEGS, *STEPS}
    assert tried == set(get_args(Component))
    assert DOWNSTREAM == ("fusion", "reading", "quotes", "refusal", "answer")


# What cannot be judged.


def test_other_documents(made: Any, sound: list[Outcome]) -> None:
    with pytest.raises(InputError, match="the runs are of other documents: doc and tea; compare runs over one library"):
        judge(made.run(sound), made.run(sound, documents={"tea": "a"}))


def test_no_question_in_common(made: Any, sound: list[Outcome]) -> None:
    with pytest.raises(InputError, match="the runs have no question in common; compare runs of one question set"):
        judge(made.run(sound[:10]), made.run(sound[10:]))


def test_a_verdict_as_plain_data(made: Any, sound: list[Outcome]) -> None:
    after = spoilt(sound, range(12), lambda o: made.outcome(o.id, rank={"dense": 9, FUSED: 9}))
    plain = render.verdict_record(judge(made.run(sound), made.run(after[1:])))
    assert (plain["passed"], plain["causes"]) == (False, ["questions", "dense"])
    assert plain["findings"][0] == {
        "component": "questions",
        "text": "gone from the set: zh-0",
        "questions": ["zh-0"],
        "follows": False,
    }
    assert [(f["component"], f["follows"]) for f in plain["findings"]][1:] == [("dense", False), ("fusion", True)]
    assert (plain["compared"], plain["removed"]) == (len(sound) - 1, ["zh-0"])


def test_the_default_baseline_is_there() -> None:
    assert gate.default_baseline().is_file()

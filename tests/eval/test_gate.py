"""The gate: every sort of finding, in runs made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest

from eval import gate, render
from eval import settings as eval_settings
from eval.compare import Component
from eval.gate import DOWNSTREAM, Finding, Verdict, judge
from eval.record import Outcome, Part, Place
from eval.stages import FUSED, LEGS, READ
from index.errors import InputError


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the sign flips: the least p is 0.001."""
    monkeypatch.setattr(eval_settings, "RESAMPLES", 999)


@pytest.fixture
def good(made: Any, few_draws: None) -> list[Outcome]:
    """Twenty answered and eight refused questions of each language, all right."""
    return [
        made.outcome(f"{language}-{number}", answerable=number < 20)
        for language in ("zh", "en")
        for number in range(28)
    ]


def told(verdict: Verdict) -> list[tuple[str, bool]]:
    return [(finding.component, finding.follows) for finding in verdict.findings]


def the(verdict: Verdict, component: str) -> Finding:
    (found,) = [finding for finding in verdict.findings if finding.component == component]
    return found


def spoilt(
    good: list[Outcome], ids: range, change: Callable[[Outcome], Outcome], language: str = "zh"
) -> list[Outcome]:
    """The outcomes with these of a language changed."""
    chosen = {f"{language}-{number}" for number in ids}
    return [change(outcome) if outcome.id in chosen else outcome for outcome in good]


def test_the_same_run_passes(made: Any, good: list[Outcome]) -> None:
    verdict = judge(made.run(good), made.run(good))
    assert (verdict.passed, verdict.findings, verdict.causes) == (True, (), [])


def test_what_is_no_worse_passes(made: Any, good: list[Outcome]) -> None:
    """Better answers, other times and confidences, another order, a slip or two and questions that are new."""
    before = spoilt(good, range(3), lambda o: made.outcome(o.id, hit=None))
    after = [replace(o, milliseconds=999.0, confidence=o.confidence / 2) for o in reversed(good)]
    after = spoilt(after, range(10, 11), lambda o: made.outcome(o.id, rank=2, hit=3))
    after = spoilt(after, range(10, 11), lambda o: made.outcome(o.id, answered=False), "en")
    new = [made.outcome(f"zh-new-{n}", hit=None) for n in range(30)]
    verdict = judge(made.run(before), made.run([*after, *new], index="0" * 16, settings={}))
    assert verdict.findings == ()
    assert verdict.comparison.added == tuple(f"zh-new-{n}" for n in range(30))


# Always: places, labels, questions, quotes.


def outline(*places: tuple[str, list[tuple[int, int]]]) -> dict[str, Any]:
    return {"outline": tuple(Place(f"doc:{name}", tuple(spans)) for name, spans in places)}


FIRST, SECOND, THIRD = ("1-P1", [(0, 10), (10, 20)]), ("1-P2", [(20, 30)]), ("2-P1", [(30, 45), (45, 60)])


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
def test_places(made: Any, good: list[Outcome], after: dict[str, Any], component: str, text: str) -> None:
    verdict = judge(made.run(good), made.run(good, **after))
    assert verdict.findings == (Finding(component, text),)  # type: ignore[arg-type]


def test_a_paragraph_cut_in_two_whose_sentences_stay(made: Any, good: list[Outcome]) -> None:
    after = outline(FIRST, SECOND, ("2-P1", [(30, 45)]), ("2-P2", [(45, 60)]))
    verdict = judge(made.run(good), made.run(good, **after))
    assert the(verdict, "sentences").text == "cut into other sentences or paragraphs: doc:2-P1"


def test_many_places_are_counted(made: Any, good: list[Outcome]) -> None:
    before = outline(*((f"1-P{n}", [(n * 10, n * 10 + 9)]) for n in range(9)))
    verdict = judge(made.run(good, **before), made.run(good, **outline(("1-P0", [(0, 9)]))))
    names = ", ".join(f"doc:1-P{n}" for n in range(1, 7))
    assert the(verdict, "coverage").text == f"no longer searched: {names} and 2 more"


@pytest.mark.parametrize("sha256", ["b", None])
def test_text_that_is_new_or_changed_is_not_missed(made: Any, good: list[Outcome], sha256: str | None) -> None:
    """An edited document may be cut as it likes, and a new one may come."""
    after = (
        {**outline(("1-P1", [(0, 7)]))}
        if sha256
        else {"outline": (*made.run([]).header.outline, Place("b:1", ((0, 9),)))}
    )
    documents = {"doc": sha256} if sha256 else {"doc": "a" * 64, "b": "c"}
    assert judge(made.run(good), made.run(good, documents=documents, **after)).passed


def test_a_document_that_is_searched_no_longer(made: Any, good: list[Outcome]) -> None:
    both = {"documents": {"doc": "a" * 64, "tea": "b" * 64}}
    whole = (*made.run([]).header.outline, Place("tea:1-P1", ((0, 9),)))
    verdict = judge(made.run(good, outline=whole, **both), made.run(good))
    assert the(verdict, "coverage").text == "no longer searched: tea:1-P1"


def orphaned(outcome: Outcome, *elsewhere: str) -> Outcome:
    part = Part("doc:1-P1", "甲乙", False, elsewhere)
    return replace(outcome, evidence=((part,),), hits={1: False, 3: False}, selected={1: False, 3: False})


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
def test_labels_orphaned_by(made: Any, good: list[Outcome], header: dict[str, Any], cause: str, follows: bool) -> None:
    after = spoilt(good, range(2), lambda o: orphaned(o, "doc:1-P2", "doc:2-P1") if o.id == "zh-0" else orphaned(o))
    verdict = judge(made.run(good), made.run(after, **header))
    finding = the(verdict, "labels")
    assert finding.text == (
        f"orphaned, not worse: {cause}; relabel zh-0 «甲乙» (doc:1-P1, now in doc:1-P2, doc:2-P1), "
        "zh-1 «甲乙» (doc:1-P1, now in no sentence)"
    )
    assert (finding.questions, finding.follows) == (("zh-0", "zh-1"), follows)
    assert told(verdict) == ([("sentences", False), ("labels", True)] if follows else [("labels", False)])


def test_orphaned_labels_are_no_regression(made: Any, good: list[Outcome]) -> None:
    """However many: their questions cannot judge."""
    after = spoilt(good, range(20), orphaned)
    verdict = judge(made.run(good), made.run(after))
    assert verdict.causes == ["labels"]
    assert verdict.comparison.compared == len(good) - 20


def test_labels_of_an_edited_and_of_another_document(made: Any, good: list[Outcome]) -> None:
    documents = {"doc": "a", "tea": "b"}
    part = Part("tea:1-P1", "丙", False)
    tea = replace(good[0], evidence=((replace(part, stands=True),),))
    before = made.run([tea, *good[1:]], documents=documents)
    after = made.run(
        [replace(tea, evidence=((part,),)), orphaned(good[1]), *good[2:]], documents={**documents, "tea": "c"}
    )
    texts = [finding.text.partition(";")[0] for finding in judge(before, after).findings]
    assert texts == [
        "orphaned, not worse: the source was edited",
        "orphaned, not worse: the text reads otherwise after repair",
    ]


def test_questions_that_are_gone(made: Any, good: list[Outcome]) -> None:
    verdict = judge(made.run(good), made.run(good[:20] + good[22:]))
    assert verdict.findings == (Finding("questions", "gone from the set: zh-20, zh-21", ("zh-20", "zh-21")),)


def test_a_run_of_one_half_misses_the_other(made: Any, good: list[Outcome]) -> None:
    verdict = judge(made.run(good), made.run(good[::2], half="tuning"))
    assert verdict.causes == ["questions"]


def test_questions_that_ask_something_else(made: Any, good: list[Outcome]) -> None:
    after = [replace(good[0], question="else?"), *good[1:]]
    verdict = judge(made.run(good), made.run(after))
    assert verdict.findings == (Finding("questions", "asks or wants something else now: zh-0", ("zh-0",)),)


def test_questions_gone_and_reworded(made: Any, good: list[Outcome]) -> None:
    verdict = judge(made.run(good), made.run([replace(good[0], question="else?"), *good[2:]]))
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
    made: Any, good: list[Outcome], where: str, fault: str, component: Component, text: str
) -> None:
    quotes = (made.shown(), made.shown(**{fault: False}))
    after = spoilt(good, range(5, 6), lambda o: replace(o, **{where: quotes}), "en")
    assert judge(made.run(good), made.run(after)).findings == (Finding(component, text, ("en-5",)),)
    # a new question's quote as well
    new = replace(made.outcome("en-new"), **{where: quotes})
    verdict = judge(made.run(good), made.run([*good, new]))
    assert verdict.findings == (Finding(component, text.replace("en-5", "en-new"), ("en-new",)),)


# More than chance: legs, fusion, quotes, refusals, answers.


@pytest.mark.parametrize("leg", LEGS)
def test_one_leg_that_is_worse(made: Any, good: list[Outcome], leg: str) -> None:
    """Its own ranks fall and nothing else: it alone is named, and the language."""
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, rank={leg: 4}))
    (finding,) = judge(made.run(good), made.run(after)).findings
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
def test_one_step_that_is_worse(made: Any, good: list[Outcome], component: str) -> None:
    after = spoilt(good, range(12), lambda o: STEPS[component](made, o))
    verdict = judge(made.run(good), made.run(after))
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


def test_the_first_quote_alone_is_worse(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, hit=3))
    verdict = judge(made.run(good), made.run(after))
    assert [(f.text.partition(",")[0], f.follows) for f in verdict.findings] == [
        ("zh: hit@1 before refusing", False),
        ("zh: hit@1", True),
    ]


def test_unanswerable_questions_that_are_answered(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(20, 28), lambda o: made.outcome(o.id, answerable=False, answered=True))
    finding = the(judge(made.run(good), made.run(after)), "refusal")
    assert finding.text.startswith("zh: unanswerable questions refused, 1.000 → 0.000 over 8 questions (p = 0.0")
    assert finding.questions == tuple(f"zh-{number}" for number in range(20, 28))


def test_the_questions_that_show_it_are_those_that_are_worse(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, hit=None))
    after = spoilt(after, range(19, 20), lambda o: replace(o, quotes=(made.shown("doc:2-P1"),)))
    after = spoilt(after, range(1), lambda o: made.outcome(o.id, hit=3), "en")
    verdict = judge(made.run(good), made.run(after))
    assert {f.questions for f in verdict.findings if f.text.startswith("zh: hit@1")} == {
        tuple(f"zh-{number}" for number in range(12))
    }


def test_one_language_is_named_and_not_all_of_them(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, rank={"dense": 5}), "en")
    assert [f.text.partition(":")[0] for f in judge(made.run(good), made.run(after)).findings] == ["en"]


def test_both_languages_a_little(made: Any, good: list[Outcome]) -> None:
    """Too few in either to be more than chance; together they are."""
    after = good
    for language in ("zh", "en"):
        after = spoilt(after, range(4), lambda o: made.outcome(o.id, rank={"dense": 5}), language)
    (finding,) = judge(made.run(good), made.run(after), alpha=0.03).findings
    assert finding.text.startswith("all: rank in dense, ")


def test_a_small_loss_passes(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(2), lambda o: made.outcome(o.id, hit=None, rank=9))
    assert judge(made.run(good), made.run(after)).passed


def test_alpha_is_a_setting(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(3), lambda o: made.outcome(o.id, hit=None))
    runs = made.run(good), made.run(after)
    assert judge(*runs).passed
    assert judge(*runs, alpha=0.05).passed
    assert set(judge(*runs, alpha=0.25).causes) == {"quotes"}


def test_effect_is_a_setting(made: Any, good: list[Outcome]) -> None:
    before = spoilt(good, range(20), lambda o: made.outcome(o.id, rank={"dense": 200}))
    after = spoilt(good, range(20), lambda o: made.outcome(o.id, rank={"dense": 201}))
    assert judge(made.run(before), made.run(after)).passed
    assert judge(made.run(before), made.run(after), effect=0.001).causes == ["dense"]


# What follows from what.


@pytest.mark.parametrize("number", range(len(DOWNSTREAM)))
def test_what_is_further_down_follows(made: Any, good: list[Outcome], number: int) -> None:
    """All that lies behind the first step that is worse is marked, and stands behind it."""

    def worse(outcome: Outcome) -> Outcome:
        ranks = [{FUSED: 4, READ: 4}, {READ: 4}, 1, 1, 1]
        changed = made.outcome(outcome.id, rank=ranks[number], hit=None)
        if DOWNSTREAM[number] in ("refusal", "answer"):
            changed = replace(changed, selected={1: True, 3: True})
        if DOWNSTREAM[number] == "answer":
            return changed
        return replace(changed, answered=False, quotes=(), reason="no")

    verdict = judge(made.run(good), made.run(spoilt(good, range(12), worse)))
    assert list(dict.fromkeys(told(verdict))) == [(name, name != DOWNSTREAM[number]) for name in DOWNSTREAM[number:]]
    assert verdict.causes == [DOWNSTREAM[number]]


@pytest.mark.parametrize("leg", LEGS)
def test_fusion_and_answers_follow_from_a_leg(made: Any, good: list[Outcome], leg: str) -> None:
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, rank={leg: 9, FUSED: 3}, hit=None, traditional=False))
    verdict = judge(made.run(good), made.run(after))
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
    made: Any, good: list[Outcome], after: dict[str, Any], cause: str
) -> None:
    worse = spoilt(good, range(12), lambda o: made.outcome(o.id, rank=9, hit=None))
    worse = spoilt(worse, range(12, 13), orphaned)
    worse = spoilt(worse, range(13, 14), lambda o: replace(o, quotes=(made.shown(verbatim=False),)))
    verdict = judge(made.run(good), made.run(worse[1:], **after))
    follows = {component for component, mark in told(verdict) if mark}
    assert follows == {"labels", *LEGS, "fusion", "reading", "quotes", "answer"}
    assert verdict.causes == [cause, "questions", "verbatim"]


def test_causes_come_first(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, rank={"dense": 9, FUSED: 9}, hit=None))
    after = spoilt(after, range(1), lambda o: replace(o, quotes=(made.shown(verbatim=False),)), "en")
    marks = [mark for _, mark in told(judge(made.run(good), made.run(after[:-1])))]
    assert marks == sorted(marks)
    assert marks.count(False) == 3


def test_every_component_is_tried_here() -> None:
    tried = {"coverage", "citation", "sentences", "labels", "questions", "verbatim", *LEGS, *STEPS}
    assert tried == set(get_args(Component))
    assert DOWNSTREAM == ("fusion", "reading", "quotes", "refusal", "answer")


# What cannot be judged.


def test_other_documents(made: Any, good: list[Outcome]) -> None:
    with pytest.raises(InputError, match="the runs are of other documents: doc and tea; compare runs over one library"):
        judge(made.run(good), made.run(good, documents={"tea": "a"}))


def test_no_question_in_common(made: Any, good: list[Outcome]) -> None:
    with pytest.raises(InputError, match="the runs have no question in common; compare runs of one question set"):
        judge(made.run(good[:10]), made.run(good[10:]))


def test_a_verdict_as_plain_data(made: Any, good: list[Outcome]) -> None:
    after = spoilt(good, range(12), lambda o: made.outcome(o.id, rank={"dense": 9, FUSED: 9}))
    plain = render.verdict_record(judge(made.run(good), made.run(after[1:])))
    assert (plain["passed"], plain["causes"]) == (False, ["questions", "dense"])
    assert plain["findings"][0] == {
        "component": "questions",
        "text": "gone from the set: zh-0",
        "questions": ["zh-0"],
        "follows": False,
    }
    assert [(f["component"], f["follows"]) for f in plain["findings"]][1:] == [("dense", False), ("fusion", True)]
    assert (plain["compared"], plain["removed"]) == (len(good) - 1, ["zh-0"])


def test_the_default_baseline_is_there() -> None:
    assert gate.default_baseline().is_file()

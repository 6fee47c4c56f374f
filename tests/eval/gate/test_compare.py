"""Two runs side by side: what is compared, what is left out, which measure is worse, and how it is shown."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import pytest

from eval import settings as eval_settings
from eval.gate import compare as comparing
from eval.gate.compare import MEASURES, Comparison, compare
from eval.run.outcome import Part
from eval.run.stages import FUSED, LEGS
from index.errors import InputError


def ids(comparison: Comparison) -> list[str]:
    return [after.id for _, after in comparison.changed]


def of(comparison: Comparison, name: str, stratum: str = "all") -> Any:
    (found,) = [t for t in comparison.tests if (t.measure.name, t.stratum) == (name, stratum)]
    return found


def test_a_run_against_itself(made: Any) -> None:
    run = made.run([made.outcome(id) for id in ("zh-1", "zh-2", "en-1")])
    found = compare(run, run)
    assert (found.compared, found.changed, found.orphaned) == (3, (), ())
    assert (found.added, found.removed, found.reworded) == ((), (), ())
    assert all(t.p == 1.0 and t.before == t.after and not t.worse and not t.better for t in found.tests)


def test_every_measure_of_every_stratum_that_has_questions(made: Any) -> None:
    outcomes = [made.outcome(id) for id in ("zh-1", "en-1")]
    outcomes += [made.outcome(id, answerable=False) for id in ("zh-2", "en-2")]
    found = {(t.stratum, t.measure.name): t.questions for t in compare(made.run(outcomes), made.run(outcomes)).tests}
    english = {name for stratum, name in found if stratum == "en"}
    assert {name for stratum, name in found if stratum == "all"} == {measure.name for measure in MEASURES}
    # English has no traditional characters
    assert english == {measure.name for measure in MEASURES} - {"same quotes in traditional characters"}
    assert found["all", "hit@1"] == 2
    assert found["zh", "hit@1"] == 1
    assert found["all", "unanswerable questions refused"] == 2
    assert found["all", "same quotes in traditional characters"] == 2


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_the_value_of_an_answer_that_could_not_be_better(made: Any, measure: comparing.Measure) -> None:
    best = made.outcome(answerable=measure.name != "unanswerable questions refused")
    assert measure.value(best) == (0.0 if measure.ranks else 1.0)


@pytest.mark.parametrize(
    ("name", "outcome", "value"),
    [
        ("rank in dense", {"rank": {"dense": 7}}, -log(7)),
        ("rank in dense_paragraph", {"rank": {"dense_paragraph": 7}}, -log(7)),
        ("rank after fusion", {"rank": {FUSED: 3}}, -log(3)),
        ("rank after fusion", {"ranks": {}}, -log(eval_settings.UNRANKED)),
        ("rank after fusion", {"answerable": False}, None),
        ("hit@1", {"hit": 3}, 0.0),
        ("hit@3", {"hit": 3}, 1.0),
        ("hit@3", {"hit": None}, 0.0),
        ("hit@1", {"answered": False}, 0.0),
        ("hit@1", {"answerable": False}, None),
        ("hit@1 before refusing", {"answered": False}, 1.0),
        ("hit@3 before refusing", {"selected": None}, 0.0),
        ("answerable questions answered", {"answered": False}, 0.0),
        ("answerable questions answered", {"answerable": False}, None),
        ("unanswerable questions refused", {"answerable": False, "answered": True}, 0.0),
        ("unanswerable questions refused", {}, None),
        ("same quotes in traditional characters", {"traditional": False}, 0.0),
        ("same quotes in traditional characters", {"traditional": None}, None),
    ],
    ids=str,
)
def test_values_by_hand(made: Any, name: str, outcome: dict[str, Any], value: float | None) -> None:
    (measure,) = [measure for measure in MEASURES if measure.name == name]
    assert measure.value(made.outcome(**outcome)) == (None if value is None else pytest.approx(value))


def test_the_best_alternative_of_the_last_part_counts_in_a_paragraph_leg(made: Any) -> None:
    outcome = made.outcome()
    both = replace(outcome.ranks["dense_paragraph"], sentence=9, paragraphs={"doc:1-P1": 6, "doc:1-P2": 2})
    either = ((Part("doc:1-P1", "甲", True), Part("doc:1-P2", "乙", True)),)
    outcome = replace(outcome, evidence=either, ranks={**outcome.ranks, "dense_paragraph": both})
    (measure,) = [measure for measure in MEASURES if measure.name == "rank in dense_paragraph"]
    assert measure.value(outcome) == pytest.approx(-log(2))
    parts = replace(outcome, evidence=tuple((part,) for part in either[0]))
    assert measure.value(parts) == pytest.approx(-log(6))


def test_what_a_stage_did_not_rank_is_a_miss(made: Any) -> None:
    (measure,) = [measure for measure in MEASURES if measure.name == "rank in dense"]
    assert measure.value(replace(made.outcome(), ranks={})) == pytest.approx(-log(eval_settings.UNRANKED))
    assert measure.value(made.outcome(answerable=False)) is None


def test_means_by_hand(made: Any) -> None:
    before = [made.outcome(f"zh-{n}", rank={FUSED: rank}) for n, rank in enumerate((1, 2, 4))]
    after = [made.outcome(f"zh-{n}", rank={FUSED: rank}, hit=hit) for n, (rank, hit) in enumerate(((1, 1), (4, 3)))]
    after.append(made.outcome("zh-2", rank={FUSED: 16}, hit=None))
    found = compare(made.run(before), made.run(after))
    ranks = of(found, "rank after fusion")
    # geometric means: the cube roots of 8 and of 64
    assert (ranks.measure.shown(ranks.before), ranks.measure.shown(ranks.after)) == ("2.00", "4.00")
    hits = of(found, "hit@1")
    assert (hits.before, hits.after, hits.questions) == (1.0, pytest.approx(1 / 3), 3)
    assert (hits.measure.shown(hits.before), hits.measure.shown(hits.after)) == ("1.000", "0.333")
    assert of(found, "hit@3").after == pytest.approx(2 / 3)


def test_every_component_has_a_measure() -> None:
    assert {measure.component for measure in MEASURES} == {
        *LEGS, "fusion", "reading", "quotes", "refusal", "script", "answer"
    }  # fmt: skip


@pytest.mark.parametrize(("lost", "won", "worse"), [(12, 0, True), (0, 12, False), (3, 0, False), (12, 11, False)])
def test_worse_is_more_than_chance(made: Any, lost: int, won: int, worse: bool) -> None:
    hits = [(1, None)] * lost + [(None, 1)] * won + [(1, 1)] * 10
    before = made.run([made.outcome(f"zh-{n}", hit=b) for n, (b, _) in enumerate(hits)])
    after = made.run([made.outcome(f"zh-{n}", hit=a) for n, (_, a) in enumerate(hits)])
    found, turned = compare(before, after), compare(after, before)
    assert of(found, "hit@1").worse is worse
    assert of(turned, "hit@1").better is worse
    assert of(found, "hit@1").better is (won - lost == 12)
    assert not of(found, "rank in dense").worse


def test_alpha_is_a_setting(made: Any) -> None:
    before = made.run([made.outcome(f"zh-{n}") for n in range(10)])
    after = made.run([made.outcome(f"zh-{n}", hit=None if n < 3 else 1, selected=1) for n in range(10)])
    # three of three lost: 1/8
    assert of(compare(before, after), "hit@1").p == pytest.approx(1 / 8, abs=0.05)
    assert not of(compare(before, after), "hit@1").worse
    assert not of(compare(before, after, alpha=0.05), "hit@1").worse
    assert of(compare(before, after, alpha=0.2), "hit@1").worse


def test_what_nobody_could_notice_is_not_worse(made: Any) -> None:
    def run(rank: int) -> Any:
        return made.run([made.outcome(f"zh-{n}", rank={"dense": rank}) for n in range(30)])

    # a rank of 101 after one of 100, for every question: certain, and nothing
    found = of(compare(run(100), run(101)), "rank in dense")
    assert found.p <= 0.001
    assert not found.worse
    assert of(compare(run(100), run(101), effect=0.001), "rank in dense").worse
    assert of(compare(run(100), run(102)), "rank in dense").worse


# --- what is compared -------------------------------------------------------------------------------


def test_questions_that_only_one_run_has(made: Any) -> None:
    a = made.run([made.outcome(id) for id in ("zh-1", "zh-2", "zh-3")])
    b = made.run([made.outcome(id, hit=None) for id in ("zh-4", "zh-3", "zh-1", "zh-5")])
    found = compare(a, b)
    assert (found.added, found.removed, found.compared) == (("zh-4", "zh-5"), ("zh-2",), 2)
    assert ids(found) == ["zh-1", "zh-3"]
    assert of(found, "hit@1").questions == 2


def test_the_order_of_questions_is_nothing(made: Any) -> None:
    outcomes = [made.outcome(id, hit=hit) for id, hit in (("zh-1", 1), ("zh-2", 3), ("en-1", None))]
    other = [made.outcome(id, hit=3) for id in ("zh-1", "zh-2", "en-1")]
    assert compare(made.run(outcomes), made.run(other)) == compare(made.run(outcomes), made.run(other[::-1]))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"question": "else?"}, id="question"),
        pytest.param({"evidence": ((Part("doc:1-P1", "丙丁", True),),)}, id="evidence"),
        pytest.param({"evidence": ((Part("doc:1-P1", "甲乙", True),),) * 2}, id="another part"),
    ],
)
def test_a_question_that_asks_or_wants_something_else(made: Any, change: dict[str, Any]) -> None:
    first, second = made.outcome("zh-1"), made.outcome("zh-2")
    found = compare(made.run([first, second]), made.run([replace(first, **change), second]))
    assert (found.reworded, found.compared, found.changed) == (("zh-1",), 1, ())


def test_a_question_that_is_answerable_now(made: Any) -> None:
    first, second = made.outcome("zh-1", answerable=False), made.outcome("zh-2")
    found = compare(made.run([first, second]), made.run([made.outcome("zh-1"), second]))
    assert (found.reworded, found.compared) == (("zh-1",), 1)


def test_a_label_that_has_moved_is_compared(made: Any) -> None:
    outcome = made.outcome("zh-1")
    moved = replace(outcome, evidence=((Part("doc:2-P1", "甲乙", True),),))
    assert compare(made.run([outcome]), made.run([moved])).compared == 1


def test_an_orphaned_question_is_not_compared(made: Any) -> None:
    first, second = made.outcome("zh-1"), made.outcome("zh-2")
    gone = replace(first, evidence=((Part("doc:1-P1", "甲乙", False, ("doc:2-P1",)),),), hits={1: False, 3: False})
    found = compare(made.run([first, second]), made.run([gone, second]))
    assert (found.orphaned, found.compared, found.changed, found.reworded) == ((gone,), 1, (), ())
    assert of(found, "hit@1").after == 1.0


def test_all_orphaned(made: Any) -> None:
    first = made.outcome("zh-1")
    gone = replace(first, evidence=((Part("doc:1-P1", "甲乙", False),),))
    found = compare(made.run([first]), made.run([gone]))
    assert (found.tests, found.compared) == ((), 0)


def test_what_changed(made: Any) -> None:
    before = [made.outcome(f"zh-{n}") for n in range(4)]
    after = [
        before[0],
        replace(before[1], confidence=0.5, milliseconds=1.0),
        replace(before[2], quotes=(made.shown(), made.shown("doc:2-P1"))),
        replace(before[3], quotes=(made.shown(score=1.0),), hits={1: False, 3: True}),
    ]
    assert ids(compare(made.run(before), made.run(after))) == ["zh-2", "zh-3"]


def test_runs_of_other_documents(made: Any) -> None:
    run = made.run([made.outcome()])
    other = made.run([made.outcome()], documents={"tea": "b"})
    with pytest.raises(InputError, match="the runs are of other documents: doc and tea; compare runs over one library"):
        compare(run, other)
    both = made.run([made.outcome()], documents={"tea": "b", "doc": "c"})
    assert compare(run, both).compared == 1


def test_runs_without_a_question_in_common(made: Any) -> None:
    with pytest.raises(InputError, match="no question in common; compare runs of one question set"):
        compare(made.run([made.outcome("zh-1")]), made.run([made.outcome("zh-2")]))

"""Qrels and runs: the measures agree with the formula written out, and with ir_measures over the exported files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from math import log2
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eval.metrics import trec
from eval.run.outcome import Part
from eval.run.record import Run
from eval.run.stages import FUSED, STAGES, Ranks
from index.errors import InputError

PARAGRAPHS = [f"doc:{section}-P{number}" for section in (1, 2, 3) for number in range(1, 6)]

# The gold paragraphs of a question, none for an unanswerable one, and its ranking; None for no ranking.
Judged = tuple[list[str], list[str] | None]
questions = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PARAGRAPHS), max_size=12, unique=True),
        st.none() | st.lists(st.sampled_from(PARAGRAPHS), max_size=12, unique=True),
    ),
    min_size=1,
    max_size=8,
)


def made_run(made: Any, asked: Sequence[Judged]) -> Run:
    outcomes = []
    for number, (gold, ranked) in enumerate(asked):
        outcome = made.outcome(f"zh-{number}", answerable=bool(gold))
        evidence = (tuple(Part(name, "x", True) for name in gold),) if gold else ()
        ranks = {} if ranked is None else {FUSED: Ranks(None, {}, tuple(ranked))}
        outcomes.append(replace(outcome, evidence=evidence, ranks=ranks))
    return made.run(outcomes)


def by_formula(asked: Sequence[Judged]) -> dict[str, float | None]:
    """Recall, reciprocal rank and nDCG as textbooks write them, over every question that has an answer."""
    found: dict[str, list[float]] = {name: [] for name in trec.MEASURES}
    for gold, ranked in asked:
        if not gold:
            continue
        relevant = [name in gold for name in ranked or []]
        found["R@1"].append(sum(relevant[:1]) / len(gold))
        found["R@5"].append(sum(relevant[:5]) / len(gold))
        found["RR@10"].append(max((1 / rank for rank, hit in enumerate(relevant[:10], 1) if hit), default=0.0))
        gain = sum(1 / log2(rank + 1) for rank, hit in enumerate(relevant[:10], 1) if hit)
        found["nDCG@10"].append(gain / sum(1 / log2(rank + 1) for rank in range(1, min(len(gold), 10) + 1)))
    return {name: sum(values) / len(values) if values else None for name, values in found.items()}


def by_files(run: Run) -> dict[str, float]:
    """What ir_measures makes of the exported files alone."""
    with tempfile.TemporaryDirectory() as name:
        trec.export(run, Path(name))
        judged = list(ir_measures.read_trec_qrels(f"{name}/qrels.txt"))
        ranked = list(ir_measures.read_trec_run(f"{name}/{FUSED}.run"))
    parsed = {ir_measures.parse_measure(measure): measure for measure in trec.MEASURES}
    found = ir_measures.calc_aggregate(list(parsed), judged, ranked)
    return {parsed[measure]: value for measure, value in found.items()}


@settings(deadline=None, max_examples=120)
@given(asked=questions)
@example(asked=[(["doc:1-P1"], None)])
@example(asked=[(["doc:1-P1"], []), (["doc:1-P1"], ["doc:1-P1"])])
@example(asked=[([], ["doc:1-P1"])])
@example(asked=[(PARAGRAPHS[:12], PARAGRAPHS[::-1][:12])])
def test_measures_agree(made: Any, asked: list[Judged]) -> None:
    run = made_run(made, asked)
    found = trec.measure(trec.qrels(run.outcomes), trec.rankings(run.outcomes, FUSED))
    expected = by_formula(asked)
    assert found == pytest.approx(expected, abs=1e-9)
    if any(gold for gold, _ in asked):
        assert found == pytest.approx(by_files(run), abs=1e-9)


def test_by_hand(made: Any) -> None:
    asked: list[Judged] = [
        (["doc:1-P1", "doc:1-P2"], ["doc:1-P3", "doc:1-P2", "doc:1-P1"]),
        (["doc:2-P1"], ["doc:2-P1"]),
        (["doc:2-P2"], None),
        ([], ["doc:2-P1"]),
    ]
    outcomes = made_run(made, asked).outcomes
    found = trec.measure(trec.qrels(outcomes), trec.rankings(outcomes, FUSED))
    assert found["R@1"] == pytest.approx((0 + 1 + 0) / 3)
    assert found["R@5"] == pytest.approx((1 + 1 + 0) / 3)
    assert found["RR@10"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    ndcg = (1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3))
    assert found["nDCG@10"] == pytest.approx((ndcg + 1 + 0) / 3)


def test_a_missing_question_scores_nothing_and_stays(made: Any) -> None:
    outcomes = made_run(made, [(["doc:1-P1"], ["doc:1-P1"]), (["doc:1-P2"], None)]).outcomes
    found = trec.per_question(trec.qrels(outcomes), trec.rankings(outcomes, FUSED), ["R@1"])
    assert found == {"R@1": {"zh-0": 1.0, "zh-1": 0.0}}


def test_nothing_judged_is_no_figure(made: Any) -> None:
    outcomes = made_run(made, [([], ["doc:1-P1"])]).outcomes
    assert trec.qrels(outcomes) == {}
    assert trec.measure({}, trec.rankings(outcomes, FUSED)) == dict.fromkeys(trec.MEASURES)


def test_a_score_is_one_over_the_rank(made: Any) -> None:
    outcomes = made_run(made, [(["doc:1-P1"], ["doc:1-P2", "doc:1-P1"]), (["doc:1-P1"], None)]).outcomes
    assert trec.rankings(outcomes, FUSED) == {"zh-0": {"doc:1-P2": 1.0, "doc:1-P1": 0.5}}
    assert trec.rankings(outcomes, "lexical") == {}


def test_the_files(made: Any, tmp_path: Path) -> None:
    run = made_run(made, [(["doc:1-P1", "doc:1-P2"], ["doc:1-P2", "doc:1-P1", "doc:1-P3"]), ([], ["doc:1-P1"])])
    paths = trec.export(run, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["qrels.txt", *(f"{stage}.run" for stage in STAGES)]
    assert paths[0].read_text() == "zh-0 0 doc:1-P1 1\nzh-0 0 doc:1-P2 1\n"
    assert paths[1 + STAGES.index(FUSED)].read_text().splitlines() == [
        "zh-0 Q0 doc:1-P2 1 1.0 fused",
        "zh-0 Q0 doc:1-P1 2 0.5 fused",
        f"zh-0 Q0 doc:1-P3 3 {1 / 3!r} fused",
        "zh-1 Q0 doc:1-P1 1 1.0 fused",
    ]


def test_white_space_in_a_name_does_not_break_columns(made: Any, tmp_path: Path) -> None:
    run = made_run(made, [(["my doc\t:1-P1"], ["my doc\t:1-P1"])])
    qrels, *_, fused, _ = trec.export(run, tmp_path)
    assert qrels.read_text() == "zh-0 0 my_doc_:1-P1 1\n"
    assert fused.read_text() == "zh-0 Q0 my_doc_:1-P1 1 1.0 fused\n"


def test_an_orphaned_paragraph_stays_in_the_qrels(made: Any) -> None:
    gone = made.outcome(evidence=((Part("doc:9-P9", "x", False),),))
    assert trec.qrels([gone]) == {"zh-1": {"doc:9-P9": 1}}


def test_a_folder_that_cannot_be_written(made: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"file cannot be written \(.*\); name another folder"):
        trec.export(made.run([made.outcome()]), tmp_path / "file")

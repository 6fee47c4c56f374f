"""`yinzheng-eval gate`: what it says, what it accepts, and its exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small import HIT, MISS, REFUSED, changed, entry

from eval.commands.gate import CHANGED, SHOWN
from eval.run import file
from eval.run.outcome import Outcome

pytestmark = pytest.mark.usefixtures("quick")


def test_gate_from_the_first_baseline_to_a_loss(evaluate: Any, small: Path, tmp_path: Path, write: Any) -> None:
    baseline = tmp_path / "baseline.jsonl"
    said = evaluate("gate", small, "--baseline", baseline)
    assert said.error == f'no baseline at {baseline}; write one with `yinzheng-eval gate --accept "why"`'
    said = evaluate("gate", small, "--baseline", baseline, "--accept", " the first ")
    assert (said.status, said.out) == (0, f"{baseline} is the baseline now: 2 of 3 right\n")
    assert file.read(baseline).header.reason == "the first"

    said = evaluate("gate", small, "--baseline", baseline)
    assert (said.status, said.out) == (0, f"passed: 3 questions against {baseline} (“the first”)\n")

    write(small, HIT, {**REFUSED, "question": "个人所得税如何申报？"}, {**HIT, "id": "t-9"})
    said = evaluate("gate", small, "--baseline", baseline)
    assert said.status == 1
    assert said.out.splitlines() == [
        "SET  questions: gone from the set: h-0",
        "       in h-0",
        "SET  questions: asks or wants something else now: u-0",
        "       in u-0",
        "1 new, not compared: t-9",
        "1 no longer asked: h-0",
        "1 asks or wants something else, not compared: u-0",
        f"not passed: 1 question against {baseline} (“the first”)",
        'if this is meant: `yinzheng-eval gate --accept "why"`, with the same arguments',
    ]
    said = evaluate("gate", small, "--baseline", baseline, "--accept", "other questions")
    assert (said.status, said.out) == (0, f"{baseline} is the baseline now: 3 of 3 right\n")
    assert file.read(baseline).header.reason == "other questions"
    assert evaluate("gate", small, "--baseline", baseline).status == 0


def test_gate_judges_a_run_that_is_made(evaluate: Any, made: Any, good: Path) -> None:
    worse = changed(good, lambda o: made.outcome(o.id, hit=None, quotes=(made.shown("doc:2-P1"),)), "worse.jsonl")
    assert evaluate("gate", "--baseline", good, "--run", good).status == 0
    said = evaluate("gate", "--baseline", good, "--run", worse)
    assert (said.status, said.err) == (1, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("WORSE  quotes: zh: hit@1 before refusing, 1.000 → 0.000 over 12 questions (p = 0.0")
    assert lines[1] == f"       in {', '.join(f'zh-{n:02}' for n in range(SHOWN))} …"
    (follows,) = [number for number, line in enumerate(lines) if line.startswith("follows  answer: zh: hit@1,")]
    assert not lines[follows + 1].startswith("       in")
    assert "\n12 of 12 questions answered otherwise:\n\nzh-00  zh-00?\n  before  right  0.90\n" in said.out
    assert "\n          1-P1: 甲乙丙丁。\n  after   wrong quote  0.90\n          2-P1: 甲乙丙丁。\n" in said.out
    assert said.out.count("\n  before  ") == CHANGED
    assert "\n… and 2 more; --all shows them\n" in said.out
    assert evaluate("gate", "--baseline", good, "--run", worse, "--all").out.count("\n  before  ") == 12


def test_gate_as_json(evaluate: Any, made: Any, good: Path) -> None:
    worse = changed(good, lambda o: made.outcome(o.id, rank={"dense": 7}), "worse.jsonl")
    for run, status, causes in ((good, 0, []), (worse, 1, ["dense"])):
        said = evaluate("gate", "--baseline", good, "--run", run, "--json")
        found = json.loads(said.out)
        assert (said.status, found["passed"], found["causes"]) == (status, not causes, causes)
        assert said.out.count("\n") == 1


def test_gate_takes_alpha(evaluate: Any, made: Any, good: Path) -> None:
    less = changed(good, lambda o: made.outcome(o.id, hit=None) if o.id < "zh-03" else o, "less.jsonl")
    assert evaluate("gate", "--baseline", good, "--run", less).status == 0
    assert evaluate("gate", "--baseline", good, "--run", less, "--alpha", "0.3").status == 1


def test_gate_tells_labels_apart(evaluate: Any, good: Path) -> None:
    def orphan(outcome: Outcome) -> Outcome:
        ((part,),) = outcome.evidence
        return replace(outcome, evidence=((replace(part, stands=False),),)) if outcome.id == "zh-00" else outcome

    said = evaluate("gate", "--baseline", good, "--run", changed(good, orphan, "orphaned.jsonl"))
    assert said.status == 1
    assert said.out.startswith("LABELS  labels: orphaned, not worse: the text reads otherwise after repair; relabel")
    assert "1 labels orphaned, not compared: zh-00" in said.out


def test_gate_refuses_a_new_question_whose_evidence_does_not_stand(
    evaluate: Any, small: Path, tmp_path: Path, write: Any
) -> None:
    baseline = tmp_path / "baseline.jsonl"
    assert evaluate("gate", small, "--baseline", baseline, "--accept", "first").status == 0
    write(small, HIT, REFUSED, MISS, entry("t-9", "谁？", evidence=[[{"paragraph": "2-P1", "text": "Meng"}]]))
    said = evaluate("gate", small, "--baseline", baseline)
    assert (said.status, said.out) == (2, "")
    assert said.err.splitlines()[-1] == (
        f"yinzheng: {small} line 4: the evidence of t-9 does not stand; run `yinzheng-eval check`"
    )


def test_gate_accepts_no_orphaned_label(evaluate: Any, small: Path, tmp_path: Path, write: Any) -> None:
    write(small, HIT, entry("t-9", "谁？", evidence=[[{"paragraph": "2-P1", "text": "Meng"}]]))
    said = evaluate("gate", small, "--baseline", tmp_path / "baseline.jsonl", "--accept", "why")
    assert (said.status, said.out) == (2, "")
    assert "line 2: 'Meng' of t-9 stands in no sentence of 2-P1" in said.err
    assert not (tmp_path / "baseline.jsonl").exists()


def test_gate_accepts_no_run_with_an_orphaned_label(evaluate: Any, made: Any, good: Path, tmp_path: Path) -> None:
    def orphan(outcome: Outcome) -> Outcome:
        ((part,),) = outcome.evidence
        return replace(outcome, evidence=((replace(part, stands=False),),))

    run = changed(good, orphan, "orphaned.jsonl")
    assert evaluate("gate", "--run", run, "--baseline", tmp_path / "new.jsonl", "--accept", "why").status != 0
    assert not (tmp_path / "new.jsonl").exists()


@pytest.mark.parametrize("fault", ["verbatim", "placed"])
def test_gate_accepts_no_quote_that_does_not_stand(evaluate: Any, made: Any, good: Path, fault: str) -> None:
    before = good.read_bytes()
    bad = changed(good, lambda o: replace(o, quotes=(made.shown(**{fault: o.id > "zh-01"}),)), "bad.jsonl")
    said = evaluate("gate", "--run", bad, "--baseline", good, "--accept", "why")
    assert (said.status, said.out) == (1, "not accepted: quotes do not stand where they are cited: zh-00, zh-01\n")
    assert good.read_bytes() == before
    assert evaluate("gate", "--run", bad, "--baseline", good).out.startswith("WORSE  ")


def test_gate_replaces_a_baseline_that_it_cannot_read(evaluate: Any, good: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.jsonl"
    old.write_text(good.read_text(encoding="utf-8").replace('"format":1', '"format":0', 1), encoding="utf-8")
    assert evaluate("gate", "--run", good, "--baseline", old, "--accept", "a new format").status == 0


def test_the_default_baseline_is_held_against_a_run(evaluate: Any) -> None:
    from eval.gate.gate import default_baseline

    said = evaluate("gate", "--run", default_baseline())
    assert said.status == 0
    assert said.out.startswith(f"passed: {len(file.read(default_baseline()).outcomes)} questions against ")


def test_a_run_never_goes_over_a_question_set(evaluate: Any, small: Path) -> None:
    before = small.read_bytes()
    said = evaluate("run", small, "--out", small)
    assert said.status == 2
    assert "is a question set; name another file for the run" in said.err
    assert small.read_bytes() == before

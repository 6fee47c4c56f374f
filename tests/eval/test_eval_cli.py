"""`yinzheng-eval`: every command in this process, its exit status, and one clean line for every error."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import regex

from eval import record
from eval.cli import main
from eval.commands import CHANGED, SHOWN
from eval.record import Outcome, Run
from eval.stages import STAGES
from index.errors import InputError
from index.library import Library

MENG = [[{"paragraph": "4-P2", "text": "Meng"}]]


def entry(id: str, question: str, **changes: Any) -> dict[str, Any]:
    base = {"id": id, "language": "zh", "kind": "k", "question": question, "answerable": True, "evidence": MENG}
    return {**base, **changes}


# Two questions of the tuning half and one of the other: a hit, a refusal, a miss.
HIT = entry("t-0", "CAAR-NK 细胞是谁构建的？")
REFUSED = entry("u-0", "个人所得税怎么申报？", answerable=False, evidence=[], terms=[["所得税"]])
MISS = entry("h-0", "HSCT的原理是什么？")


@pytest.fixture(autouse=True)
def quick(library: Library, index_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default index is the review's and open already."""
    from qa import service

    real = service.open_library

    def opened(folder: Path | None = None, *rest: Any) -> Library:
        return library if folder is None else real(folder, *rest)

    monkeypatch.setattr(service, "open_library", opened)


@pytest.fixture
def small(tmp_path: Path, write: Callable[..., Path]) -> Path:
    return write(tmp_path / "small.jsonl", HIT, REFUSED, MISS)


@pytest.fixture
def good(made: Any, tmp_path: Path) -> Path:
    """A run made by hand: twelve Chinese questions, all right."""
    return kept(made.run([made.outcome(f"zh-{n:02}") for n in range(12)]), tmp_path / "good.jsonl")


def kept(run: Run, path: Path) -> Path:
    record.write(run, path)
    return path


def changed(path: Path, change: Callable[[Outcome], Outcome], to: str) -> Path:
    """A run with every outcome changed, beside it."""
    run = record.read(path)
    return kept(Run(run.header, tuple(change(outcome) for outcome in run.outcomes)), path.with_name(to))


# --- run --------------------------------------------------------------------------------------------


def test_run_prints_a_table_and_keeps_the_run(evaluate: Any, small: Path, tmp_path: Path) -> None:
    said = evaluate("run", small, "--out", tmp_path / "new" / "run.jsonl")
    assert (said.status, said.err) == (0, "Asking…\n")
    head, tuning, held, note, where = said.out.splitlines()
    assert head.split()[:4] == ["half", "language", "answerable", "hit@1"]
    # half, language, answerable, hit@1, hit@3, false refusals, citation precision, unanswerable, false answers
    assert tuning.split()[:9] == ["tuning", "zh", "1", "1.000", "1.000", "0.000", "1.000", "1", "0.000"]
    assert held.split()[:6] == ["held-out", "zh", "1", "0.000", "0.000", "0.000"]
    done, total = regex.fullmatch(r"(\d+) of (\d+) quotes stand word for word in their source", note).groups()
    assert int(done) == int(total) > 1
    assert where == f"written to {tmp_path / 'new' / 'run.jsonl'}"
    made = record.read(tmp_path / "new" / "run.jsonl")
    assert [outcome.verdict for outcome in made.outcomes] == ["right", "rightly refused", "wrong quote"]
    assert list(made.header.sets) == ["small.jsonl"]


def test_run_names_the_file_after_the_time(evaluate: Any, small: Path, tmp_path: Path) -> None:
    said = evaluate("run", small, "--half", "held-out")
    (path,) = (tmp_path / "runs").iterdir()
    assert regex.fullmatch(r"\d{8}-\d{6}\.jsonl", path.name)
    assert said.out.splitlines()[-1] == f"written to runs/{path.name}"
    assert [outcome.id for outcome in record.read(path).outcomes] == ["h-0"]
    assert "tuning" not in said.out


def test_run_as_json_is_what_is_kept(evaluate: Any, small: Path, tmp_path: Path) -> None:
    said = evaluate("run", small, "--json", "--out", "run.jsonl")
    assert said.status == 0
    assert said.out == (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    header, *outcomes = [json.loads(line) for line in said.out.splitlines()]
    assert header["format"] == 1
    assert [outcome["id"] for outcome in outcomes] == ["t-0", "u-0", "h-0"]


def test_run_lists_misses(evaluate: Any, small: Path) -> None:
    out = evaluate("run", small, "--misses", "--out", "run.jsonl").out
    assert "\nh-0 (held-out) HSCT的原理是什么？\n  wrong quote  0." in out
    assert "\n  wanted 4-P2 «Meng»\n" in out
    assert "t-0" not in out
    assert "u-0" not in out


def test_run_opens_an_index_that_is_named(
    small: Path, index_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["run", str(small), "--half", "held-out", "--index", str(index_folder), "--out", "run.jsonl"]
    assert main(arguments) == 0
    assert record.read(tmp_path / "run.jsonl").by_id["h-0"].quotes[0].verbatim
    capsys.readouterr()


# --- gate -------------------------------------------------------------------------------------------


def test_gate_from_the_first_baseline_to_a_loss(evaluate: Any, small: Path, tmp_path: Path, write: Any) -> None:
    baseline = tmp_path / "baseline.jsonl"
    said = evaluate("gate", small, "--baseline", baseline)
    assert said.error == f'no baseline at {baseline}; write one with `yinzheng-eval gate --accept "why"`'
    said = evaluate("gate", small, "--baseline", baseline, "--accept", " the first ")
    assert (said.status, said.out) == (0, f"{baseline} is the baseline now: 2 of 3 right\n")
    assert record.read(baseline).header.reason == "the first"

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
    assert record.read(baseline).header.reason == "other questions"
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
    from eval.gate import default_baseline

    said = evaluate("gate", "--run", default_baseline())
    assert said.status == 0
    assert said.out.startswith(f"passed: {len(record.read(default_baseline()).outcomes)} questions against ")


def test_a_run_never_goes_over_a_question_set(evaluate: Any, small: Path) -> None:
    before = small.read_bytes()
    said = evaluate("run", small, "--out", small)
    assert said.status == 2
    assert "is a question set; name another file for the run" in said.err
    assert small.read_bytes() == before


# --- compare, export, report ------------------------------------------------------------------------


def test_compare(evaluate: Any, made: Any, good: Path) -> None:
    worse = changed(good, lambda o: made.outcome(o.id, hit=3), "worse.jsonl")
    said = evaluate("compare", good, worse)
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].split() == ["questions", "of", "measure", "n", "before", "after", "p", "judged"]
    assert lines[1].split()[:7] == ["zh", "hit@1", "before", "refusing", "12", "1.000", "0.000"]
    # hit@1 before and after refusing, for Chinese and for all
    assert lines[-1] == "12 questions compared; measures better 0, worse 4"
    assert evaluate("compare", worse, good).out.splitlines()[-1] == (
        "12 questions compared; measures better 4, worse 0"
    )
    assert evaluate("compare", good, good).out == "12 questions compared; measures better 0, worse 0\n"


def test_compare_as_json(evaluate: Any, made: Any, good: Path) -> None:
    worse = changed(good, lambda o: made.outcome(o.id, hit=3), "worse.jsonl")
    said = evaluate("compare", good, worse, "--json", "--alpha", "0.0002")
    found = json.loads(said.out)
    assert (said.status, found["compared"], len(found["changed"])) == (0, 12, 12)
    # one in 4096 is not as rare as that
    assert not any(test["worse"] for test in found["tests"])


def test_two_sides_stand_side_by_side_on_a_terminal(made: Any, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name, value in {"TERM": "dumb", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    worse = changed(good, lambda o: replace(o, quotes=(made.shown("doc:2-P1", text="[red]丁\x1b[0m"),)), "worse.jsonl")
    monkeypatch.setattr(sys, "stdout", out := Terminal())
    assert main(["compare", str(good), str(worse)]) == 0
    lines = [regex.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in out.getvalue().splitlines()]
    number = lines.index("zh-00  zh-00?")
    assert [line.split() for line in lines[number + 1 : number + 4]] == [
        ["before", "after"],
        ["right", "0.90", "right", "0.90"],
        ["1-P1:", "甲乙丙丁。", "2-P1:", "[red]丁�[0m"],
    ]


def test_export(evaluate: Any, good: Path, tmp_path: Path) -> None:
    said = evaluate("export", good)
    names = ["qrels.txt", *(f"{stage}.run" for stage in STAGES)]
    assert (said.status, said.out) == (0, "".join(f"written to {tmp_path / 'good' / name}\n" for name in names))
    assert (tmp_path / "good" / "qrels.txt").read_text().startswith("zh-00 0 doc:1-P1 1\n")
    assert evaluate("export", good, "--out", "other").status == 0
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == sorted(names)


def test_report(evaluate: Any, made: Any, good: Path, tmp_path: Path) -> None:
    said = evaluate("report", good)
    page, text = tmp_path / "good.html", tmp_path / "good.md"
    assert (said.status, said.err, said.out) == (0, "", f"written to {page}\nwritten to {text}\n")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert text.read_text(encoding="utf-8").startswith("# Evaluation\n")
    worse = changed(good, lambda o: made.outcome(o.id, hit=3), "worse.jsonl")
    said = evaluate("report", worse, "--against", good, "--out", "page.html")
    assert (said.status, said.out) == (0, "written to page.html\nwritten to page.md\n")
    for name in ("page.html", "page.md"):
        shown = (tmp_path / name).read_text(encoding="utf-8")
        assert "Comparison with an earlier run" in shown
        assert "12 questions compared" in shown


def test_report_never_writes_one_file_twice(evaluate: Any, good: Path, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    said = evaluate("report", good, "--out", "page.md")
    kinds = sorted(path.read_text(encoding="utf-8")[:5] for path in set(tmp_path.iterdir()) - before)
    assert (said.status, kinds) in [(0, ["# Eva", "<!DOC"]), (2, [])]


# --- check, new-set ---------------------------------------------------------------------------------


def test_check(evaluate: Any, small: Path, write: Any) -> None:
    said = evaluate("check", small)
    assert (said.status, said.out) == (0, "3 questions, 0 findings\n")
    assert json.loads(evaluate("check", small, "--json").out) == {"questions": 3, "findings": []}
    write(small, HIT, {**REFUSED, "terms": []})
    finding = f"{small} line 2: u-0 has no terms that would show that the text does not answer it"
    said = evaluate("check", small)
    assert (said.status, said.out) == (1, f"{finding}\n2 questions, 1 finding\n")
    said = evaluate("check", small, "--json")
    assert (said.status, json.loads(said.out)) == (1, {"questions": 2, "findings": [finding]})


def test_a_new_set_from_start_to_check(evaluate: Any, tmp_path: Path) -> None:
    said = evaluate("new-set", "mine.jsonl", "--size", "2", "--seed", "3")
    assert said.status == 0
    assert said.out.splitlines() == [
        "mine.jsonl has 3 lines: write their questions, drop those you do not want",
        "then `yinzheng-eval check mine.jsonl` and `yinzheng-eval run mine.jsonl`",
    ]
    path = tmp_path / "mine.jsonl"
    assert evaluate("check", "mine.jsonl").error == (
        "mine.jsonl line 1: question is ''; expected a text that is not blank"
    )
    asked = {"zh": "这里说的是什么？", "en": "What does this say, and where?"}
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, made in enumerate(entries):
        made["question"] = f"{number} {asked[made['language']]}"
    # one question stands in one half alone
    path.write_text(json.dumps(entries[0]) + "\n" + json.dumps(entries[2]) + "\n", encoding="utf-8")
    said = evaluate("run", "mine.jsonl", "--out", "run.jsonl")
    assert (said.status, said.err) == (0, "Asking…\n")
    assert len(record.read(tmp_path / "run.jsonl").outcomes) == 2
    assert evaluate("new-set", "mine.jsonl").error == "mine.jsonl is there already; name a new file"


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "check", "gate --baseline good.jsonl"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "small.jsonl cannot be read (No such file or directory); name a JSONL file in UTF-8"),
        ("{}", "small.jsonl line 1 has no 'id'; expected the keys"),
        ("{", "small.jsonl line 1 is not JSON"),
        ("", "no questions in small.jsonl; name a set that has some"),
        (json.dumps(HIT) + "\n" + json.dumps(HIT), "line 2: the id 't-0' stands in small.jsonl line 1 too"),
        ("\udcff", "small.jsonl cannot be read (it is not UTF-8)"),
    ],
    ids=["missing", "no key", "no JSON", "empty", "twice", "binary"],
)
def test_a_bad_set(evaluate: Any, good: Path, tmp_path: Path, command: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "small.jsonl").write_bytes(content.encode(errors="surrogateescape"))
    name, *options = command.split()
    assert said in evaluate(name, "small.jsonl", *options).error


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ([[{"paragraph": "9-P9", "text": "Meng"}]], "names the paragraph '9-P9', which does not exist"),
        ([[{"paragraph": "4-P2", "text": "Wang"}]], "'Wang' of t-0 stands in no sentence of 4-P2"),
    ],
)
def test_run_refuses_evidence_that_does_not_stand(
    evaluate: Any, small: Path, tmp_path: Path, write: Any, evidence: Any, said: str
) -> None:
    write(small, REFUSED, {**HIT, "evidence": evidence})
    error = evaluate("run", small, "--out", "run.jsonl").error
    assert error.startswith(f"{small} line 2: ")
    assert said in error
    assert not (tmp_path / "run.jsonl").exists()


def test_a_half_without_questions(evaluate: Any, small: Path, write: Any) -> None:
    write(small, HIT)
    error = evaluate("run", small, "--half", "held-out").error
    assert error == "no question of these sets is in the held-out half; name another half or set"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("gate small.jsonl", "sets of your own need a baseline of their own; name it with --baseline FILE"),
        ("gate --accept ''", "a baseline needs a reason; say why, as in --accept"),
        (
            "gate --baseline none --run good.jsonl",
            'no baseline at none; write one with `yinzheng-eval gate --accept "w',
        ),
        ("gate --baseline good.jsonl --run none", "none cannot be read (No such file"),
        ("gate --baseline good.jsonl --run small.jsonl", "small.jsonl line 1 is not of a run"),
        ("gate --baseline small.jsonl --run good.jsonl", "small.jsonl line 1 is not of a run"),
        ("gate --baseline good.jsonl --run other.jsonl", "the runs are of other documents: doc and tea"),
        ("gate --baseline good.jsonl --run apart.jsonl", "the runs have no question in common"),
        ("compare good.jsonl other.jsonl", "the runs are of other documents: doc and tea; compare runs over one"),
        ("compare good.jsonl apart.jsonl", "the runs have no question in common; compare runs of one question"),
        ("compare good.jsonl none", "none cannot be read (No such file or directory)"),
        ("compare small.jsonl good.jsonl", "small.jsonl line 1 is not of a run (KeyError: 'format'); name a file that"),
        ("compare . good.jsonl", ". cannot be read (Is a directory); name a file that `yinzheng-eval run` wrote"),
        ("export cut.jsonl", "cut.jsonl line 13 is not of a run (JSONDecodeError"),
        ("export good.jsonl --out small.jsonl", "small.jsonl cannot be written (File exists); name another folder"),
        ("report small.jsonl", "small.jsonl line 1 is not of a run (KeyError: 'format'); name a file that"),
        ("report good.jsonl --against none", "none cannot be read (No such file or directory)"),
        ("report good.jsonl --against other.jsonl", "the runs are of other documents: tea and doc"),
        ("report good.jsonl --out none/page.html", "none/page.html cannot be written (No such file or directory)"),
        ("run small.jsonl --out .", ". cannot be written; name a file in a folder of yours"),
        ("run small.jsonl --out small.jsonl/run", "small.jsonl cannot be made"),
        ("run small.jsonl --index none --out new", "no index in none; run `yinzheng index build --index none`"),
        ("check small.jsonl --index none", "no index in none; run `yinzheng index build --index none`"),
        ("new-set new.jsonl --index none", "no index in none; run `yinzheng index build --index none`"),
        ("new-set small.jsonl", "small.jsonl is there already; name a new file"),
        ("new-set none/new.jsonl", "none/new.jsonl cannot be written (No such file or directory)"),
        ("bench sets none", "no set none; name one that is there, or the folder it lies in with --data DIR"),
    ],
)
def test_errors_are_one_line(
    evaluate: Any, made: Any, small: Path, good: Path, tmp_path: Path, monkeypatch: Any, arguments: str, said: str
) -> None:
    monkeypatch.delenv("YINZHENG_DATA", raising=False)
    kept(made.run([made.outcome("zh-00")], documents={"tea": "b"}), tmp_path / "other.jsonl")
    kept(made.run([made.outcome("zh-99")]), tmp_path / "apart.jsonl")
    (tmp_path / "cut.jsonl").write_bytes(good.read_bytes()[:-100])
    given = ["" if word == "''" else word for word in arguments.split()]
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert evaluate(*given).error.startswith(said)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["--debug", "run"],
        ["run", "--half", "both"],
        ["run", "--nonsense"],
        ["gate", "--alpha", "0"],
        ["gate", "--alpha", "1"],
        ["gate", "--alpha", "nan"],
        ["gate", "--alpha", "five"],
        ["gate", "--accept"],
        ["compare"],
        ["compare", "a"],
        ["compare", "a", "b", "c"],
        ["report"],
        ["export"],
        ["export", "a", "b"],
        ["check", "--half", "tuning"],
        ["new-set"],
        ["new-set", "a", "--size", "0"],
        ["new-set", "a", "--seed", "x"],
        ["bench"],
        ["bench", "nonsense"],
        ["bench", "sets"],
        ["bench", "sets", "a", "--sample", "0"],
        ["bench", "sets", "a", "--articles", "1.5"],
        ["bench", "sets", "a", "--seed", "x"],
        ["bench", "cold", "a"],
    ],
    ids=" ".join,
)
def test_wrong_usage(evaluate: Any, arguments: list[str]) -> None:
    assert regex.search(r"; see `yinzheng-eval( \w[\w-]*)* --help`$", evaluate(*arguments).error)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], *([name, "--help"] for name in ("run", "gate", "compare", "report", "export", "check", "new-set"))],
    ids=" ".join,
)
def test_help(evaluate: Any, arguments: list[str]) -> None:
    said = evaluate(*arguments)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("usage: yinzheng-eval")


@pytest.mark.parametrize(
    "arguments", [["run", "none"], ["gate", "--baseline", "none"], ["compare", "none", "none"], ["export", "none"]]
)
def test_debug_raises(evaluate: Any, arguments: list[str]) -> None:
    with pytest.raises(InputError):
        evaluate(*arguments, "--debug")

"""`yinzheng-eval compare`, `export` and `report`: what is made of runs that are kept."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import regex
from small import changed

from eval.cli import main
from eval.run.stages import STAGES

pytestmark = pytest.mark.usefixtures("quick")


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

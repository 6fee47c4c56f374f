"""`yinzheng-eval run`: a table for people, lines for scripts, clean errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.cli import main

if TYPE_CHECKING:
    from index.library import Library

EVIDENCE = [[{"paragraph": "4-P2", "text": "Meng"}]]


def entry(id: str, question: str, **changes: object) -> dict[str, object]:
    base = {"id": id, "language": "zh", "kind": "k", "section": None, "question": question}
    return {**base, "answerable": True, "evidence": EVIDENCE, **changes}


@pytest.fixture
def small(tmp_path: Path, library: Library) -> Path:
    """Two questions of the tuning half and one of the other: a hit, a refusal, a miss."""
    entries = [
        entry("t-0", "CAAR-NK 细胞是谁构建的？"),
        entry("u-0", "个人所得税怎么申报？", answerable=False, evidence=[]),
        entry("h-0", "HSCT的原理是什么？"),
    ]
    path = tmp_path / "small.jsonl"
    path.write_text("\n".join(json.dumps(e) for e in entries), encoding="utf-8")
    return path


def test_a_table(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(small)]) == 0
    head, tuning, held, note = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["half", "lang", "answerable"]
    assert tuning.split()[:-1] == ["tuning", "zh", "1", "1.00", "1.00", "0.00", "1", "1.00"]
    assert held.split()[:-1] == ["held-out", "zh", "1", "0.00", "0.00", "0.00", "0", "–"]
    assert note.endswith("quotes stand word for word in their source")
    done, _, total = note.split()[:3]
    assert int(done) == int(total) > 0


def test_one_half(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(small), "--half", "held-out"]) == 0
    out = capsys.readouterr().out
    assert "held-out" in out
    assert "tuning" not in out


def test_lines_for_scripts(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(small), "--json"]) == 0
    *outcomes, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(outcome["half"], outcome["hit@1"]) for outcome in outcomes] == [
        ("tuning", True),
        ("tuning", None),
        ("held-out", False),
    ]
    assert [(row["half"], row["hit1"]) for row in last["summary"]] == [("tuning", 1.0), ("held-out", 0.0)]


def test_misses(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(small), "--misses"]) == 0
    out = capsys.readouterr().out
    assert "h-0 (held-out) HSCT的原理是什么？" in out
    assert "wanted 4-P2 «Meng»" in out
    assert "t-0" not in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (json.dumps(entry("x", "q", evidence=[[{"paragraph": "4-P2", "text": "Wang"}]])), "stands in no sentence"),
        ("{}", "line 1 has other keys"),
        ("", "no questions in"),
    ],
    ids=["missing", "wrong evidence", "no question", "empty"],
)
def test_errors_are_one_line(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    path = tmp_path / "set.jsonl"
    if content is not None:
        path.write_text(content)
    assert main(["run", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("yinzheng")
    assert shown.err.count("\n") == 1
    assert said in shown.err


def test_debug_raises(tmp_path: Path) -> None:
    from index.errors import InputError

    with pytest.raises(InputError):
        main(["--debug", "run", str(tmp_path / "none")])


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["run", "--half", "both"]], ids=" ".join)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().out == ""


def test_an_index_that_is_not_there(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(small), "--index", str(tmp_path / "none")]) == 2
    assert "no index in" in capsys.readouterr().err

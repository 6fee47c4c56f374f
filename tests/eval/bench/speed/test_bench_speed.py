"""One run of `bench speed`, small: every system that is installed, those that are not, and those that are wrong."""

from __future__ import annotations

import argparse
import inspect
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import contestants
import numpy as np
import pytest
from counting import DATA

from eval.bench import settings
from eval.bench.process import Process
from eval.bench.speed import dense, hybrid, lexical, pipelines, row, speed, trial
from eval.bench.speed.contestant import Contestant, best
from eval.bench.speed.plot import drawn
from eval.bench.speed.roster import ROSTER
from eval.bench.speed.row import Row
from eval.bench.speed.trial import Measured
from eval.cli import main
from qa.terminal.console import Console

SIZE = 300
# Writes down every try to leave the machine.
WATCHED = Path(__file__).parents[3] / "watched"
EXTRA = "pip install 'yinzheng[peers]'"


@pytest.fixture(autouse=True)
def few_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "QUESTIONS", 12)


def run(
    *roster: type[Contestant], capsys: pytest.CaptureFixture[str], sizes: Sequence[int] = (SIZE,)
) -> tuple[int, str]:
    legs = tuple(dict.fromkeys(kind.leg for kind in roster))
    status = speed.speed(Console(), sizes=sizes, only=legs, roster=roster)
    return status, "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())


def installed(kind: type[Contestant]) -> type[Contestant]:
    if missing := kind.missing():
        pytest.skip(f"{', '.join(missing)} is not installed: {EXTRA}")
    return kind


def test_the_options_are_the_parameters() -> None:
    parser = argparse.ArgumentParser()
    speed.add_options(parser)
    assert {*vars(parser.parse_args([])), "console", "roster"} == set(inspect.signature(speed.speed).parameters)
    parsed = parser.parse_args(["--sizes", "300", "10k", "1M", "--only", "dense"])
    assert (parsed.sizes, parsed.only) == ([300, 10_000, 1_000_000], ["dense"])
    for wrong in (["--sizes", "99"], ["--sizes", "10x"], ["--sizes", "²"], ["--only", "sparse"], ["--seed", "x"]):
        with pytest.raises(SystemExit):
            parser.parse_args(wrong)


@pytest.mark.slow
def test_tables_of_both_legs(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(
        lexical.Ours, lexical.RankBm25, dense.Faiss, contestants.Small, contestants.Absent, contestants.Chatty,
        capsys=capsys, sizes=(SIZE, 120),
    )  # fmt: skip
    assert status == 0
    first, second, notes = out.split("\n\n")
    head, *rows = first.splitlines()
    assert head.split() == (
        "chunks system build s build MB disk MB open ms first ms p50 ms p95 ms cpu ms × ours MB file MB lexical".split()
    )
    assert [line.split()[:2] for line in rows] == [
        ["120", "Yinzheng"], ["120", "rank_bm25"], ["300", "Yinzheng"], ["300", "rank_bm25"],
    ]  # fmt: skip
    assert all("scores off by " in line for line in rows)
    assert rows[0].split()[10] == "1.00", "ours, held against ours"
    assert rows[1].split()[4:6] == ["–", "–"], "it is not kept on disk"
    head, *rows = second.splitlines()
    assert head.split()[-1] == "dense"
    assert [line.split()[:2] for line in rows] == [
        [size, system] for size in ("120", "300") for system in ("faiss", "small", "absent", "chatty")
    ]
    assert all(line.endswith("recall@10 1.0000") for line in (rows[0], rows[1], rows[3], rows[4], rows[7]))
    assert rows[2].endswith(f"NOT INSTALLED (no_such_module): {EXTRA}")
    assert rows[5].endswith("not tried with more than 150 chunks")
    assert "one thread each" in notes
    assert "rank-bm25 0.2" in notes


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (contestants.Off, "scores off by 1e-03, which is WRONG"),
        (contestants.Second, "which is WRONG"),
        (contestants.Blind, "TOO LOW"),
        (contestants.Broken, "FAILED: for that"),
        (contestants.Killed, "FAILED: ended by SIGKILL"),
    ],
)
def test_what_is_wrong_is_a_finding(kind: type[Contestant], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(kind, capsys=capsys)
    assert status == 1
    table, notes = out.split("\n\n")
    assert said in table
    assert f"WRONG: {kind.leg}, 300, {kind.name}: " in notes


def test_what_comes_to_no_end_is_given_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(settings, "CONTESTANT_SECONDS", 2)
    status, out = run(contestants.Endless, capsys=capsys)
    assert (status, "FAILED: not done after 2 s" in out) == (1, True)


def test_a_slow_system_is_asked_less(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "ASKING_SECONDS", 0.0)
    monkeypatch.setattr(settings, "ASKED_MIN", 4)

    class Slow(Contestant):
        leg = "dense"

        def ask(self, number: int) -> list[int]:
            return [number]

    found = trial._asked(Slow(), 9, Process.this().memory, tmp_path)
    assert (found["found"], len(found["times"])) == ([[0], [1], [2], [3]], 3)
    monkeypatch.setattr(Slow, "leg", "pipelines")
    assert len(trial._asked(Slow(), 9, Process.this().memory, tmp_path)["found"]) == 9, "all, where quality is measured"


@pytest.mark.parametrize("kind", [lexical.Bm25s], ids=["bm25s"])
def test_a_peer_of_a_leg(kind: type[Contestant], capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(installed(kind), capsys=capsys)
    assert status == 0
    said = out.split("\n\n")[0].splitlines()[1]
    assert float(said.split()[-5]) > 0.7, said
    assert said.endswith("of the same ten")


@pytest.mark.slow
def test_a_whole_library(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(hybrid.Whole, capsys=capsys)
    assert status == 0
    line = out.splitlines()[1]
    assert line.split()[:2] == ["300", "Yinzheng"]
    assert float(line.split()[-2]) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in ROSTER if kind.leg == "pipelines"], ids=lambda kind: kind.name)
def test_a_pipeline(
    kind: type[Contestant], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = tmp_path / "watched"
    monkeypatch.setenv("WATCHED", str(watched))
    monkeypatch.syspath_prepend(str(WATCHED))
    status = speed.speed(
        Console(), only=["pipelines"], sets=[Path("harbour.zh.json")], data=DATA, roster=[installed(kind)], as_json=True
    )
    found = json.loads(capsys.readouterr().out)
    assert status == 0
    assert (found["data"], found["system"], found["asked"]) == ("harbour.zh", kind.name, 4)
    assert found["R@5"] == 1.0, "there are three paragraphs"
    assert 0.5 <= found["R@1"] <= found["nDCG@10"] <= 1
    assert found["p50"] > 0
    assert not watched.exists(), "something was told to somebody"


def test_every_peer_says_what_it_needs() -> None:
    for kind in ROSTER:
        assert kind.name
        assert (kind.needs == ()) == (kind.name == row.OURS)
    assert next(kind.name for kind in ROSTER if kind.leg == "pipelines") == row.OURS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "pipelines"), "pipelines need text"),
        (("--sets", "none.json"), "no set none.json"),
        (("--sizes", "10"), "expected a size such as 10k or 1m"),
        (("--plot", "/no/such/folder/p.svg"), "no folder /no/such/folder"),
    ],
)
def test_errors_are_one_line(arguments: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["bench", "speed", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    shown = capsys.readouterr()
    assert (status, shown.out) == (2, "")
    assert said in shown.err
    assert shown.err.count("\n") == 1


def test_a_run_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "speed.svg"
    assert main(["bench", "speed", "--sizes", "300", "--only", "dense", "--json", "--plot", str(path)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    faiss = next(line for line in lines if line["system"] == "faiss flat")
    assert (faiss["leg"], faiss["data"], faiss["asked"], faiss["right"]) == ("dense", 300, 12, True)
    assert faiss["disk"] == pytest.approx(300 * 384 * 4, rel=0.01)
    assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def measured(p50: float, **changes: object) -> Measured:
    values = {
        "build": 1.25, "building": 3_000_000, "disk": 2_000_000, "opening": 0.5, "first": 2.0, "times": (p50,) * 3,
        "worked": (0.25,) * 3, "own": 1_000_000, "file": 4_000_000, "whole": 9_000_000, "found": ((1, 2),),
    }  # fmt: skip
    return Measured(**{**values, **changes})  # type: ignore[arg-type]


def test_cells_by_hand() -> None:
    rows = [
        Row("lexical", 10_000, row.OURS, measured(0.5), "fine"),
        Row("lexical", 10_000, "peer", measured(1234.5, disk=None, opening=None), "fine"),
        Row("lexical", 10_000, "absent", None, "not there"),
        Row("pipelines", "a set", row.OURS, measured(12.34), "4 questions", quality={"R@1": 0.5, "R@5": 1.0}),
    ]
    assert [row.cells(one, rows) for one in rows] == [
        ["10,000", "Yinzheng", "1.2", "3", "2", "500", "2.00", "0.500", "0.500", "0.250", "1.00", "5", "4", "fine"],
        ["10,000", "peer", "1.2", "3", "–", "–", "2.00", "1234", "1234", "0.250", "2469", "5", "4", "fine"],
        ["10,000", "absent", *"–––––––––––", "not there"],
        ["a set", "Yinzheng", "0.500", "1.000", "–", "1.2", "3", "2", "500", "2.00", "12.3", "12.3", "0.250", "1.00",
         "5", "4", "4 questions"],
    ]  # fmt: skip
    for one in rows:
        assert len(row.cells(one, rows)) == len(row.columns(one.leg))


def test_a_plot_of_two_legs() -> None:
    rows = [
        Row("lexical", chunks, system, measured(time), "")
        for system, times in {"Yinzheng": (0.1, 1.0), "peer": (10.0, 95.0)}.items()
        for chunks, time in zip((10_000, 100_000), times, strict=True)
    ]
    rows += [Row("dense", 10_000, "Yinzheng", measured(3.0), ""), Row("dense", 100_000, "absent", None, "")]
    svg = ET.fromstring(str(drawn(rows)))
    texts = [element.text for element in svg.iter("text")]
    assert texts.count("10k") == 8, "an axis for each plot of each leg"
    assert {"lexical", "dense", "peer", "0.1", "100", "100k", "building, s", "on disk, MB"} <= set(texts)
    assert "absent" not in texts
    titles = [element.text or "" for element in svg.iter("title")]
    assert "peer, 100,000 chunks: 95" in titles
    assert "nan" not in str(drawn(rows))
    assert str(drawn([])).startswith("<svg")


def test_best_is_numpys() -> None:
    assert best(np.array([0.1, 3, 2, 0.5])) == [1, 2, 3, 0]
    assert best(np.arange(100.0)) == list(range(99, 89, -1))


def test_pipelines_draw_the_same_questions(tmp_path: Path) -> None:
    pipelines.write(tmp_path, DATA / "island.json", 2, 0)
    collection, queries = pipelines.asked(tmp_path)
    assert len(queries) == 2
    assert all(query.answerable for query in queries)
    assert collection.name == "island"

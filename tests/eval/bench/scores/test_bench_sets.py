"""One run of a benchmark, all of it."""

from __future__ import annotations

import argparse
import inspect
import json
from math import isnan
from pathlib import Path

import pytest
from counting import DATA, Counting, harbours

from eval.bench import settings as bench_settings
from eval.bench.scores import score
from eval.bench.scores.remembered import Remembered, default_cache
from eval.bench.scores.sets import add_options, sets
from eval.bench.sets.collection import Query, documents
from eval.bench.sets.pair import pairs
from index.build import make
from qa.terminal.command import guarded
from qa.terminal.console import Console

pytestmark = pytest.mark.usefixtures("no_dictionary")


def run(*arguments: str, model: Counting | None = None) -> int:
    parser = argparse.ArgumentParser()
    add_options(parser)
    parsed = parser.parse_args([*arguments])
    return guarded(lambda console: sets(console=console, model=model or Counting(), **vars(parsed)), debug=False)


def test_the_options_are_the_parameters() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    assert {*vars(parser.parse_args(["x"])), "console", "model"} == set(inspect.signature(sets).parameters)
    for wrong in (["--sample", "0"], ["--articles", "-1"], ["--seed", "x"], []):
        with pytest.raises(SystemExit):
            parser.parse_args([*wrong])


def test_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINZHENG_DATA", str(DATA))
    status = run("harbour.en.json", "harbour.zh.json", "--sample", "3", "--seed", "5", "--cache", str(tmp_path))
    out = capsys.readouterr().out.splitlines()
    assert status == 0
    assert out[:4] == [
        "harbour.en: 2 articles, 3 paragraphs, 6 sentences",
        "harbour.zh: 2 articles, 3 paragraphs, 6 sentences",
        "",
        out[3],
    ]
    assert out[3].split()[:7] == ["set", "pair", "system", "answerable", "not", "R@1", "R@5"]
    names = [line[: out[3].index("system")].split() for line in out[4:8]]
    assert names == [
        ["harbour.en", "en-en"],
        ["harbour.zh", "zh-zh"],
        ["harbour.en", "over", "harbour.zh", "en-zh"],
        ["harbour.zh", "over", "harbour.en", "zh-en"],
    ]
    own = out[4].split()
    assert own[2:9] == ["Yinzheng", "3", "0", "1.000", "1.000", "1.000", "1.000"]
    assert own[-4:-2] == ["–", "–"], "no unanswerable questions, so neither false answers nor AUROC"
    assert 0 <= float(own[-2]) <= 1
    assert out[9] == "harbour.en en-en: 3 of 4 questions asked, drawn with seed 5"


def test_lines_for_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("island.json", "lighthouse", "--json", "--data", str(DATA), "--cache", str(tmp_path)) == 0
    island, lighthouse = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (island["pair"], island["asked"], island["of"], island["articles"]) == ("en-en", 5, 5, None)
    assert island["library"] == {"articles": 1, "paragraphs": 2, "sentences": 3}
    assert (island["answerable"], island["unanswerable"], island["R@5"]) == (3, 2, 1.0)
    assert 0 <= island["AUROC"] <= 1
    assert island["milliseconds"] > 0
    assert lighthouse["R@1"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert (lighthouse["hit@1"], lighthouse["hit@1 within"], lighthouse["AUROC"]) == (None, None, None)
    assert lighthouse["notes"][0] == "judged by test.tsv"


def test_a_second_run_encodes_only_what_is_timed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_settings, "TIMED", 1)
    arguments = (str(DATA / "harbour.zh.json"), "--json", "--cache", str(tmp_path))
    run(*arguments)
    first = json.loads(capsys.readouterr().out)
    model = Counting()
    run(*arguments, model=model)
    second = json.loads(capsys.readouterr().out)
    assert {**first, "milliseconds": 0} == {**second, "milliseconds": 0}
    # a probe of the memory, and the first question
    probes, asked = model.encoded[:2], model.encoded[2:]
    assert len(set(probes)) == 1
    assert asked == ["维尔丁港是什么时候建的？"]


def test_only_the_first_questions_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "TIMED", 2)
    pair = pairs([harbours()[1]])[0]
    memory = Remembered(Counting())
    seen: list[tuple[int, int]] = []
    library = make(documents(pair.paragraphs), memory)
    replies = score.ask(pair, library, memory, lambda done, total: seen.append((done, total)))
    assert [isnan(reply.milliseconds) for reply in replies] == [False, False, True, True]
    assert seen[0] == (0, 4)
    assert seen[-1] == (4, 4)


def test_what_is_no_question_is_a_miss() -> None:
    library = make(documents(harbours()[0]), Counting())
    found = score.reply(library, Query("x", "hello", True, ("1843",), {"0": 1}))
    assert (found.answered, found.top, found.selected) == (False, (), {1: False, 3: False})


@pytest.mark.parametrize(
    "arguments",
    [("none.json",), (str(DATA / "harbour.en.json"), "none.json"), (str(DATA),)],
    ids=["not there", "one of two", "a folder of something else"],
)
def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    model = Counting()
    assert run(*arguments, "--cache", str(tmp_path), model=model) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("yinzheng: ")
    assert shown.err.count("\n") == 1
    assert model.encoded == []  # known before anything is encoded


def test_where_texts_are_kept_by_default() -> None:
    assert default_cache().parts[-2:] == ("yinzheng", "bench")
    assert isinstance(Console(), Console)

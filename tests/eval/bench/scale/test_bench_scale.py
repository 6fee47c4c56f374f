"""`bench scale`, small: its tables, its JSON, and with a server only what is the client's."""

from __future__ import annotations

import argparse
import inspect
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from eval.bench.apart import Failed
from eval.bench.scale import made, real, scale
from eval.cli import main
from index import settings as index_settings
from index.milvus.server import Server
from qa.terminal.console import Console

SIZES = ("200", "400")


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[str]:
    """The address of a milvus-lite of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [str(Path(sys.executable).with_name("milvus-lite")), "server", "--data-dir", str(tmp_path / "milvus")]
    with (tmp_path / "milvus.log").open("wb") as log:
        server = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=log)
    uri = f"http://127.0.0.1:{port}"
    try:
        Server(uri, index_settings.MILVUS_LOAD).call("list_collections")
        yield uri
    finally:
        server.kill()
        server.wait()


def test_the_options_are_the_parameters() -> None:
    parser = argparse.ArgumentParser()
    scale.add_options(parser)
    parameters = set(inspect.signature(scale.scale).parameters)
    assert {*vars(parser.parse_args([])), "console", "with_json"} == parameters


def of(time: float) -> dict[str, float]:
    return {"seconds": 2 * time, "cpu": time, "peak": 1e9 * time, "before": 3e8}


def measured(times: float) -> dict[str, object]:
    kept = {"vectors and codes": 1e8 * times, "manifest, both copies": 1e6}
    asked = {"cpu": 0.1, "own": 1e7, "file": 1e7, "files": 9, "before": 3e8}
    return {
        "build": {"documents": 5, "listed": 2_500, "writing": of(times), "merging": of(times)},
        "kept": kept,
        "ask": asked,
        "load": of(times),
        "kept there": kept,
        "ask there": asked,
        "add": of(times),
    }


def test_nothing_of_the_speed_of_milvus_lite_is_a_figure() -> None:
    libraries = {1_000: measured(1.0), 2_000: measured(2.0)}
    shown = {(one.group, one.what) for one in scale.of_libraries(libraries, is_lite=True)}
    with_more = {(one.group, one.what) for one in scale.of_libraries(libraries, is_lite=False)}
    assert with_more - shown == {("time", "loading"), ("time", "adding a document")}
    alone = {size: {name: one[name] for name in ("build", "kept", "ask")} for size, one in libraries.items()}
    assert not any("Milvus" in f"{one.group} {one.what}" for one in scale.of_libraries(alone, is_lite=False))


def test_a_stage_that_fails_takes_nothing_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = real.Real(9, 0.1, 0.1, 1.0, (1.0, 2.0), 9, {real.TOKENS: 5_000.0}, (0.1, 0.1), (0.1, 0.1))
    done: list[str] = []

    def apart(function: Callable[..., Any], given: dict[str, Any], *_: object) -> object:
        if function is scale._real:
            return asdict(text)
        done.append(f"{function.__name__} {given['sentences']}")
        if done[-1] == "ask 200":
            raise Failed("for that")
        return measured(1.0)["build" if function is made.build else "ask"]

    monkeypatch.setattr(scale, "apart", apart)
    monkeypatch.setattr(scale.documents, "write_questions", lambda *given: None)
    assert scale.scale(Console(), sentences=[200, 400]) == 1
    out, err = capsys.readouterr()
    assert done == ["build 200", "ask 200", "build 400", "ask 400"]
    assert err.splitlines()[-1] == "yinzheng: 200 sentences: ask: for that"
    asking = next(line for line in out.splitlines() if "asking, in a folder" in line)
    assert asking.split()[-5:] == ["–", "10.0", "MB", "25.0", "GB"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sets", "none.json"), "no set none.json"),
        (("--sentences", "10"), "expected a size such as 10k or 1m"),
        (("--uri", "milvus:19530"), "expected one such as http://127.0.0.1:19530"),
    ],
)
def test_errors_are_one_line(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["bench", "scale", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.slow
def test_a_folder_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "scale", "--sentences", *SIZES, "--sample", "2"]) == 0
    out = capsys.readouterr().out
    text, libraries, notes = out.split("\n\n")
    assert text.splitlines()[0].split() == ["real", "text", "sentences", "a", "sentence", "a", "million"]
    assert "token vectors" in text
    assert libraries.splitlines()[0].split() == ["made", "libraries", "200", "400", "a", "million"]
    assert "Milvus" not in libraries
    assert "files open to ask" in notes


@pytest.mark.slow
def test_on_a_server(lite: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert made.is_lite(lite)
    assert main(["bench", "scale", "--sentences", SIZES[0], "--sample", "2", "--uri", lite, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    shown = {(one["group"], one["what"]): one for one in found["figures"]}
    assert shown["disk: beside Milvus", "vectors and codes"]["million"] == 0
    assert shown["memory", "loading into Milvus, client"]["measured"]["200"] > 0
    assert found["libraries"]["200"]["build"]["documents"] == 1
    assert ("time", "loading") not in shown
    assert Server(lite).call("list_collections") == [], "what was loaded is deleted"

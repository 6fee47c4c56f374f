"""What the command line tells of an index on a server, and what of it nobody tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from few_papers import dictionary, write
from hashed import Hashed
from in_memory import ENGINE, URI, StandIn, standing
from said import Result

from index.dense import encoder as encoders
from index.lexical import glossary
from index.shelf import Shelf
from index.store.store import Store
from qa.terminal.cli import main

TOKEN = "root:open-sesame"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setenv("MILVUS_TOKEN", TOKEN)
    monkeypatch.setattr(encoders, "load", lambda name: Hashed())
    monkeypatch.setattr(glossary, "cedict", dictionary)
    return standing(monkeypatch)(URI)


@pytest.fixture
def index(tmp_path: Path, server: StandIn) -> Path:
    Shelf(tmp_path / "index", None, "hashed", engine=ENGINE).add([write(tmp_path / "papers")])
    return tmp_path / "index"


class Said:
    """Runs a command on an index."""

    def __init__(self, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.index, self.capsys = index, capsys

    def __call__(self, *arguments: str) -> Result:
        self.capsys.readouterr()
        status = main([*arguments, "--index", str(self.index)])
        said = self.capsys.readouterr()
        assert "sesame" not in said.out + said.err
        return Result(status, said.out, said.err)


@pytest.fixture
def say(index: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(index, capsys)


def test_where_it_lies_is_told(say: Said) -> None:
    said = say("index", "info").out
    assert f"on Milvus at {URI}, collection yinzheng_" in said
    assert "sentences by a graph (HNSW), the best compared" in said
    assert json.loads(say("index", "info", "--json").out)["engine"]["uri"] == URI


def test_no_token_is_kept(index: Path) -> None:
    for path in index.rglob("*"):
        assert not path.is_file() or b"sesame" not in path.read_bytes()


def test_questions_are_answered(say: Said) -> None:
    assert "12.5吨" in say("search", "海藻的产量").out
    assert say("search", "海藻的产量", "--json").status == 0
    assert say("index", "check").status == 0


def test_a_server_that_is_gone_is_one_line(say: Said, server: StandIn, index: Path) -> None:
    server.fails, server.down = 0, True
    for command in (["search", "海藻"], ["ask", "海藻的产量是多少？"], ["index", "build"], ["index", "remove", "tea"]):
        assert say(*command).error.startswith(f"Milvus at {URI} does not answer (")
    assert say("show").status == 0
    checked = say("index", "check")
    assert (checked.status, checked.out.count("\n")) == (1, 2)
    assert checked.out.startswith(f"Milvus at {URI} does not answer (")
    assert "tea" in [entry.id for entry in Store(index).entries()]


def test_an_index_without_documents_names_no_collection(say: Said, index: Path, server: StandIn) -> None:
    assert say("index", "remove", *(entry.id for entry in Store(index).entries())).status == 0
    assert server.tables == {}
    assert f"on Milvus at {URI}, collection none yet" in say("index", "info").out

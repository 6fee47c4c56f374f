"""`yinzheng index` and an index on Milvus: what cannot be is one line, and the index in the folder still answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from said import Run

from index import settings

# Nobody listens there.
URI = "http://127.0.0.1:1"
SECRET = "root:open-sesame"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a server."""
    monkeypatch.setattr(settings, "MILVUS_QUESTION", 0.2)
    monkeypatch.setattr(settings, "MILVUS_LOAD", 0.2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "milvus"], "--engine milvus needs an address; add --uri, such as --uri http://127.0.0.1:19530"),
        (["--uri", URI], f"--uri {URI} is the address of no engine; add --engine milvus"),
        (["--engine", "embedded", "--uri", URI], f"--uri {URI} is the address of no engine; add --engine milvus"),
        (
            ["--engine", "milvus", "--uri", "milvus.db"],
            "the address of Milvus is 'milvus.db'; expected one such as http://127.0.0.1:19530",
        ),
        *(
            (
                [*engine, "--uri", f"http://{SECRET}@127.0.0.1{port}"],
                "the address of Milvus has a password in it; put `user:password` into MILVUS_TOKEN instead",
            )
            for engine in (["--engine", "milvus"], [])
            for port in (":1", "")
        ),
        (
            ["--engine", "milvus", "--uri", URI, "--vectors", "coded"],
            "vectors cannot be found by 'coded' on Milvus; expected auto, hnsw, ivf-sq8, diskann",
        ),
        (["--vectors", "hnsw"], "vectors cannot be found by 'hnsw' in a folder; expected auto, flat, coded"),
        (["--engine", "milvus", "--uri", URI], f"Milvus at {URI} does not answer ("),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(
    run: Run, tiny: Path, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_TOKEN", SECRET)
    before = {path: path.read_bytes() for path in tiny.rglob("*") if path.is_file()}
    error = run("index", "build", "--index", tiny, *arguments).error
    assert error.startswith(said)
    assert "sesame" not in error
    assert {path: path.read_bytes() for path in tiny.rglob("*") if path.is_file()} == before
    assert run("search", "绿茶", "--index", tiny).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "milvus"], "--engine milvus needs an address"),
        (["--engine", "milvus", "--uri", URI], "lies on no server; run `yinzheng index build --index "),
    ],
)
def test_adding_moves_no_index(run: Run, tiny: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "milk.txt").write_text("牛奶是白色的。\n", encoding="utf-8")
    assert said in run("index", "add", tmp_path / "milk.txt", "--index", tiny, *arguments).error
    assert "牛奶是白色的" not in run("search", "牛奶", "--index", tiny).out


def test_an_index_that_is_told_to_be_embedded_is(run: Run, tmp_path: Path, fake: list[str]) -> None:
    for name, text in (("milk.txt", "牛奶是白色的。\n"), ("tea.txt", "绿茶在春天采摘。\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        added = run("index", "add", tmp_path / name, "--index", tmp_path / "new", "--engine", "embedded")
        assert added.status == 0
    found = run("search", "牛奶", "--index", tmp_path / "new").out
    assert "牛奶是白色的" in found
    assert "绿茶在春天采摘" in found
    assert run("index", "check", "--index", tmp_path / "new").status == 0


def test_a_new_index_is_not_begun_where_nobody_answers(run: Run, tmp_path: Path, fake: list[str]) -> None:
    (tmp_path / "milk.txt").write_text("牛奶是白色的。\n", encoding="utf-8")
    new = tmp_path / "new"
    error = run("index", "add", tmp_path / "milk.txt", "--index", new, "--engine", "milvus", "--uri", URI).error
    assert error.startswith(f"Milvus at {URI} does not answer (")
    assert not (new / "manifest.json").exists()
    assert "no index in" in run("search", "牛奶", "--index", new).error

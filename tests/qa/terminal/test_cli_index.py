"""`yinzheng` on an index or sources of one's own: damaged, stale, missing, unwritable; each one clean line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tiny_sources import TINY, write_sources

from index.store import manifest as manifests

WHO = "CAAR-NK 细胞是谁构建的？"


@pytest.fixture
def mine(index_folder: Path, library: Any, tmp_path: Path) -> Path:
    """A private copy of the review's index."""
    shutil.copytree(index_folder, tmp_path / "mine")
    return tmp_path / "mine"


def rewrite(folder: Path, **changes: Any) -> None:
    """Change the manifest and sign it anew."""
    path = folder / manifests.FILE
    manifest = manifests.signed({**json.loads(path.read_text(encoding="utf-8")), **changes})
    path.write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copy(path, folder / manifests.COPY)


def damage(name: str) -> Any:
    def act(folder: Path) -> None:
        path = next(folder.glob(name))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    return act


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(shutil.rmtree, "no index in", id="missing"),
        pytest.param(lambda d: (d / "manifest.json").unlink(), "no index in", id="no manifest"),
        pytest.param(lambda d: (d / "manifest.json").write_text("{"), "cannot be read", id="no JSON"),
        pytest.param(lambda d: (d / "manifest.json").write_text("[]"), "is no manifest", id="no object"),
        pytest.param(lambda d: rewrite(d, format=99), "has index format 99", id="another format"),
        pytest.param(lambda d: rewrite(d, code="0"), "built by another version", id="other code"),
        pytest.param(lambda d: rewrite(d, sources="0"), "source files have changed", id="other sources"),
        pytest.param(lambda d: rewrite(d, settings={}), "other settings", id="other settings"),
        pytest.param(damage("data-*/words.json"), "is damaged", id="damaged terms"),
        pytest.param(damage("data-*/sentence-vector-rows.npy"), "is damaged", id="damaged vectors"),
        pytest.param(damage("parts/*"), "is damaged", id="damaged source"),
        pytest.param(lambda d: shutil.rmtree(next(d.glob("data-*"))), "cannot be read", id="no data"),
    ],
)
@pytest.mark.parametrize("command", [["ask", WHO], ["ask", "--json", WHO], ["search", "CAR-T"], ["show"]], ids=" ".join)
def test_a_named_index_that_cannot_be_used_is_left_alone(
    run: Any, mine: Path, act: Any, said: str, command: list[str]
) -> None:
    act(mine)
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    error = run(*command, "--index", mine).error
    assert said in error
    assert error.endswith(f"run `yinzheng index build --index {mine}`")
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(damage("data-*/words.json"), "is damaged", id="damaged"),
        pytest.param(lambda d: rewrite(d, code="0"), "another version", id="stale"),
    ],
)
def test_index_check_finds_it(run: Any, mine: Path, act: Any, said: str) -> None:
    act(mine)
    found = run("index", "check", "--index", mine)
    assert (found.status, found.err) == (1, "")
    assert said in found.out
    assert len(json.loads(run("index", "check", "--json", "--index", mine).out)["findings"]) == 1


def test_index_info_tells_a_stale_index(run: Any, mine: Path) -> None:
    rewrite(mine, code="0")
    said = run("index", "info", "--index", mine)
    assert said.status == 0
    assert "built by another version" in said.out
    assert "another version" in json.loads(run("index", "info", "--json", "--index", mine).out)["stale"]


@pytest.mark.parametrize("command", [["index", "info"], ["index", "check"], ["ask", "q"]], ids=" ".join)
def test_an_index_below_a_file_is_missing(run: Any, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert "no index in" in run(*command, "--index", tmp_path / "file" / "index").error


def test_an_index_cannot_be_built_below_a_file(run: Any, fake: list[str], sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = run("index", "build", "--sources", sources, "--index", tmp_path / "file" / "index")
    assert said.status == 2
    assert said.err.splitlines()[-1].startswith("yinzheng: the index cannot be written to ")
    assert "--index DIR" in said.err


def test_the_default_index_cannot_be_written(
    run: Any, fake: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("YINZHENG_INDEX", str(tmp_path / "file" / "index"))
    said = run("ask", WHO)
    assert said.status == 2
    assert "cannot be written" in said.err.splitlines()[-1]
    assert "YINZHENG_INDEX" in said.err
    assert "Traceback" not in said.err


def test_building_and_asking_an_index_of_ones_own(run: Any, fake: list[str], sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    said = run("index", "build", "--sources", sources, "--index", folder)
    assert said.status == 0
    assert said.out.startswith(f"built {folder}: 1 document, ")
    assert said.out.endswith(" 4 sentences\n")
    assert said.err.splitlines()[-1] == "Writing the index…"
    assert run("index", "check", "--index", folder).status == 0
    paragraphs = json.loads(run("show", "--json", "--index", folder).out)["documents"][0]["paragraphs"]
    assert [paragraph["raw"] for paragraph in paragraphs][-1] in TINY
    asked = json.loads(run("ask", "--json", "--index", folder, "Smith发现绿茶茶多酚含量是多少？").out)
    assert all(quote["document"] == "tiny" for quote in asked["quotes"] + asked["nearest"])
    again = json.loads(run("index", "build", "--json", "--index", folder).out)
    assert (again["index"], again["folder"]) == (str(folder), str(sources.resolve()))
    assert again["fingerprint"] == asked["index"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text"),
        ("茶叶在春天采摘。".encode("gb18030"), "iconv -f GB18030 -t UTF-8"),
        ("茶".encode("utf-16"), "is not UTF-8"),
        (b"a" * 10_000_000, "10.0 MB"),
        ("？\n".encode(), None),
    ],
    ids=["empty", "blank", "binary", "GB18030", "UTF-16", "10 MB", "one mark"],
)
def test_a_bad_source_leaves_no_index(
    run: Any, fake: list[str], tmp_path: Path, content: bytes, said: str | None
) -> None:
    folder = write_sources(tmp_path / "sources", content)
    found = run("index", "build", "--sources", folder, "--index", tmp_path / "own")
    if said is None:
        assert found.status in (0, 2)
        assert "unexpected" not in found.err
    else:
        assert found.status == 2
        assert said in found.err.splitlines()[-1]
        assert found.err.splitlines()[-1].startswith("yinzheng: ")
        assert not (tmp_path / "own" / manifests.FILE).exists()
    assert "Traceback" not in found.err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "no sources.toml"),
        ("", "no [[source]] entry"),
        ("source = 5", "no [[source]] entry"),
        ("[[source", "cannot be read"),
        ("[[source]]\nid = 'a'\n", "malformed"),
    ],
    ids=["missing", "empty", "no list", "no TOML", "keys missing"],
)
def test_a_bad_table_of_sources(run: Any, tmp_path: Path, table: str | None, said: str) -> None:
    if table is not None:
        (tmp_path / "sources.toml").write_text(table)
    assert said in run("index", "build", "--sources", tmp_path, "--index", tmp_path / "own").error


def test_a_missing_source_file_and_a_changed_one(run: Any, fake: list[str], sources: Path, tmp_path: Path) -> None:
    command = ["index", "build", "--sources", sources, "--index", tmp_path / "own"]
    (sources / "tiny.txt").write_text("茶。")
    assert "has changed" in run(*command).err.splitlines()[-1]
    (sources / "tiny.txt").unlink()
    assert "tiny.txt cannot be read" in run(*command).err.splitlines()[-1]
    assert not (tmp_path / "own" / manifests.FILE).exists()


def test_an_unknown_encoder_is_a_clean_error(
    run: Any, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.dense import encoder
    from index.errors import EncoderError

    def load(name: str) -> None:
        raise EncoderError(f"no sentence-transformers model at {name!r}", "give a path")

    monkeypatch.setattr(encoder, "load", load)
    said = run("index", "build", "--sources", sources, "--encoder", "no/such", "--index", tmp_path / "own")
    assert said.status == 2
    assert "'no/such'" in said.err.splitlines()[-1]
    assert not (tmp_path / "own" / manifests.FILE).exists()

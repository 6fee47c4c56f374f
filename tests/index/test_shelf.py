"""Documents come and go: only what changed is made anew, one bad file stops nothing, and removed means gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import build, opening
from index.corpus import Corpus
from index.dense.encoder import Encoder
from index.errors import NotFound
from index.formats.sandbox import Sandbox
from index.shelf import Report, Shelf, unused
from index.store.part import Part
from index.store.store import Store

TEA = "绿茶在春天采摘，用八十度的水冲泡三分钟。红茶需要全发酵。\n"
COFFEE = "# Coffee\n\n## Roasting\n\nBeans are roasted at 220 degrees. It takes 12 minutes.\n"
PAGE = "<!doctype html><title>Cocoa</title><body><article><h1>Cocoa</h1><p>{}</p></article></body>"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with three files that can be read, one that cannot, and one of another kind."""
    folder = tmp_path / "papers"
    (folder / "deeper").mkdir(parents=True)
    (folder / "tea.txt").write_text(TEA, encoding="utf-8")
    (folder / "coffee.md").write_text(COFFEE, encoding="utf-8")
    words = "Cocoa beans are fermented for six days before they are dried in the sun. " * 5
    (folder / "deeper" / "cocoa.html").write_text(PAGE.format(words), encoding="utf-8")
    (folder / "empty.txt").write_text("", encoding="utf-8")
    (folder / "song.mp3").write_bytes(b"ID3\x03\x00")
    return folder


@pytest.fixture
def shelf(tmp_path: Path, hashed_encoder: str, sandbox: Sandbox) -> Shelf:
    return Shelf(tmp_path / "index", None, hashed_encoder, sandbox=sandbox)


def said(report: Report) -> dict[str, str]:
    return {Path(outcome.file).name: outcome.what for outcome in report.outcomes}


def titles(folder: Path) -> dict[str, str]:
    return {document.id: document.title for document in opening.read(folder).documents}


def everything(folder: Path) -> bytes:
    """Names and bytes of whatever lies in a folder."""
    return b"\n".join(
        os.fsencode(path) + (path.read_bytes() if path.is_file() else b"") for path in sorted(folder.rglob("*"))
    )


def test_a_folder_is_added(tmp_path: Path, papers: Path, shelf: Shelf) -> None:
    report = shelf.add([papers])
    assert said(report) == {"coffee.md": "added", "cocoa.html": "added", "tea.txt": "added", "empty.txt": "failed"}
    assert report.passed_over == 1
    (failed,) = report.of("failed")
    assert "empty" in failed.why
    assert titles(tmp_path / "index") == {"coffee": "Coffee", "cocoa": "Cocoa", "tea": "tea"}
    opened = opening.read(tmp_path / "index")
    for document in opened.documents:
        for paragraph in document.paragraphs:
            for span in paragraph.sentences:
                assert document.source[span.start : span.end].strip()
    assert opened.language == "en"


def test_the_same_again_changes_nothing(tmp_path: Path, papers: Path, shelf: Shelf) -> None:
    first = shelf.add([papers])
    before = everything(tmp_path / "index")
    again = shelf.add([papers / "tea.txt", papers / "coffee.md"])
    assert set(said(again).values()) == {"unchanged"}
    assert again.manifest == first.manifest
    assert everything(tmp_path / "index") == before


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of documents as they are encoded."""
    seen: list[str] = []
    real = Part.make.__func__  # type: ignore[attr-defined]

    def make(cls: type[Part], document: object, *rest: object) -> Part:
        seen.append(document.id)  # type: ignore[attr-defined]
        return real(cls, document, *rest)

    monkeypatch.setattr(Part, "make", classmethod(make))
    return seen


def test_an_update_touches_what_changed(tmp_path: Path, papers: Path, shelf: Shelf, made: list[str]) -> None:
    shelf.add([papers])
    assert sorted(made) == ["cocoa", "coffee", "tea"]
    made.clear()
    (papers / "tea.txt").write_text(TEA.replace("绿茶", "白茶"), encoding="utf-8")
    (papers / "new.txt").write_text("Milk is white.\n", encoding="utf-8")
    report = shelf.update()
    assert made == ["tea", "new"]
    assert said(report)["tea.txt"] == "updated"
    assert said(report)["new.txt"] == "added"
    assert said(report)["coffee.md"] == "unchanged"
    assert "绿茶".encode() not in everything(tmp_path / "index")
    assert "白茶" in opening.read(tmp_path / "index").document("tea").source


def test_a_file_that_is_gone_keeps_its_document_unless_pruned(tmp_path: Path, papers: Path, shelf: Shelf) -> None:
    shelf.add([papers])
    (papers / "tea.txt").unlink()
    assert said(shelf.update())["tea.txt"] == "gone"
    assert "tea" in titles(tmp_path / "index")
    assert said(shelf.update(prune=True))["tea.txt"] == "removed"
    assert "tea" not in titles(tmp_path / "index")


@pytest.mark.parametrize("name", ["tea", "tea.txt", "PATH"])
def test_removed_is_gone(tmp_path: Path, papers: Path, shelf: Shelf, name: str) -> None:
    shelf.add([papers])
    index = tmp_path / "index"
    there = everything(index)
    words = [word.encode() for word in ("绿茶", "冲泡", "红茶", "发酵", "tea.txt", "green tea", "black tea")]
    assert all(word in there for word in words[:5])
    report = shelf.remove([str(papers / "tea.txt") if name == "PATH" else name])
    assert said(report) == {"tea.txt": "removed"}
    left = everything(index)
    assert [word.decode() for word in words if word in left] == []
    assert sorted(titles(index)) == ["cocoa", "coffee"]
    assert said(shelf.update()) == {"coffee.md": "unchanged", "cocoa.html": "unchanged", "empty.txt": "failed"}
    assert said(shelf.add([papers / "tea.txt"])) == {"tea.txt": "added"}
    assert "tea" in titles(index)


def test_what_is_unknown_removes_nothing(tmp_path: Path, papers: Path, shelf: Shelf) -> None:
    shelf.add([papers])
    before = everything(tmp_path / "index")
    with pytest.raises(NotFound, match="no document 'milk'; run `yinzheng index info`"):
        shelf.remove(["tea", "milk"])
    assert everything(tmp_path / "index") == before


def test_the_last_one_may_go(tmp_path: Path, papers: Path, shelf: Shelf) -> None:
    from index.errors import IndexEmpty

    shelf.add([papers / "tea.txt"])
    shelf.remove(["tea"])
    with pytest.raises(IndexEmpty, match="holds no document; run `yinzheng index add PATH`"):
        opening.read(tmp_path / "index")
    assert said(shelf.add([papers / "coffee.md"])) == {"coffee.md": "added"}
    assert titles(tmp_path / "index") == {"coffee": "Coffee"}


def test_one_text_is_one_document(papers: Path, shelf: Shelf) -> None:
    shutil.copy(papers / "tea.txt", papers / "copy.txt")
    report = shelf.add([papers / "tea.txt", papers / "copy.txt"])
    assert said(report) == {"tea.txt": "added", "copy.txt": "unchanged"}
    assert "the same as tea.txt" in report.outcomes[1].why


def test_listed_documents_are_kept_and_may_be_removed(
    tmp_path: Path, papers: Path, make_corpus: Callable[..., Path], hashed_encoder: str, sandbox: Sandbox
) -> None:
    corpus = Corpus(make_corpus(tmp_path / "corpus"))
    build.build(corpus, tmp_path / "index", hashed_encoder)
    mixed = Shelf(tmp_path / "index", corpus, hashed_encoder, sandbox=sandbox)
    mixed.add([papers / "tea.txt"])
    assert list(titles(tmp_path / "index")) == ["paper", "tea"]
    build.build(corpus, tmp_path / "index", hashed_encoder)
    assert list(titles(tmp_path / "index")) == ["paper", "tea"]
    mixed.remove(["paper"])
    assert list(titles(tmp_path / "index")) == ["tea"]
    assert "海藻".encode() not in everything(tmp_path / "index")
    build.build(corpus, tmp_path / "index", hashed_encoder)
    assert list(titles(tmp_path / "index")) == ["tea"]
    expected = opening.expectation(corpus, hashed_encoder, Store(tmp_path / "index").core()["removed"])
    assert opening.read(tmp_path / "index", lambda manifest: expected).documents[0].id == "tea"


def test_a_rebuild_needs_no_files(tmp_path: Path, papers: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.add([papers])
    before = titles(tmp_path / "index")
    shutil.rmtree(papers)
    monkeypatch.setattr(opening, "code", lambda: "new")
    build.build(None, tmp_path / "index", "hashed")
    assert titles(tmp_path / "index") == before


def test_a_rebuild_reads_the_files_that_are_there_anew(
    tmp_path: Path, papers: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add([papers])
    (papers / "coffee.md").write_text("# Changed meanwhile\n\nNot added yet.\n", encoding="utf-8")
    read: list[str] = []
    real = Sandbox.read
    monkeypatch.setattr(Sandbox, "read", lambda self, data, kind: read.append(kind) or real(self, data, kind))
    monkeypatch.setattr(opening, "code", lambda: "new")
    build.build(None, tmp_path / "index", "hashed")
    assert sorted(read) == ["html", "txt"]
    assert "220 degrees" in opening.read(tmp_path / "index").document("coffee").source


def test_parts_of_a_killed_build_are_used(
    tmp_path: Path, papers: Path, shelf: Shelf, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(build.Workshop, "commit", kill)
        with pytest.raises(Killed):
            shelf.add([papers])
    assert sorted(made) == ["cocoa", "coffee", "tea"]
    made.clear()
    assert len(shelf.add([papers]).of("added")) == 3
    assert made == []


ADDING = """
import sys
from pathlib import Path
from index.shelf import Shelf
Shelf(Path(sys.argv[1]), None).add([Path(sys.argv[2])])
"""


@pytest.mark.slow
def test_adding_resumes_after_sigkill(tmp_path: Path, sandbox: Sandbox, made: list[str]) -> None:
    papers = tmp_path / "many"
    papers.mkdir()
    for number in range(40):
        (papers / f"{number:02}.txt").write_text(f"{TEA}这是第{number}篇。\n", encoding="utf-8")
    index = tmp_path / "index"
    child = subprocess.Popen([sys.executable, "-c", ADDING, str(index), str(papers)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(list(index.glob("parts/*"))) < 5:
        assert child.poll() is None, "it was done before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = len(list(index.glob("parts/*")))
    assert len(Shelf(index, None, sandbox=sandbox).add([papers]).of("added")) == 40
    assert len(made) <= 40 - kept + 1
    assert len(opening.read(index).documents) == 40


@pytest.mark.parametrize(
    ("name", "taken", "id"),
    [
        ("tea.txt", [], "tea"),
        ("tea.txt", ["tea"], "tea-2"),
        ("tea.txt", ["tea", "tea-2"], "tea-3"),
        ("绿茶 研究(终稿).pdf", [], "绿茶-研究-终稿"),
        ("a:b\nc.txt", [], "a-b-c"),
        ("....txt", [], "document"),
        ("x" * 99 + ".md", [], "x" * 48),
    ],
)
def test_ids(name: str, taken: list[str], id: str) -> None:
    assert unused(Path(name), taken) == id


def test_a_name_with_a_line_break_is_shown_in_one_line(tmp_path: Path, shelf: Shelf, hashed: Encoder) -> None:
    path = tmp_path / "two\nlines.txt"
    path.write_text(TEA, encoding="utf-8")
    (outcome,) = shelf.add([path]).outcomes
    assert outcome.what == "added"
    assert "\n" not in outcome.file + outcome.id

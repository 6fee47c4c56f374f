"""Who reads an index while it is changed gets the one before or the one after, whole, and never an error."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import opening
from index.disk.disk import File
from index.errors import IndexDamaged
from index.formats.sandbox import Sandbox
from index.library import Library
from index.shelf import Shelf
from index.store import store
from index.store.store import Store

TEXTS = {
    "tea": "绿茶在春天采摘，用八十度的水冲泡三分钟。红茶需要全发酵。\n",
    "coffee": "Beans are roasted at 220 degrees. It takes 12 minutes.\n",
    "cocoa": "Cocoa beans are fermented for six days before they are dried.\n",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.fixture
def shelf(tmp_path: Path, hashed_encoder: str, sandbox: Sandbox) -> Shelf:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    made = Shelf(tmp_path / "index", None, hashed_encoder, sandbox=sandbox)
    made.add([tmp_path / "tea.txt", tmp_path / "coffee.txt"])
    return made


def answers(opened: Library) -> tuple[object, ...]:
    """All that an index says: its documents, its fingerprint, and what the legs score for a question."""
    lexical, _ = opened.engine.terms.lexical.scores(opened.tokenizer.terms("绿茶 beans"))
    dense, _ = opened.engine.dense.scores(opened.encoder.queries(["绿茶"])[0], "zh")
    texts = tuple((document.id, document.source) for document in opened.documents)
    return texts, opened.fingerprint, tuple(lexical.tolist()), tuple(dense.tolist()), len(opened.late)


def turns(tmp_path: Path, shelf: Shelf, count: int) -> tuple[set[object], list[object], int]:
    """The states that an index goes through, what two readers saw meanwhile, and how often they read."""
    states: set[object] = set()
    seen: list[object] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                seen.append(answers(opening.read(tmp_path / "index")))
            except BaseException as error:
                seen.append(error)

    states.add(answers(opening.read(tmp_path / "index")))
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(count):
            shelf.add([tmp_path / "cocoa.txt"])
            states.add(answers(opening.read(tmp_path / "index")))
            shelf.remove(["tea" if turn % 2 else "cocoa"])
            states.add(answers(opening.read(tmp_path / "index")))
            shelf.add([tmp_path / "tea.txt"])
            states.add(answers(opening.read(tmp_path / "index")))
    finally:
        over.set()
        for reader in readers:
            reader.join()
    return states, seen, len(seen)


@pytest.mark.parametrize("count", [3, pytest.param(150, marks=pytest.mark.slow)])
def test_readers_meanwhile_see_one_state_or_another(tmp_path: Path, shelf: Shelf, count: int) -> None:
    states, seen, reads = turns(tmp_path, shelf, count)
    print(f"{3 * count} changes, {reads} readings")
    assert [one for one in seen if one not in states] == []
    assert reads >= count
    assert len(set(seen)) > 1, "the readers saw nothing change"


def test_an_index_that_comes_back_to_what_it_was_is_read_again(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two files that a reader reads, a document goes and comes: its manifest is the same, its files are new."""
    before = opening.read(tmp_path / "index").fingerprint
    real, changes = store.File, ["tea"]

    def opened(path: Path) -> File:
        if path.name == "words.json" and changes:
            changes.clear()
            shelf.remove(["coffee"])
            data = Store(tmp_path / "index").manifest()["data"]
            assert not path.exists()
            assert path.parent.name != data
            shelf.add([tmp_path / "coffee.txt"])
            shutil.rmtree(path.parent)  # as though the reader had met it in between
            try:
                return real(path)
            finally:
                shelf.remove(["coffee"])
                shelf.add([tmp_path / "coffee.txt"])
        return real(path)

    monkeypatch.setattr(store, "File", opened)
    assert opening.read(tmp_path / "index").fingerprint == before
    assert not changes


def test_what_is_damaged_and_stays_so_is_not_read_for_ever(tmp_path: Path, shelf: Shelf) -> None:
    next((tmp_path / "index").glob("data-*/words.json")).unlink()
    with pytest.raises(IndexDamaged):
        opening.read(tmp_path / "index")


@pytest.mark.parametrize("harm", ["removed", "emptied", "overwritten"])
def test_what_becomes_of_the_files_does_not_touch_an_opened_index(tmp_path: Path, shelf: Shelf, harm: str) -> None:
    opened = opening.read(tmp_path / "index")
    before = answers(opened)
    for path in (path for path in (tmp_path / "index").rglob("*") if path.is_file()):
        if harm == "removed":
            path.unlink()
        else:
            path.write_bytes(b"" if harm == "emptied" else b"\xff" * path.stat().st_size)
    assert answers(opened) == before
    assert [one.places for one in opened.documents] == [None, None]
    assert all(len(one.sentences) for one in opened.parts)

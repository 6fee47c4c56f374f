"""An index on a server as its documents come and go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from committed import At, collections, everything, keys, moments_by_hand, sparse_by_hand
from few_papers import PAPERS, legs
from in_memory import ENGINE, StandIn

from index import opening, settings
from index.build import build
from index.corpus import Corpus
from index.errors import IndexDamaged, IndexEmpty, SourceError
from index.shelf import Shelf
from index.store.store import Store


def test_documents_come_change_and_go(
    served: Path, server: StandIn, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only their rows are touched, and the scores are those of the documents that there are."""
    monkeypatch.setattr(settings, "MILVUS_DRIFT", 1_000)
    name = collections(served)
    paper = tmp_path / "milk.md"
    paper.write_text("# 牛奶\n\n牛奶是白色的。海藻不是白色的，产量更低。\n", encoding="utf-8")

    def changed(text: str) -> None:
        paper.write_text(text, encoding="utf-8")
        shelf.add([paper])

    steps: list[Callable[[], Any]] = [
        lambda: shelf.add([paper]),
        lambda: changed("# Milk\n\nMilk has no caffeine. Milk has no seaweed.\n"),
        lambda: shelf.remove(["seaweed"]),
        lambda: changed("# 牛奶\n\n牛奶中没有海藻。\n"),
        lambda: shelf.remove(["milk", "coffee"]),
        lambda: shelf.add([paper]),
    ]
    for step in steps:
        before = server.table.rows
        step()
        assert collections(served) == name
        assert server.keys() == {name: keys(served)}
        same = set(before) & set(server.table.rows)
        assert len(same) > 5
        assert all(before[id] is server.table.rows[id] for id in same)
        sparse_by_hand(served)
        assert "milk" in opening.read(served).vocabulary or step in steps[4:5]  # the dictionary's, or the paper's own
    moments_by_hand(served)


def test_the_same_again_asks_nothing(served: Path, server: StandIn, shelf: Shelf) -> None:
    before = everything(served)
    shelf.update()
    assert everything(served) == before
    assert server.calls == ["list_collections"]


def test_once_much_has_changed_all_is_made_anew(
    served: Path, server: StandIn, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collection before stays for whoever has it open, but without the rows of what was removed."""
    monkeypatch.setattr(settings, "MILVUS_DRIFT", 0.05)
    first = collections(served)
    opened = opening.read(served)
    shelf.remove(["tea"])
    second = collections(served)
    assert second != first
    assert server.keys() == {first: keys(served), second: keys(served)}
    sparse_by_hand(served)
    with pytest.raises(IndexDamaged, match="rows, expected"):
        list(legs(opened))
    shelf.remove(["cocoa"])
    assert first not in server.tables


def test_removed_is_gone(served: Path, server: StandIn, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the folder and from the server, whether the collection stays or not."""
    words = [word.encode() for word in ("绿茶", "冲泡", "红茶", "发酵", "tea.txt", "green tea", "black tea")]

    def left() -> list[str]:
        found = b"\n".join(os.fsencode(name) + content for name, content in everything(served).items())
        return [word.decode() for word in words if word in found]

    shelf.remove(["cocoa"])  # which has some of the words too
    assert left()[:5] == ["绿茶", "冲泡", "红茶", "发酵", "tea.txt"]
    (key,) = (entry.part for entry in Store(served).entries() if entry.id == "tea")
    monkeypatch.setattr(settings, "MILVUS_DRIFT", 1_000)
    shelf.remove(["tea"])
    assert left() == []
    assert key not in set().union(*server.keys().values())
    assert key.encode() not in b"".join(everything(served).values())


def test_the_last_one_takes_its_collection_along(served: Path, server: StandIn, shelf: Shelf) -> None:
    shelf.remove([Path(name).stem for name in PAPERS])
    assert server.tables == {}
    with pytest.raises(IndexEmpty):
        opening.read(served)
    assert Store(served).manifest()["engine"] == ENGINE


def test_two_documents_alike_are_refused(tmp_path: Path, at: At, make_corpus: Callable[..., Path]) -> None:
    folder = make_corpus(tmp_path / "corpus")
    shutil.copy(folder / "paper.txt", folder / "twin.txt")
    listed = (folder / "sources.toml").read_text(encoding="utf-8")
    twin = listed.replace('"paper"', '"twin"').replace("paper.txt", "twin.txt")
    (folder / "sources.toml").write_text(listed + twin, encoding="utf-8")
    with pytest.raises(SourceError, match=r"^twin.txt is the same as paper.txt; remove one of them$"):
        build(Corpus(folder), tmp_path / "index", "hashed", engine=ENGINE)

"""An index that moves: onto a server, to another, back into its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from committed import OTHER, At, collections, everything, keys, said, sparse_by_hand
from few_papers import write
from in_memory import ENGINE, StandIn, Table

from index import opening
from index.build import build
from index.errors import EngineUnavailable, InputError
from index.formats.sandbox import Sandbox
from index.shelf import Shelf


def test_back_in_the_folder_nothing_is_left_on_the_server(
    served: Path, server: StandIn, prepared: tuple[Path, Path, dict[str, Table]]
) -> None:
    server.tables["another_s"] = Table({}, 3, {})
    manifest = build(None, served, "hashed", engine={})
    assert list(server.tables) == ["another_s"]
    assert manifest["engine"] is None
    assert said(served) == said(prepared[0])


def test_on_another_server_nothing_is_left_on_the_first(served: Path, at: At, server: StandIn) -> None:
    before = said(served)[1]
    build(None, served, "hashed", engine=OTHER)
    assert server.tables == {}
    assert at(OTHER["uri"]).keys() == {collections(served): keys(served)}
    assert said(served)[1] == before


def test_another_kind_of_index_is_made(served: Path, server: StandIn) -> None:
    """And kept: nothing is sent again as long as it is the same."""
    before, first = said(served)[1], collections(served)
    assert server.table.indexes["dense"][0] == "HNSW"
    build(None, served, "hashed", vectors="ivf-sq8")
    second = collections(served)
    assert second != first
    assert server.tables[second].indexes["dense"] == ("IVF_SQ8", {"nlist": 22})
    assert said(served)[1] == before
    server.calls.clear()
    build(None, served, "hashed")
    assert "upsert" not in server.calls
    build(None, served, "hashed", vectors="diskann")
    assert server.tables[collections(served)].indexes["dense"] == ("DISKANN", {})
    build(None, served, "hashed", vectors="auto")
    assert server.tables[collections(served)].indexes["dense"][0] == "HNSW"


def test_what_was_sent_for_one_kind_is_no_other(served: Path, server: StandIn) -> None:
    """A load that was broken off is gone on with only where it is the same."""
    server.fails, server.down = 6, True
    with pytest.raises(EngineUnavailable):
        build(None, served, "hashed", vectors="ivf-sq8")
    assert len(server.tables) == 2
    server.fails = None
    before = collections(served)
    build(None, served, "hashed", vectors="diskann")
    kinds = {name: table.indexes["dense"][0] for name, table in server.tables.items()}
    assert kinds == {before: "HNSW", collections(served): "DISKANN"}


@pytest.mark.parametrize(
    ("vectors", "engine", "said"),
    [
        ("coded", ENGINE, "by 'coded' on Milvus; expected auto, hnsw, ivf-sq8, diskann"),
        ("hnsw", None, "by 'hnsw' in a folder; expected auto, flat, coded"),
    ],
)
def test_vectors_are_found_by_what_there_is(embedded: Path, vectors: str, engine: Any, said: str) -> None:
    before = everything(embedded)
    with pytest.raises(InputError, match=said):
        build(None, embedded, "hashed", vectors=vectors, engine=engine)
    assert everything(embedded) == before


def test_an_index_that_is_told_to_be_embedded_is_read_again(tmp_path: Path, at: At, sandbox: Sandbox) -> None:
    papers = write(tmp_path / "papers")
    shelf = Shelf(tmp_path / "new", None, "hashed", sandbox=sandbox, engine={})
    shelf.add([papers / "tea.txt"])
    shelf.add([papers / "kelp.md"])
    assert [one.id for one in opening.read(tmp_path / "new").listed] == ["tea", "kelp"]


def test_a_new_index_on_a_server(tmp_path: Path, server: StandIn, sandbox: Sandbox) -> None:
    papers = write(tmp_path / "papers")
    Shelf(tmp_path / "new", None, "hashed", sandbox=sandbox, engine=ENGINE).add([papers])
    assert server.keys() == {collections(tmp_path / "new"): keys(tmp_path / "new")}
    sparse_by_hand(tmp_path / "new")

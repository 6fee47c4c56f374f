"""A load that was broken off is gone on with, and an index is known among all on a server by an id of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from few_papers import dictionary, write
from hashed import Hashed
from in_memory import ENGINE, StandIn, standing

from index import settings
from index.build import build
from index.dense import encoder as encoders
from index.errors import EngineUnavailable, IndexUnwritable
from index.lexical import glossary
from index.milvus.load import ID, SENT, index_id
from index.shelf import Shelf
from index.store.store import Store


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setattr(encoders, "load", lambda name: Hashed())
    monkeypatch.setattr(glossary, "cedict", dictionary)
    monkeypatch.setattr("index.milvus.sending.GROUP", 5)
    return standing(monkeypatch)(ENGINE["uri"])


@pytest.fixture
def index(tmp_path: Path, server: StandIn) -> Path:
    """An embedded index, whose move was broken off after two documents."""
    Shelf(tmp_path / "index", None, "hashed").add([write(tmp_path / "papers")])
    server.down = True
    server.fails = 7
    with pytest.raises(EngineUnavailable):
        build(None, tmp_path / "index", "hashed", engine=ENGINE)
    server.fails = None
    server.calls.clear()
    return tmp_path / "index"


@pytest.fixture
def sent(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the parts of the rows that are sent."""
    found: list[str] = []
    real = server._upsert

    def upsert(name: str, *, data: list[dict[str, Any]]) -> None:
        found.extend(row["part"] for row in data if row["level"] >= 0)
        real(name, data=data)

    monkeypatch.setattr(server, "_upsert", upsert)
    return found


def written(index: Path) -> list[Path]:
    return sorted(index.glob(f"{SENT}*"))


def keys(index: Path) -> set[str]:
    return {entry.part for entry in Store(index).entries()}


def test_what_was_sent_is_not_sent_again(index: Path, server: StandIn, sent: list[str]) -> None:
    (path,) = written(index)
    before = set(path.read_text().split())
    assert before
    assert before < keys(index)
    build(None, index, "hashed", engine=ENGINE)
    assert set(sent) == keys(index) - before
    assert server.keys() == {Store(index).manifest()["engine"]["collection"]: keys(index)}
    assert written(index) == []


@pytest.mark.parametrize("harm", ["torn", "binary", "gone", "dropped"])
def test_what_is_not_known_to_be_sent_is(index: Path, server: StandIn, sent: list[str], harm: str) -> None:
    (path,) = written(index)
    if harm == "torn":
        path.write_text(path.read_text()[:-3])
    elif harm == "binary":
        path.write_bytes(b"\xff\xfe\n")
    elif harm == "gone":
        path.unlink()
    else:
        server.tables.clear()
    build(None, index, "hashed", engine=ENGINE)
    assert server.keys() == {Store(index).manifest()["engine"]["collection"]: keys(index)}
    assert set(sent) == keys(index) or harm == "torn"
    assert written(index) == []


def test_a_load_that_is_given_up_leaves_the_folder_clean(index: Path, server: StandIn) -> None:
    """Once there is another one."""
    build(None, index, "hashed", engine=ENGINE)
    build(None, index, "hashed", engine={})
    assert (written(index), server.tables) == ([], {})


def test_two_indexes_on_a_server_leave_each_other_alone(index: Path, server: StandIn, tmp_path: Path) -> None:
    build(None, index, "hashed", engine=ENGINE)
    first = dict(server.tables)
    Shelf(tmp_path / "second", None, "hashed", engine=ENGINE).add([tmp_path / "papers"])
    build(None, tmp_path / "second", "hashed", engine={})
    assert server.tables == first


def test_the_server_is_asked_before_anything_is_made(
    tmp_path: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fails, server.down = 0, True
    monkeypatch.setattr("index.store.part.Part.make", lambda *given: pytest.fail("it was encoded"))
    with pytest.raises(EngineUnavailable, match=r"^Milvus at http://127.0.0.1:1 does not answer"):
        Shelf(tmp_path / "index", None, "hashed", engine=ENGINE).add([write(tmp_path / "papers")])
    assert server.calls == ["list_collections"]


def test_an_id_is_drawn_once(tmp_path: Path) -> None:
    found = index_id(tmp_path)
    assert set(found) <= set("0123456789abcdef")
    assert len(found) == 8
    assert index_id(tmp_path) == found
    (tmp_path / "other").mkdir()
    assert index_id(tmp_path / "other") != found
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [ID]


@pytest.mark.parametrize("harm", [b"", b"0123", b"0123456X", b"\xff" * 8])
def test_a_damaged_id_is_drawn_anew(tmp_path: Path, harm: bytes) -> None:
    (tmp_path / ID).write_bytes(harm)
    found = index_id(tmp_path)
    assert len(found) == 8
    assert index_id(tmp_path) == found


def test_a_folder_that_cannot_be_written_to_is_told(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = written(index)
    path.unlink()
    path.mkdir()
    with pytest.raises(IndexUnwritable, match=r"milvus\.sent-"):
        build(None, index, "hashed", engine=ENGINE)


def test_much_is_sent_in_pieces(
    tmp_path: Path, server: StandIn, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MILVUS_ROWS", 3)
    monkeypatch.setattr(settings, "MILVUS_FETCHED", 4)
    shelf = Shelf(tmp_path / "index", None, "hashed", engine=ENGINE)
    shelf.add([write(tmp_path / "papers")])
    assert len(sent) == len(server.table.rows) - 1
    assert server.calls.count("upsert") > len(sent) / 3
    monkeypatch.setattr(settings, "MILVUS_DRIFT", 100)
    shelf.remove(["kelp"])
    assert server.keys() == {Store(tmp_path / "index").manifest()["engine"]["collection"]: keys(tmp_path / "index")}

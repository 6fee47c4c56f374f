"""What is missing, left over or made by other code is mended by the next build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from committed import collections, everything, keys, said, sparse_by_hand
from few_papers import legs
from in_memory import ENGINE, StandIn

from index import opening, settings
from index.build import build
from index.errors import EngineUnavailable
from index.milvus.collection import Place
from index.shelf import Shelf
from index.store.store import Store


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda server: server.tables.clear(), id="no collection"),
        pytest.param(lambda server: server.table.rows.popitem(), id="a row less"),
        pytest.param(lambda server: server.table.rows.pop("stamp"), id="no stamp"),
        pytest.param(lambda server: server.table.rows["stamp"].update(part="another"), id="another stamp"),
    ],
)
def test_a_build_mends_it(served: Path, server: StandIn, harm: Callable[[StandIn], Any]) -> None:
    before = said(served)[1]
    harm(server)
    build(None, served, "hashed")
    assert server.keys()[collections(served)] == keys(served)
    assert said(served)[1] == before


def test_rows_that_no_index_has_are_swept_out(served: Path, server: StandIn, shelf: Shelf, tmp_path: Path) -> None:
    rows = server.table.rows
    row = next(row for row in rows.values() if row["level"] == 0)
    place = Place("f" * 32, 0, 0)
    rows[place.id] = {**row, "id": place.id, "part": place.part}
    (tmp_path / "milk.txt").write_text("牛奶是白色的。\n", encoding="utf-8")
    shelf.add([tmp_path / "milk.txt"])
    assert server.keys()[collections(served)] == keys(served)


def test_what_is_swept_out_is_in_no_index(
    served: Path, server: StandIn, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the one as it is, of which a document is to go: the change may yet fail."""
    before = said(served)
    row = next(row for row in server.table.rows.values() if row["level"] == 0)
    place = Place("f" * 32, 0, 0)
    server.table.rows[place.id] = {**row, "id": place.id, "part": place.part}
    with monkeypatch.context() as patch:
        patch.setattr(Store, "commit", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        patch.setattr(settings, "MILVUS_DRIFT", 1_000)
        with pytest.raises(KeyboardInterrupt):
            shelf.remove(["tea"])
    assert server.keys() == {collections(served): keys(served)}
    assert said(served) == before


def test_other_code_makes_all_rows_anew_and_none_is_missed_meanwhile(
    served: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rows are made by is the same, and so would be the name of their collection."""
    before, name, old = said(served)[1], collections(served), keys(served)
    opened = opening.read(served)
    missing: list[bool] = []
    real = server.call

    def watched(what: str, *given: Any, **named: Any) -> Any:
        try:
            return real(what, *given, **named)
        finally:
            if collections(served) == name:
                missing.append(not {e.part for e in Store(served).entries()} <= server.keys().get(name, set()))

    monkeypatch.setattr(opening, "code", lambda: "new")
    monkeypatch.setattr(server, "call", watched)
    build(None, served, "hashed")
    assert missing
    assert not any(missing)
    assert said(served)[1] == before
    assert server.keys() == {name: old, collections(served): keys(served)}
    assert not old & keys(served)
    assert list(legs(opened)) == before, "who has it open goes on"
    build(None, served, "hashed")
    assert server.keys() == {collections(served): keys(served)}


def test_what_is_removed_by_other_code_is_gone_from_the_collection_before(
    served: Path, server: StandIn, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, old = collections(served), {entry.id: entry.part for entry in Store(served).entries()}
    monkeypatch.setattr(opening, "code", lambda: "new")
    shelf.remove(["tea"])
    assert server.keys() == {name: {*old.values()} - {old["tea"]}, collections(served): keys(served)}


def test_what_is_lost_on_the_way_is_sent_again(
    embedded: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = server._upsert, [2]

    def upsert(name: str, *, data: list[Any]) -> None:
        real(name, data=data)
        if len(data) > 1 and lost[0]:
            lost[0] = 0
            server.table.rows.pop(data[3]["id"])

    monkeypatch.setattr(server, "_upsert", upsert)
    build(None, embedded, "hashed", engine=ENGINE)
    assert server.keys() == {collections(embedded): keys(embedded)}
    sparse_by_hand(embedded)


def test_what_is_lost_again_and_again_is_said(embedded: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    real, before = server._upsert, everything(embedded)

    def upsert(name: str, *, data: list[Any]) -> None:
        real(name, data=data)
        if len(data) > 1:
            server.table.rows.pop(data[3]["id"])

    monkeypatch.setattr(server, "_upsert", upsert)
    with pytest.raises(EngineUnavailable, match=r"has \d+ rows, expected \d+; look at the server's log"):
        build(None, embedded, "hashed", engine=ENGINE)
    assert {name: data for name, data in everything(embedded).items() if not name.startswith("milvus.")} == {
        name: data for name, data in before.items() if not name.startswith("milvus.")
    }

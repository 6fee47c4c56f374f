"""An index on a server as its documents come and go, as calls fail in the middle, and as it moves."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from few_papers import PAPERS, by_hand, dictionary, legs, write
from hashed import Hashed
from in_memory import ENGINE, StandIn, Table, standing

from index import opening, settings
from index.build import build
from index.corpus import Corpus
from index.dense import encoder as encoders
from index.dense.moments import Moments
from index.errors import EngineUnavailable, IndexDamaged, IndexEmpty, InputError, SourceError
from index.formats.sandbox import Sandbox
from index.lexical import glossary
from index.milvus import load
from index.milvus.collection import Place
from index.milvus.engine import Milvus
from index.shelf import Shelf
from index.store.store import Store

OTHER = {"name": "milvus", "uri": "http://127.0.0.1:2"}
At = Callable[[str], StandIn]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> tuple[Path, Path, dict[str, Table]]:
    """The papers, an embedded index, one on a server, and what lies on that server; all to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "load", lambda name: Hashed())
        patch.setattr(glossary, "cedict", dictionary)
        at = standing(patch)
        Shelf(folder / "embedded", None, "hashed", sandbox=sandbox).add([write(folder / "papers")])
        (folder / "embedded" / load.ID).write_text("0123abcd")
        shutil.copytree(folder / "embedded", folder / "served")
        build(None, folder / "served", "hashed", engine=ENGINE)
        return folder / "embedded", folder / "served", at(ENGINE["uri"]).tables


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """The servers, which are empty; and the encoder and the dictionary."""
    monkeypatch.setattr(encoders, "load", lambda name: Hashed())
    monkeypatch.setattr(glossary, "cedict", dictionary)
    return standing(monkeypatch)


@pytest.fixture
def server(at: At) -> StandIn:
    return at(ENGINE["uri"])


@pytest.fixture
def embedded(prepared: tuple[Path, Path, dict[str, Table]], at: At, tmp_path: Path) -> Path:
    """An embedded index of one's own."""
    shutil.copytree(prepared[0], tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def served(prepared: tuple[Path, Path, dict[str, Table]], server: StandIn, tmp_path: Path) -> Path:
    """An index on the server of one's own."""
    shutil.copytree(prepared[1], tmp_path / "index")
    server.tables = copy.deepcopy(prepared[2])
    return tmp_path / "index"


@pytest.fixture
def shelf(served: Path, sandbox: Sandbox) -> Shelf:
    return Shelf(served, None, "hashed", sandbox=sandbox)


def everything(folder: Path) -> dict[str, bytes]:
    """Names and bytes of whatever lies in a folder."""
    return {os.fsdecode(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def keys(folder: Path) -> set[str]:
    return {entry.part for entry in Store(folder).entries()}


def said(folder: Path) -> tuple[str, list[Any]]:
    """What an index says."""
    opened = opening.read(folder)
    return opened.fingerprint, list(legs(opened))


def sparse_by_hand(folder: Path) -> None:
    """Hold the words' scores against what the texts say."""
    opened = opening.read(folder)
    assert [found["lexical"] for found in legs(opened)] == list(by_hand(opened))


def collections(folder: Path) -> str:
    return str(Store(folder).manifest()["engine"]["collection"])


def moments_by_hand(folder: Path) -> None:
    """Hold the moments against those of the rows that there are, to the last bit."""
    engine = opening.read(folder).engine
    assert isinstance(engine, Milvus)
    lengths = np.diff(engine.spread.firsts)
    for level, both in enumerate(engine.moments):
        rows = engine.dense(level, np.arange(engine.sizes[level]))
        times = lengths if level else np.ones(len(rows), np.int64)
        for one, own in zip(both, (engine.chinese(level), ~engine.chinese(level)), strict=True):
            for (_, array), (_, expected) in zip(one.arrays(), Moments.of(rows, times * own).arrays(), strict=True):
                np.testing.assert_array_equal(array, expected)


# Documents that come and go.


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


# Where it lies.


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


# What is mended.


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


# What fails in the middle.

Act = Callable[[Path, Sandbox], Any]
ACTS: dict[str, tuple[bool, float, Act]] = {
    "moves in": (False, 1_000, lambda index, sandbox: build(None, index, "hashed", engine=ENGINE)),
    "moves out": (True, 1_000, lambda index, sandbox: build(None, index, "hashed", engine={})),
    "comes": (
        True,
        1_000,
        lambda index, sandbox: Shelf(index, None, "hashed", sandbox=sandbox).add([index.parent / "milk.txt"]),
    ),
    "goes": (True, 1_000, lambda index, sandbox: Shelf(index, None, "hashed", sandbox=sandbox).remove(["kelp"])),
    "all anew": (True, 0.0, lambda index, sandbox: Shelf(index, None, "hashed", sandbox=sandbox).remove(["kelp"])),
}


@pytest.mark.parametrize(
    ("act", "how", "step"),
    [
        *((act, "down", 8) for act in ACTS),
        *(pytest.param(act, how, 1, marks=pytest.mark.slow) for act in ACTS for how in ("once", "down", "done")),
    ],
)
def test_whatever_call_fails_the_index_is_as_it_was_and_the_next_try_ends_well(
    prepared: tuple[Path, Path, dict[str, Table]],
    server: StandIn,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    act: str,
    how: str,
    step: int,
) -> None:
    on_server, drift, change = ACTS[act]
    monkeypatch.setattr(settings, "MILVUS_DRIFT", drift)
    monkeypatch.setattr(settings, "MILVUS_ROWS", 20)
    monkeypatch.setattr("index.milvus.sending.GROUP", 10)
    index = tmp_path / "index"
    (tmp_path / "milk.txt").write_text("牛奶是白色的。海藻不是。\n", encoding="utf-8")

    def begin() -> None:
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(prepared[1] if on_server else prepared[0], index)
        server.tables = copy.deepcopy(prepared[2]) if on_server else {}
        server.calls.clear()
        server.fails, server.down, server.done = None, how == "down", how == "done"

    def shown() -> dict[str, Any]:
        return {name: sorted(table.rows) for name, table in server.tables.items()}

    begin()
    before = said(index)
    server.calls.clear()
    change(index, sandbox)
    calls, rows, expected = len(server.calls), shown(), said(index)
    raised = 0
    for number in range(0, calls, step):
        begin()
        server.fails = number
        try:
            change(index, sandbox)
        except EngineUnavailable:
            raised += 1
            server.fails = None
            assert said(index) == before
            change(index, sandbox)
        else:
            server.fails = None
        assert said(index) == expected
        if act == "moves out":
            continue
        # where it failed after the manifest was written, what is gone is still there until the next build
        assert set(shown()[collections(index)]) >= set(rows[collections(index)])
        build(None, index, "hashed")
        assert said(index) == expected
        assert shown()[collections(index)] == rows[collections(index)]
    assert raised > calls / step / 3 or act == "moves out"

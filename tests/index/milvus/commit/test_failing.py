"""Whatever call of a server fails, the index is as it was, and the next try ends well."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from committed import collections, said
from in_memory import ENGINE, StandIn, Table

from index import settings
from index.build import build
from index.errors import EngineUnavailable
from index.formats.sandbox import Sandbox
from index.shelf import Shelf

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

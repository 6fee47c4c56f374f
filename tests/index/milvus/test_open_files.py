"""Of an index on Milvus each document's file is open once, whatever asks for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from index import opening
from index.disk.disk import File
from index.milvus import commit
from index.milvus.state import ReadState
from index.store import manifest as manifests
from index.store import store as stores
from index.store.store import PARTS, Store


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each document's file was opened."""
    found: Counter[str] = Counter()

    class Counted(File):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            if path.parent.name == PARTS:
                found[path.name] += 1

    monkeypatch.setattr(stores, "File", Counted)
    return found


def test_what_is_open_is_taken_over(built: Path, opened: Counter[str]) -> None:
    store = Store(built)
    now = commit.shelved(store, store.entries())
    before = commit.shelved(store, store.entries(), now)
    assert list(before.parts) == list(now.parts)
    assert set(opened.values()) == {1}


def test_an_index_is_opened_with_each_file_once(
    built: Path, opened: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(built)
    manifest = store.manifest() | {
        "engine": {"name": "milvus", "uri": "http://127.0.0.1:1", "collection": "none"},
        "kinds": ["hnsw", "hnsw"],
    }
    monkeypatch.setattr(Store, "manifest", lambda self: manifests.signed(manifest))
    monkeypatch.setattr(opening.settings, "HELD_BYTES", 0)
    monkeypatch.setattr(ReadState, "engine", SimpleNamespace(memory=0))
    library = opening.read(built)
    assert len(library.rows) == sum(one.sentences for one in store.entries())
    assert list(library._shared._shelved.parts) == list(library.parts)  # type: ignore[attr-defined]
    assert set(opened.values()) == {1}

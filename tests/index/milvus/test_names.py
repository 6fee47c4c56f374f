"""Vectors that are to be found otherwise lie in another collection: one that is there keeps its own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from hashed import Hashed

from index.engine.engine import OnServer
from index.milvus import commit
from index.milvus.load import Loader
from index.milvus.server import Server
from index.store.store import Store


class Enough(Exception):
    pass


def test_each_kind_has_a_collection_of_its_own(
    built: Path, hashed: Hashed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def call(server: Server, what: str, *given: Any, **named: Any) -> bool:
        if what == "create_collection":
            made.append(given[0])
            raise Enough
        return False

    monkeypatch.setattr(Server, "call", call)
    store = Store(built)
    shelved = commit.shelved(store, store.entries())
    for kind in (*get_args(OnServer), "hnsw"):
        with pytest.raises(Enough):
            Loader(tmp_path, "http://127.0.0.1:1", kind).whole(shelved, hashed)
    assert made[0] == made[-1]
    assert len(set(made)) == len(get_args(OnServer))
    assert all(name.replace("_", "").isalnum() for name in made)

"""A Milvus in this process: what `Server` is asked, answered from dictionaries; it can fail, and lose rows.

Strict where a server is: another filter, field or shape than it knows is an error of the test.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import regex

from index import settings
from index.errors import EngineRefused, EngineUnavailable

URI = "http://127.0.0.1:1"
ENGINE = {"name": "milvus", "uri": URI}

_CLAUSES: dict[str, Callable[[Any, Any], bool]] = {
    r"level == ([01])": lambda row, found: bool(row["level"] == int(found[1])),
    r"level >= 0": lambda row, found: bool(row["level"] >= 0),
    r"chinese == (true|false)": lambda row, found: bool(row["chinese"] == (found[1] == "true")),
    r'part in \[("[0-9a-f]{32}"(?:, "[0-9a-f]{32}")*)?\]': lambda row, found: f'"{row["part"]}"' in (found[1] or ""),
}


def kept_by(filter: str) -> Callable[[dict[str, Any]], bool]:
    """Which rows a filter leaves; it must be one that `Collection` or `Milvus` writes."""
    tests = []
    for clause in filter.split(" and "):
        found = [(test, match) for form, test in _CLAUSES.items() if (match := regex.fullmatch(form, clause))]
        assert len(found) == 1, f"no filter of ours: {clause}"
        tests.append(found[0])
    return lambda row: all(test(row, match) for test, match in tests)


@dataclass
class Table:
    """A collection: the kinds of its fields, its indexes, its rows by their ids."""

    fields: dict[str, str]
    dim: int
    indexes: dict[str, tuple[str, dict[str, int]]]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)


class StandIn:
    """The server at an address.

    The call number `fails` from now, and with `down` all that follow, raise EngineUnavailable; with `done`, once they
    have had their effect. `calls` is what was called.
    """

    def __init__(self, uri: str = URI) -> None:
        self.uri = uri
        self.tables: dict[str, Table] = {}
        self.calls: list[str] = []
        self.fails: int | None = None
        self.down = self.done = False

    def call(self, what: str, *given: Any, **named: Any) -> Any:
        self.calls.append(what)
        fails = self.fails is not None and (self.fails == 0 or (self.down and self.fails < 0))
        if self.fails is not None:
            self.fails -= 1
        if not fails or self.done:
            found = getattr(self, f"_{what}")(*given, **named)
        if fails:
            raise EngineUnavailable(f"Milvus at {self.uri} does not answer (it is a test)")
        return found

    def pages(self, collection: str, **named: Any) -> Iterator[Any]:
        rows = self.call("query_iterator", collection, **named)
        size = named["batch_size"]
        yield from (rows[first : first + size] for first in range(0, len(rows), size))

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        assert seconds <= settings.MILVUS_QUESTION
        yield

    @property
    def table(self) -> Table:
        """The only collection."""
        (found,) = self.tables.values()
        return found

    def keys(self) -> dict[str, set[str]]:
        """The keys of the parts in each collection."""
        return {
            name: {row["part"] for row in table.rows.values() if row["level"] >= 0}
            for name, table in self.tables.items()
        }

    def _of(self, name: str) -> Table:
        if name not in self.tables:
            raise EngineRefused(f"Milvus at {self.uri} refused (collection not found: {name})")
        return self.tables[name]

    def _has_collection(self, name: str) -> bool:
        return name in self.tables

    def _list_collections(self) -> list[str]:
        return list(self.tables)

    def _drop_collection(self, name: str) -> None:
        self.tables.pop(name, None)

    def _create_collection(self, name: str, *, schema: Schema, index_params: Indexes, consistency_level: str) -> None:
        assert regex.fullmatch(r"[A-Za-z_]\w{0,254}", name, regex.ASCII), name
        assert name not in self.tables
        assert consistency_level == "Bounded"
        assert schema.fields["id"] == "VARCHAR"
        assert set(index_params.found) <= set(schema.fields)
        self.tables[name] = Table(schema.fields, schema.dim, index_params.found)

    def _upsert(self, name: str, *, data: list[dict[str, Any]]) -> None:
        table = self._of(name)
        assert 0 < len(data) <= settings.MILVUS_ROWS
        for row in data:
            assert set(row) == set(table.fields)
            assert 0 < len(row["id"]) <= 64
            assert isinstance(row["chinese"], bool)
            assert type(row["level"]) is type(row["length"]) is int
            assert row["dense"].shape == (table.dim,)
            assert row["dense"].dtype == np.float32
            assert row["sparse"]
            assert all(
                type(dim) is int and 0 <= dim < 2**32 - 1 and weight > 0 for dim, weight in row["sparse"].items()
            )
            sparse = {dim: float(np.float32(weight)) for dim, weight in sorted(row["sparse"].items())}
            table.rows[row["id"]] = {**row, "dense": row["dense"].copy(), "sparse": sparse}

    def _delete(self, name: str, *, filter: str) -> None:
        table, gone = self._of(name), kept_by(filter)
        table.rows = {id: row for id, row in table.rows.items() if not gone(row)}

    def _flush(self, name: str) -> None:
        self._of(name)

    def _get(self, name: str, *, ids: list[str], output_fields: list[str], consistency_level: str) -> list[Any]:
        assert consistency_level in ("Strong", "Bounded")
        assert len(ids) <= settings.MILVUS_FETCHED
        table = self._of(name)
        found = [table.rows[id] for id in sorted(set(ids), reverse=True) if id in table.rows]
        return [self._shown(table, row, output_fields) for row in found]

    def _query(self, name: str, *, filter: str, output_fields: list[str], consistency_level: str) -> list[Any]:
        assert (filter, output_fields, consistency_level) == ("", ["count(*)"], "Strong")
        return [{"count(*)": len(self._of(name).rows)}]

    def _query_iterator(self, name: str, *, batch_size: int, filter: str, output_fields: list[str]) -> list[Any]:
        assert 0 < batch_size <= settings.MILVUS_FOUND
        table, kept = self._of(name), kept_by(filter)
        return [self._shown(table, row, output_fields) for row in table.rows.values() if kept(row)]

    def _shown(self, table: Table, row: dict[str, Any], fields: list[str]) -> dict[str, Any]:
        if unknown := set(fields) - set(table.fields):
            raise EngineRefused(f"Milvus at {self.uri} refused (field {unknown.pop()} not exist)")
        return {"id": row["id"], **{name: row[name] for name in fields}}

    def _search(
        self, name: str, *, data: list[Any], anns_field: str, limit: int, filter: str, search_params: dict[str, Any]
    ) -> list[list[dict[str, Any]]]:
        assert 0 < limit <= settings.MILVUS_FOUND
        assert set(search_params) == {"metric_type", "params"}
        assert search_params["metric_type"] == "IP"
        table, kept, (vector,) = self._of(name), kept_by(filter), data
        rows = [row for row in table.rows.values() if kept(row)]
        if anns_field == "dense":
            assert search_params["params"]
            assert vector.shape == (table.dim,)
            found = [(float(np.dot(row["dense"], vector)), row["id"]) for row in rows]
        else:
            assert vector
            found = [(score, row["id"]) for row in rows if (score := _product(vector, row["sparse"])) is not None]
        best = sorted(found, key=lambda one: (-one[0], one[1][::-1]))[:limit]
        return [[{"id": id, "distance": score} for score, id in best]]


def _product(one: dict[int, float], other: dict[int, float]) -> float | None:
    """The inner product of sparse vectors, as of float32; None where they have nothing in common."""
    both = one.keys() & other.keys()
    return float(sum(np.float32(one[dim]) * np.float32(other[dim]) for dim in sorted(both))) if both else None


class Schema:
    """What pymilvus's schema is told."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.dim = 0

    def add_field(self, name: str, kind: str, **named: Any) -> None:
        self.fields[name] = kind
        self.dim = named.get("dim", self.dim)


class Indexes:
    """What pymilvus's index parameters are told."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, dict[str, int]]] = {}

    def add_index(self, name: str, *, index_type: str, metric_type: str = "", params: Any = None) -> None:
        self.found[name] = index_type, dict(params or {})


class MilvusException(Exception):
    """Pymilvus's, with what is read of it."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"<MilvusException: (code={self.code}, message={self.message})>"


class RpcError(Exception):
    """gRPC's, with the name of its code."""

    def __init__(self, name: str) -> None:
        self._name = name

    def code(self) -> SimpleNamespace:
        return SimpleNamespace(name=self._name)


def without_pymilvus(patch: pytest.MonkeyPatch) -> ModuleType:
    """Have only what is asked of pymilvus and of gRPC in their places, whether they are installed or not."""
    fake, grpc = ModuleType("pymilvus"), ModuleType("grpc")
    kinds = ("VARCHAR", "INT8", "BOOL", "INT32", "FLOAT_VECTOR", "SPARSE_FLOAT_VECTOR")
    made: dict[str, Any] = {
        "DataType": SimpleNamespace(**{kind: kind for kind in kinds}),
        "MilvusClient": SimpleNamespace(create_schema=lambda **named: Schema(), prepare_index_params=Indexes),
        "MilvusException": MilvusException,
    }
    fake.__dict__.update(made)
    grpc.__dict__["RpcError"] = RpcError
    patch.setitem(sys.modules, "pymilvus", fake)
    patch.setitem(sys.modules, "grpc", grpc)
    return fake


def standing(patch: pytest.MonkeyPatch) -> Callable[[str], StandIn]:
    """Put stand-ins in the place of all servers; each address has its own, which this gives."""
    from index.milvus import commit, load

    without_pymilvus(patch)
    known: dict[str, StandIn] = {}

    def at(uri: str, patience: float = 0.0) -> StandIn:
        return known.setdefault(uri, StandIn(uri))

    patch.setattr(commit, "Server", at)
    patch.setattr(load, "Server", at)
    return at

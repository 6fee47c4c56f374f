"""One collection of a Milvus server: a row for each sentence and each paragraph, by its document's part.

    id       the part's key, `s` or `p`, and the number of the sentence or paragraph in its document
    part     the part's key, to delete and to filter by
    level    0 a sentence, 1 a paragraph, -1 the stamp
    chinese  the language
    length   how many terms it has
    dense    its unit vector from its language's centre
    sparse   see `rows`

A key says what the part was made of, so the same row may be sent twice, and rows of a document that was removed
meanwhile are told by their key. One row more is the stamp, which says what the collection was made by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Collection as Keys
from typing import Any, Literal, NamedTuple

import numpy as np
import regex

from index import settings
from index.dense.encoder import Vectors
from index.engine.engine import OnServer as Kind
from index.errors import EngineRefused, IndexDamaged, IndexStale
from index.milvus.rows import EMPTY, SparseRows
from index.milvus.server import Server

Field = Literal["dense", "sparse"]
SENTENCE, PARAGRAPH, _STAMP = 0, 1, -1
_LETTERS = "sp"
_STAMP_ID = "stamp"
_ID = regex.compile(r"(?P<part>[0-9a-f]{32})(?P<level>[sp])(?P<row>\d{1,9})")
# A stamp is no longer, and a key of a part much shorter.
_TEXT = 4_096


class Place(NamedTuple):
    """A sentence or a paragraph by its document's part."""

    part: str
    level: int
    row: int

    @property
    def id(self) -> str:
        """The primary key of its row."""
        return f"{self.part}{_LETTERS[self.level]}{self.row}"

    @classmethod
    def of(cls, id: str) -> Place | None:
        """The place of a row; None for the stamp, or another's row."""
        found = _ID.fullmatch(id)
        return cls(found["part"], _LETTERS.index(found["level"]), int(found["row"])) if found else None


class Collection:
    """The collection of that name on a server; `rebuild` is the command that makes it anew."""

    def __init__(self, server: Server, name: str, rebuild: str, *, strong: bool = False) -> None:
        """`strong` reads see all that was written before, and wait for it; others may be some seconds behind."""
        self.server, self.name, self._rebuild = server, name, rebuild
        self._level = {"consistency_level": "Strong" if strong else "Bounded"}

    # What is asked.

    def check(self, stamp: str, rows: int) -> None:
        """IndexDamaged where it is not there or has fewer rows, IndexStale where it has not this stamp.

        EngineUnavailable where the server does not answer.
        """
        where = f"the collection {self.name} of {self.server.uri}"
        if not self.exists():
            raise IndexDamaged(f"{where} is not there", self._rebuild)
        found = self._stamp()
        if found != stamp:
            raise IndexStale(f"{where} was made by {found or 'something else'}, expected {stamp}", self._rebuild)
        if (count := self.count()) < rows:
            raise IndexDamaged(f"{where} has {count} rows, expected {rows}", self._rebuild)

    def exists(self) -> bool:
        """Whether there is such a collection."""
        return bool(self.server.call("has_collection", self.name))

    def _stamp(self) -> str:
        try:
            found = self.server.call(
                "get", self.name, ids=[_STAMP_ID], output_fields=["part"], consistency_level="Strong"
            )
        except EngineRefused:  # it has other fields
            return ""
        return str(found[0]["part"]) if found else ""

    def count(self) -> int:
        """How many sentences and paragraphs there are, with all that was written before."""
        found = self.server.call("query", self.name, filter="", output_fields=["count(*)"], consistency_level="Strong")
        return int(found[0]["count(*)"]) - 1

    def nearest(
        self, field: Field, vector: Vectors | dict[int, float], count: int, only: str, wide: dict[str, int]
    ) -> list[tuple[str, float]]:
        """The ids of the rows with the highest inner products, of those that a filter leaves, and these, best first."""
        found = self.server.call(
            "search",
            self.name,
            data=[vector],
            anns_field=field,
            limit=count,
            filter=only,
            search_params={"metric_type": "IP", "params": wide},
        )
        return [(str(hit["id"]), float(hit["distance"])) for hit in found[0]]

    def words(self, places: Sequence[Place]) -> SparseRows:
        """The sparse vectors of these rows, in their order; IndexDamaged where one is not there."""
        known: dict[str, tuple[dict[int, float], int]] = {}
        ids = [place.id for place in places]
        for first in range(0, len(ids), settings.MILVUS_FETCHED):
            some = ids[first : first + settings.MILVUS_FETCHED]
            for row in self.server.call(
                "get", self.name, ids=some, output_fields=["id", "length", "sparse"], **self._level
            ):
                known[str(row["id"])] = (row["sparse"], int(row["length"]))
        if missing := [id for id in ids if id not in known]:
            raise IndexDamaged(
                f"the collection {self.name} of {self.server.uri} lacks {len(missing)} rows, such as {missing[0]}",
                self._rebuild,
            )
        return SparseRows.fetched([known[id] for id in ids])

    # What is written.

    def create(self, dim: int, kind: Kind, rows: int, stamp: str) -> None:
        """Make it, for vectors of this length and some so many rows, with its stamp."""
        import pymilvus

        of = pymilvus.DataType
        schema = pymilvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", of.VARCHAR, max_length=64, is_primary=True)
        schema.add_field("part", of.VARCHAR, max_length=_TEXT)
        schema.add_field("level", of.INT8)
        schema.add_field("chinese", of.BOOL)
        schema.add_field("length", of.INT32)
        schema.add_field("dense", of.FLOAT_VECTOR, dim=dim)
        schema.add_field("sparse", of.SPARSE_FLOAT_VECTOR)
        indexes = pymilvus.MilvusClient.prepare_index_params()
        name, params = _KINDS[kind](rows)
        indexes.add_index("dense", index_type=name, metric_type="IP", params=params)
        indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        indexes.add_index("part", index_type="INVERTED")
        self.server.call(
            "create_collection", self.name, schema=schema, index_params=indexes, consistency_level="Bounded"
        )
        vector = np.zeros(dim, np.float32)
        vector[0] = 1.0
        self.upsert([_row(_STAMP_ID, stamp, _STAMP, False, 1, vector, {EMPTY: 1.0})])

    def upsert(self, rows: list[dict[str, Any]]) -> None:
        """Put rows there, or in the place of those with their ids."""
        self.server.call("upsert", self.name, data=rows)

    def delete(self, parts: Iterable[str]) -> None:
        """Take out the rows of these documents' parts."""
        keys = sorted(parts)
        for first in range(0, len(keys), 500):
            self.server.call("delete", self.name, filter=within(keys[first : first + 500]))

    def sweep(self, parts: Keys[str]) -> None:
        """Take out the rows of all parts but these: what was loaded for an index that never came to be."""
        pages = self.server.pages(
            self.name, batch_size=settings.MILVUS_FETCHED, filter="level >= 0", output_fields=["part"]
        )
        unknown = {str(row["part"]) for page in pages for row in page} - set(parts)
        self.delete(unknown)

    def settle(self) -> None:
        """Have all that was sent lie on the server's disks."""
        self.server.call("flush", self.name)

    def warm(self, dim: int, kind: Kind, rows: int) -> None:
        """Search once by each field, so that no question waits for what the server makes before the first."""
        only = f"level == {SENTENCE}"
        self.nearest("dense", np.eye(1, dim, dtype=np.float32)[0], 1, only, wide(kind, 1, rows))
        self.nearest("sparse", {EMPTY: 1.0}, 1, only, {})

    def drop(self) -> None:
        """Delete it."""
        self.server.call("drop_collection", self.name)

    def others(self, prefix: str) -> list[Collection]:
        """The collections whose names begin so, but this one."""
        names = (str(name) for name in self.server.call("list_collections"))
        found = sorted(name for name in names if name.startswith(prefix) and name != self.name)
        return [Collection(self.server, name, self._rebuild) for name in found]


def entity(place: Place, chinese: bool, length: int, dense: Vectors, sparse: dict[int, float]) -> dict[str, Any]:
    """The row of a sentence or a paragraph."""
    return _row(place.id, place.part, place.level, chinese, length, dense, sparse)


def _row(
    id: str, part: str, level: int, chinese: bool, length: int, dense: Vectors, sparse: dict[int, float]
) -> dict[str, Any]:
    return {
        "id": id,
        "part": part,
        "level": level,
        "chinese": chinese,
        "length": length,
        "dense": dense,
        "sparse": sparse,
    }


def within(parts: Iterable[str]) -> str:
    """The filter for the rows of these parts, whose keys are hexadecimal digits."""
    return "part in [" + ", ".join(f'"{key}"' for key in parts) + "]"


def wide(kind: Kind, count: int, rows: int, times: int = 1) -> dict[str, int]:
    """How far a search for so many of so many rows looks around; so many times as far as it has to at least."""
    if kind == "hnsw":
        return {"ef": min(times * (2 * count + 64), 32_768)}
    if kind == "ivf-sq8":
        return {"nprobe": min(times * max(16, _lists(rows) // 16), _lists(rows))}
    return {"search_list": min(times * (2 * count + 64), 65_535)}


def _lists(rows: int) -> int:
    """Into how many lists so many rows are parted: four times the root, as Faiss advises."""
    return int(min(65_536, max(16, 4 * rows**0.5)))


_KINDS: dict[Kind, Callable[[int], tuple[str, dict[str, int]]]] = {
    "hnsw": lambda rows: ("HNSW", {"M": 16, "efConstruction": 200}),
    "ivf-sq8": lambda rows: ("IVF_SQ8", {"nlist": _lists(rows)}),
    "diskann": lambda rows: ("DISKANN", {}),
}

"""Several contents in one file: one after the other, then a table of them, then the table's length.

    <contents> <JSON: {name: [size, sums]}> <8 bytes: the length of the JSON, little-endian>

The table comes last, so that a content is written as it is made. SHA-256 over the table stands for the whole file,
since the table has the sum of every block. An index of thousands of documents is thousands of files then, and not tens
of thousands, each to be synced by itself and to be kept open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from index.disk import disk
from index.disk.disk import Content, File
from index.disk.members import Files, Members, pieces
from index.disk.sums import Buffer, Sum, Summing
from index.errors import IndexDamaged

_LENGTH = 8


class Pack(Mapping[str, Any]):
    """The contents of a file that `write` wrote; its table is read when it is needed.

    IndexDamaged where it is not as it was written, or the table is not the one with the SHA-256 `digest`, if given.
    """

    def __init__(self, file: File, mend: str, digest: str | None = None) -> None:
        self._file, self._mend, self._expected = file, mend, digest

    def __getitem__(self, name: str) -> Any:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return self._file.size

    @property
    def digest(self) -> str:
        """The SHA-256 of its table, in hexadecimal digits."""
        return hashlib.sha256(self._table).hexdigest()

    def hold(self) -> None:
        """Read and check every content, and keep the file in memory."""
        self._file.hold()
        self._members.check()

    def check(self) -> None:
        """Read every content, and hold it against its sum."""
        self._members.check()

    @cached_property
    def _table(self) -> bytes:
        end = self._file.size - _LENGTH
        try:
            length = int.from_bytes(self._file.read(max(0, end), self._file.size), "little")
            if not 0 < length <= end:
                raise self.damaged("it has no table of its contents")
            table = self._file.read(end - length, end)
        except OSError as error:
            raise self.damaged(error.strerror or "") from None
        if self._expected not in (None, hashlib.sha256(table).hexdigest()):
            raise self.damaged("its SHA-256 is not the recorded one")
        return table

    @cached_property
    def _members(self) -> Members:
        try:
            found, at = {}, 0
            for name, value in json.loads(self._table).items():
                sum = Sum.from_json(value)
                found[str(name)] = Content(self._file, at, sum, self._mend)
                at += sum.size
            if at != self._file.size - _LENGTH - len(self._table):
                raise ValueError("its contents are of another size")
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise self.damaged(str(error)) from None
        return Members(found)

    def damaged(self, why: str) -> IndexDamaged:
        """The error that it is damaged, and why."""
        return IndexDamaged(f"{self._file.path} is damaged ({why})", self._mend)


def write(path: Path, files: Files) -> str:
    """A new file of these contents; the digest of its table."""
    sums: dict[str, Sum] = {}
    table = b""

    def body() -> Iterator[Buffer]:
        nonlocal table
        for name, content in files:
            summing = Summing()
            yield from summing.over(pieces(content))
            sums[name] = summing.sum
        table = json.dumps({name: sum.to_json() for name, sum in sums.items()}, separators=(",", ":")).encode()
        yield table
        yield len(table).to_bytes(_LENGTH, "little")

    disk.write(path, body())
    return hashlib.sha256(table).hexdigest()

"""What a content is known again by: its size, and the SHA-256 of each block of it.

Of a block, not of the whole, so that a part of a large file can be read and held against its sum by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# Bytes of a block. Larger ones cost a reader of single rows more, smaller ones the manifest: this takes 1 ms a 20 rows
# that are read for the first time, and 1.5 MB of a manifest for the vectors of a million sentences.
BLOCK = 65_536
# Bytes of a SHA-256.
_LONG = 32

Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class Sum:
    """The bytes of a content, and the SHA-256 of its blocks, one after the other; an empty one has one block."""

    size: int
    blocks: bytes

    @classmethod
    def of(cls, data: Buffer) -> Sum:
        """The sum of a content."""
        summing = Summing()
        summing.add(data)
        return summing.sum

    @classmethod
    def from_json(cls, value: Any) -> Sum:
        """The sum that `to_json` made; ValueError for anything else."""
        match value:
            case [int(size), str(text)] if not isinstance(size, bool) and size >= 0:
                blocks = bytes.fromhex(text)
                if len(blocks) == _LONG * max(1, -(-size // BLOCK)):
                    return cls(size, blocks)
        raise ValueError("expected a size and the SHA-256 of each block")

    def to_json(self) -> list[str | int]:
        """This sum as a manifest has it."""
        return [self.size, self.blocks.hex()]

    def __len__(self) -> int:
        """How many blocks there are."""
        return len(self.blocks) // _LONG

    def fits(self, data: memoryview, first: int) -> bool:
        """Whether these are whole blocks of the content, from the block number `first` on."""
        sums = b"".join(_sums(data))
        return sums == self.blocks[_LONG * first : _LONG * first + len(sums)]


class Summing:
    """Makes the sum of a content that comes piece by piece."""

    def __init__(self) -> None:
        self._size = 0
        self._rest = hashlib.sha256()
        self._blocks: list[bytes] = []

    def add(self, data: Buffer) -> None:
        """Add the next piece."""
        view = memoryview(data).cast("B")
        while view:
            room = BLOCK - self._size % BLOCK
            self._rest.update(view[:room])
            self._size += len(view[:room])
            view = view[room:]
            if self._size % BLOCK == 0:
                self._blocks.append(self._rest.digest())
                self._rest = hashlib.sha256()

    def over(self, pieces: Iterable[Buffer]) -> Iterator[Buffer]:
        """Hand on pieces, each added."""
        for piece in pieces:
            self.add(piece)
            yield piece

    @property
    def sum(self) -> Sum:
        """The sum of what was added."""
        last = [] if self._size and self._size % BLOCK == 0 else [self._rest.digest()]
        return Sum(self._size, b"".join([*self._blocks, *last]))


def _sums(data: memoryview) -> Iterator[bytes]:
    return (hashlib.sha256(data[at : at + BLOCK]).digest() for at in range(0, max(1, len(data)), BLOCK))

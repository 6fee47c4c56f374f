"""Named contents, as files have them: bytes, and under a name that ends in `.npy` an array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.disk import arrays
from index.disk.arrays import OnDisk
from index.disk.disk import Content
from index.disk.sums import Buffer

ARRAY = ".npy"
# Names and contents that are to be written; one at a time need be in memory.
Files = Iterable[tuple[str, bytes | NDArray[Any]]]


def pieces(content: bytes | NDArray[Any]) -> Iterable[Buffer]:
    """The bytes of a content, piece by piece."""
    return arrays.pieces(content) if isinstance(content, np.ndarray) else [content]


class Members(Mapping[str, Any]):
    """Contents on disk by their names: bytes, or an `OnDisk` array whose rows are read when they are asked for.

    IndexDamaged where a content is not as it was written.
    """

    def __init__(self, contents: Mapping[str, Content]) -> None:
        self._contents = dict(contents)

    def __getitem__(self, name: str) -> Any:
        content = self._contents[name]
        if not name.endswith(ARRAY):
            return content.whole()
        try:
            return OnDisk(content)
        except (ValueError, TypeError, SyntaxError) as error:
            raise content.damaged(f"cannot be read ({error})") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)

    @property
    def size(self) -> int:
        """The bytes of all contents."""
        return sum(map(len, self._contents.values()))

    def hold(self) -> None:
        """Read and check every content, and keep it in memory."""
        for content in self._contents.values():
            content.hold()

    def check(self) -> None:
        """Read every content, and hold it against its sum."""
        for content in self._contents.values():
            content.check()

"""Arrays in npy files, without pickles: written as they are, read as far as they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from math import prod
from typing import Any

import numpy as np
import regex
from numpy.lib import format as npy
from numpy.typing import NDArray

from index.disk.disk import Content
from index.disk.stored import Stored
from index.disk.sums import Buffer

# What the head of an npy file of ours takes at most, and what it is.
_HEAD_MAX = 512
_HEAD = regex.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<kind>[<|][biuf]\d)', 'fortran_order': False, "
    rb"'shape': \((?P<shape>\d{1,18},(?: \d{1,18},?)*)\), \} *\n",
    regex.DOTALL,
)


def ranges(array: Stored, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[Any]:
    """The rows of several ranges of an array, one after the other."""
    if isinstance(array, OnDisk):
        return array.ranges(starts, stops)
    return np.concatenate([array[start:stop] for start, stop in zip(starts, stops, strict=True)])


def pieces(array: NDArray[Any]) -> Iterator[Buffer]:
    """The npy file of an array, its head and its body."""
    head = BytesIO()
    plain = np.ascontiguousarray(array)
    npy.write_array_header_1_0(head, npy.header_data_from_array_1_0(plain))
    yield head.getvalue()
    if plain.size:
        yield plain.reshape(-1).view(np.uint8).data


class OnDisk:
    """The array of an npy file, on disk: a range of rows, or some rows, are read when they are asked for.

    `np.asarray` reads it whole. ValueError for what is no npy file of a plain array.
    """

    def __init__(self, content: Content) -> None:
        # numpy's own reader of this goes by `ast`, which Python 3.11 cannot do in two threads at once
        head = _HEAD.match(content.read(0, min(_HEAD_MAX, len(content))))
        if not head:
            raise ValueError("it is no npy file of plain rows")
        self.shape: tuple[int, ...] = tuple(map(int, head["shape"].rstrip(b",").split(b",")))
        self.dtype: np.dtype[Any] = np.dtype(head["kind"].decode())
        self._content, self._first = content, head.end()
        self._row = self.dtype.itemsize * prod(self.shape[1:])
        if self._first + self._row * self.shape[0] != len(content):
            raise ValueError("it is an npy file of another size")

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """The rows of a slice without steps, or of whole numbers that are not negative, in their order."""
        if isinstance(key, slice):
            start, stop, _ = key.indices(len(self))
            return self._range(start, max(start, stop))
        rows = np.asarray(key)
        if rows.ndim == 0:
            return self._range(int(rows), int(rows) + 1)[0]  # type: ignore[no-any-return]
        starts = self._first + self._row * rows
        return self._shaped(np.frombuffer(self._content.gather(starts, starts + self._row), np.uint8))

    def ranges(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[Any]:
        """The rows of several ranges, one after the other."""
        found = self._content.gather(self._first + self._row * starts, self._first + self._row * stops)
        return self._shaped(np.frombuffer(found, np.uint8))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        data = np.empty(len(self._content), np.uint8)
        self._content.fill(data.data)
        return self._shaped(data[self._first :]).astype(dtype or self.dtype, copy=False)

    def _range(self, start: int, stop: int) -> NDArray[Any]:
        data = self._content.read(self._first + start * self._row, self._first + stop * self._row)
        return self._shaped(np.frombuffer(data, np.uint8))

    def _shaped(self, data: NDArray[np.uint8]) -> NDArray[Any]:
        return (
            data.view(self.dtype).reshape(-1, *self.shape[1:])
            if data.size
            else np.empty((0, *self.shape[1:]), self.dtype)
        )

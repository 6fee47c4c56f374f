"""The vectors of an index as it was: a text that it holds already, in whichever document, is not encoded again.

They are found by their `keys`, first in the part of the same document, then in all. A part that is damaged, or of a
version that kept no keys, holds nothing here. `build` makes new parts with it while the old ones are still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.dense.encoder import Encoder, Vectors
from index.errors import IndexDamaged
from index.late.leg import LatePart
from index.late.windows import Window
from index.model.model import Model, Shown
from index.store import keys
from index.store.entry import Entry
from index.store.keys import Keys
from index.store.part import KEYS, PARAGRAPHS, SENTENCES
from index.store.store import Store

Kept = TypeVar("Kept")
# What reading a part may come to that is not as this version writes it.
_UNREADABLE = (IndexDamaged, ValueError, KeyError, IndexError, EOFError)


class Earlier:
    """What may be taken over from the parts of these entries, for parts made with this encoder and reading model."""

    def __init__(self, store: Store, entries: Iterable[Entry], encoder: Encoder, model: Model) -> None:
        self._store = store
        self._entries = tuple(entries)
        self._numbers = {entry.id: number for number, entry in enumerate(self._entries)}
        self._encoder, self._model = keys.encoder(encoder), keys.model(model)

    def keys(self, made_of: Sequence[Sequence[str]], shown: Sequence[Shown]) -> Keys:
        """The keys that a part keeps of its vectors, sentences' and paragraphs', and of its windows, in this order."""
        return np.concatenate([keys.of_texts(self._encoder, made_of), keys.of_windows(self._model, shown)])

    def vectors(self, own: str, made_of: Sequence[Sequence[str]]) -> dict[int, Vectors]:
        """By their places in `made_of`, the vectors `(dim,)` that are there already; `own` is the document's id."""
        return self._taken(own, keys.of_texts(self._encoder, made_of), _vector)

    def windows(self, own: str, shown: Sequence[Shown]) -> dict[int, Window]:
        """By their places in `shown`, the windows that are there already."""
        return self._taken(own, keys.of_windows(self._model, shown), _window)

    def _taken(
        self, own: str, wanted: Keys, opened: Callable[[Mapping[str, Any], int], Callable[[int], Kept]]
    ) -> dict[int, Kept]:
        found: dict[int, Kept] = {}
        numbers, rows = self._find(own, wanted)
        for number in np.unique(numbers[numbers >= 0]):
            entry = self._entries[number]
            places = np.flatnonzero(numbers == number).tolist()
            try:
                kept = opened(self._store.part(entry.part, entry.digest), len(self._keys(number)))
                found |= {place: kept(int(rows[place])) for place in places}
            except _UNREADABLE:
                continue
        return found

    def _find(self, own: str, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each key stands: the number of the part, -1 for none, and its place there."""
        numbers = np.full(len(wanted), -1)
        rows = np.full(len(wanted), -1)
        if own in self._numbers:
            rows = _Sorted(self._keys(self._numbers[own])).find(wanted)
            numbers[rows >= 0] = self._numbers[own]
        left = np.flatnonzero(rows < 0)
        if len(left) and len(self._entries) > (own in self._numbers):
            sorted_keys, firsts = self._all
            places = sorted_keys.find(wanted[left])
            left, places = left[places >= 0], places[places >= 0]
            numbers[left] = np.searchsorted(firsts, places, side="right") - 1
            rows[left] = places - firsts[numbers[left]]
        return numbers, rows

    @cached_property
    def _all(self) -> tuple[_Sorted, NDArray[np.int64]]:
        """The keys of all parts, and the place of each part's first."""
        parts = [self._keys(number) for number in range(len(self._entries))]
        return _Sorted(np.concatenate(parts)), np.cumsum([0, *map(len, parts)])[:-1]

    def _keys(self, number: int) -> Keys:
        entry = self._entries[number]
        try:
            found = np.asarray(self._store.part(entry.part, entry.digest)[KEYS])
        except _UNREADABLE:
            return keys.none()
        return found if found.dtype == np.uint8 and found.shape[1:] == (keys.BYTES,) else keys.none()


class _Sorted:
    """Keys in an order in which they can be searched; of equal ones the first is found."""

    def __init__(self, given: Keys) -> None:
        halves = _halves(given)
        self._order = np.argsort(halves[:, 0], kind="stable")
        self._halves = halves[self._order]

    def find(self, wanted: Keys) -> NDArray[np.int64]:
        """The place of each, -1 for one that is not there."""
        if not len(self._halves):
            return np.full(len(wanted), -1)
        halves = _halves(wanted)
        at = np.minimum(np.searchsorted(self._halves[:, 0], halves[:, 0]), len(self._halves) - 1)
        return np.where((self._halves[at] == halves).all(axis=1), self._order[at], -1)


def _halves(given: Keys) -> NDArray[np.uint64]:
    return np.ascontiguousarray(given).view(np.uint64)


def _vector(files: Mapping[str, Any], total: int) -> Callable[[int], Vectors]:
    sentences, paragraphs = files[SENTENCES], files[PARAGRAPHS]
    return lambda row: sentences[row] if row < len(sentences) else paragraphs[row - len(sentences)]


def _window(files: Mapping[str, Any], total: int) -> Callable[[int], Window]:
    late = LatePart.read(files)
    first = total - len(late.windows)
    return lambda row: late.window(row - first)

"""The documents that a collection has, or is to have: their parts, and the keys that rows know them by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.dense.joined import Joined
from index.disk.stored import Stored
from index.documents import HasDocument


class HasVectors(Protocol):
    """A document's part: how many sentences and paragraphs it has, and their vectors as they were encoded."""

    @property
    def size(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        ...

    @property
    def sentences(self) -> Stored:
        """The vectors of its sentences, `(sentences, dim)`."""
        ...

    @property
    def paragraphs(self) -> Stored:
        """The vectors of its paragraphs, `(paragraphs, dim)`."""
        ...


class Part(HasDocument, HasVectors, Protocol):
    """A document's part: the document, and its vectors as they were encoded."""


@dataclass(frozen=True, slots=True, eq=False)
class Shelved:
    """The documents of an index: their parts, and the keys of these."""

    parts: Sequence[Part]
    keys: Sequence[str]

    @property
    def firsts(self) -> NDArray[np.int64]:
        """The first sentence and the first paragraph of each, and their numbers, `(documents + 1, 2)`."""
        sizes = np.array([part.size for part in self.parts], dtype=np.int64).reshape(-1, 2)
        return np.concatenate([np.zeros((1, 2), np.int64), np.cumsum(sizes, axis=0)])

    def vectors(self, dim: int) -> tuple[Joined, Joined]:
        """Those of all sentences and of all paragraphs, as they were encoded."""
        sizes = [part.size for part in self.parts]
        return (
            Joined([lambda part=part: part.sentences for part in self.parts], [size[0] for size in sizes], dim),  # type: ignore[misc]
            Joined([lambda part=part: part.paragraphs for part in self.parts], [size[1] for size in sizes], dim),  # type: ignore[misc]
        )

    def only(self, keys: Iterable[str]) -> Shelved:
        """Those of these keys."""
        wanted = set(keys)
        kept = [(part, key) for part, key in zip(self.parts, self.keys, strict=True) if key in wanted]
        return Shelved([part for part, _ in kept], [key for _, key in kept])

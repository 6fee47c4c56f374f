"""An encoder without meaning, so that indexes are made in a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from index.dense.encoder import Vectors


class Hashed:
    """An encoder without meaning: every text has its own unit vector, always the same one."""

    name = "hashed"
    dim = 12

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector("passage", text) for text in texts], dtype=np.float32).reshape(-1, self.dim)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector("query", text) for text in texts], dtype=np.float32).reshape(-1, self.dim)

    def _vector(self, kind: str, text: str) -> Vectors:
        vector = self._random(kind, text).normal(size=self.dim)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    @staticmethod
    def _random(kind: str, text: str) -> np.random.Generator:
        digest = hashlib.sha256(f"{kind}\0{text}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def small_dictionary() -> Iterator[tuple[str, str]]:
    """Two entries in place of CC-CEDICT, whose reading takes seconds."""
    return iter([("海藻", "seaweed"), ("产量", "yield")])

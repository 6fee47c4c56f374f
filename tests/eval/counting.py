"""A tiny encoder, and the small sets that tests of benchmarks read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.bench.sets import squad
from eval.bench.sets.collection import Collection
from index.dense.encoder import Vectors

DATA = Path(__file__).parent / "data" / "bench"


class Counting:
    """An encoder that counts a text's words and characters, and what it was asked to encode."""

    name = "counting/1"
    dim = 48

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        rows = np.full((len(texts), self.dim), 0.1, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for part in [*text.lower().split(), *(c for c in text if ord(c) > 127)]:
                row[hashlib.sha256(part.strip("?.,").encode()).digest()[0] % self.dim] += 1
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    queries = passages


def harbours() -> list[Collection]:
    return [squad.read(DATA / f"harbour.{language}.json") for language in ("en", "zh")]

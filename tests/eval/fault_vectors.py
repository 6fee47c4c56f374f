"""Faults in the vectors of sentences and paragraphs, and in those of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sown import Bench, Patch

from index.dense import centres, passages
from index.dense import leg as dense
from index.dense.encoder import Encoder, Vectors
from index.model.model import Asked, Model, Seen


def query_prefix_dropped(bench: Bench, patch: Patch) -> None:
    """Questions are encoded as passages are."""
    patch.setattr(type(bench.encoder), "queries", lambda self, texts: self.passages(texts))


def not_normalised(bench: Bench, patch: Patch) -> None:
    """Rows as long as their text: what a pooling by sum instead of mean leaves."""
    real = passages.encode

    def encode(model: Encoder, texts: list[str], progress: Any) -> Vectors:
        vectors = real(model, texts, progress)
        return (vectors * np.array([[len(text)] for text in texts])).astype(np.float32)

    patch.setattr(passages, "encode", encode)
    patch.setattr(dense, "directions", lambda rows, *of: rows)


def not_centred(bench: Bench, patch: Patch) -> None:
    patch.setattr(centres, "shift", lambda encode: np.zeros(bench.encoder.dim, np.float32))
    patch.setattr(dense, "directions", lambda rows, *of: rows)


def shifted_vectors(bench: Bench, patch: Patch) -> None:
    """Each vector stands in the row of its neighbour."""
    real = passages.encode
    patch.setattr(passages, "encode", lambda *given: np.roll(real(*given), 1, axis=0))


def dead_encoder(bench: Bench, patch: Patch) -> None:
    """Questions all get one vector."""
    one = bench.encoder.queries(["狼疮"])
    patch.setattr(type(bench.encoder), "queries", lambda self, texts: np.repeat(one, len(texts), axis=0))


def late_shifted(bench: Bench, patch: Patch) -> None:
    """Each window's sentences have the vectors of their neighbours."""
    real = type(bench.model).see

    def see(self: Model, title: str, sentences: Sequence[str]) -> list[Seen]:
        found = real(self, title, sentences)
        return found[1:] + found[:1]

    patch.setattr(type(bench.model), "see", see)


def late_unweighted(bench: Bench, patch: Patch) -> None:
    """A question's tokens are cut off from what they ask: each is the first."""
    real = type(bench.model).ask

    def ask(self: Model, question: str) -> Asked:
        found = real(self, question)
        return replace(found, tokens=np.repeat(found.tokens[:1], len(found.tokens), axis=0), pooled=found.pooled * 0)

    patch.setattr(type(bench.model), "ask", ask)

"""An encoder without meaning for made text: a vector in the cluster of the text's rarest word, moved by all of it.

A question that has the rarest word of a sentence lies near it, as it would under a real encoder; a made vector takes a
thousandth of the time of a real one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import regex

from eval.bench.speed import synthetic
from eval.bench.speed.synthetic import Vectors
from index.dense.encoder import Encoder

_WORD = regex.compile("[a-z]+")
# What is encoded for the time that a question takes: a made word has more parts than a real one, and takes longer.
_SPOKEN = "When was the harbour wall of the old town built?"


class Clustered:
    """An `Encoder` of made text, in which a longer word is a rarer one.

    `spoken` encodes a question of ordinary words for each, for the time that takes; its vector is not used.
    """

    name = "clustered"
    dim = synthetic.DIM

    def __init__(self, clusters: int, seed: int, spoken: Encoder | None = None) -> None:
        random = np.random.default_rng([seed, 6])
        self._centres = synthetic.unit(random.standard_normal((clusters, self.dim), dtype=np.float32))
        self._spoken = spoken

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, each of which has a word."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return synthetic.unit(np.array([self._vector(text) for text in texts]))

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions, made in the same way."""
        if self._spoken is not None:
            self._spoken.queries([_SPOKEN] * len(texts))
        return self.passages(texts)

    def _vector(self, text: str) -> Vectors:
        rarest = max(_WORD.findall(text.lower()), key=lambda word: (len(word), word), default="")
        noise = np.random.default_rng(_number(text)).standard_normal(self.dim, dtype=np.float32)
        scale = np.float32(synthetic.NOISE / np.sqrt(self.dim))
        moved: Vectors = self._centres[_number(rarest) % len(self._centres)] + scale * noise
        return moved


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")

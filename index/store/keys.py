"""What a vector was made of, in 16 bytes: the same key, the same vector, whichever document it stands in.

A key is over the exact texts, what made vectors of them, and the program's files that say how. So a rule that cuts or
repairs texts in another way leaves the keys of all the texts that come out the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.encoder import Encoder
from index.model.model import Model, Shown

BYTES = 16
# What decides which vector a text is given, beside the weights.
FILES = (
    "dense/encoder.py",
    "dense/passages.py",
    "late/windows.py",
    "model/layout.py",
    "model/model.py",
    "text/words.py",
)
# Encoded to tell a model from another of its name: one that was trained further, or another version's.
PROBE = "Water turns into gas at a high temperature. 水在高温下变成气体。"

# `(n, BYTES)`.
Keys = NDArray[np.uint8]


def none() -> Keys:
    """No keys."""
    return np.zeros((0, BYTES), dtype=np.uint8)


def of_texts(encoder: bytes, made_of: Iterable[Sequence[str]]) -> Keys:
    """The keys of vectors that an encoder made, each of one text or between those of two."""
    return _keys((encoder, tuple(texts)) for texts in made_of)


def of_windows(model: bytes, shown: Iterable[Shown]) -> Keys:
    """The keys of windows that a reading model saw."""
    return _keys((model, title, tuple(sentences)) for title, sentences in shown)


def encoder(used: Encoder) -> bytes:
    """What an encoder is known again by: its name, and what it makes of `PROBE`.

    That to two decimals, so that another processor's last bits are no other model.
    """
    probed = np.round(used.passages([PROBE]), 2) + np.float32(0)  # which makes -0 a 0
    return _digest((_program(), used.name, probed.tobytes()))


def model(used: Model) -> bytes:
    """What a reading model is known again by, with where it cuts long texts off."""
    return _digest((_program(), used.fingerprint, settings.TITLE_TOKENS, settings.SENTENCE_TOKENS))


@cache
def _program() -> bytes:
    return _digest([(Path(__file__).parents[1] / name).read_bytes() for name in FILES])


def _keys(made_of: Iterable[object]) -> Keys:
    return np.frombuffer(b"".join(map(_digest, made_of)), np.uint8).reshape(-1, BYTES)


def _digest(made_of: object) -> bytes:
    return hashlib.sha256(repr(made_of).encode()).digest()[:BYTES]

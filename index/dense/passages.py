"""Texts to the vectors of passages, in batches of texts of about the same length; `part` says which texts.

A model that reads a batch at once pads it to its longest text, so that mixed lengths are mostly padding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from index import settings
from index.dense.encoder import Encoder, Vectors


def batches(texts: Sequence[str], most: int, characters: int) -> Iterator[Sequence[str]]:
    """The texts in their order, at most so many and of so many characters at once; a longer text stands alone."""
    first = total = 0
    for at, text in enumerate(texts):
        if at > first and (at - first == most or total + len(text) > characters):
            yield texts[first:at]
            first, total = at, 0
        total += len(text)
    if first < len(texts):
        yield texts[first:]


def encode(encoder: Encoder, texts: Sequence[str], progress: Callable[[float], None]) -> Vectors:
    """Each text's vector, `(len(texts), dim)`, equal texts encoded once: the longest first, ties by place.

    `progress` is called with how much is done, from 0 to 1, told by characters: a text takes as long as it is.
    """
    distinct = sorted(dict.fromkeys(texts), key=len, reverse=True)
    whole = sum(map(len, distinct))
    done = 0
    found: list[Vectors] = [np.empty((0, encoder.dim), dtype=np.float32)]
    for batch in batches(distinct, settings.BATCH_TEXTS, settings.BATCH_CHARACTERS):
        progress(done / max(whole, 1))
        found.append(encoder.passages(batch))
        done += sum(map(len, batch))
    progress(1.0)
    place = {text: row for row, text in enumerate(distinct)}
    return np.concatenate(found)[[place[text] for text in texts]]


def between(first: Vectors, second: Vectors) -> Vectors:
    """Vectors half way between two, not unit ones; where both are the same, that one to the last bit."""
    return ((first + second) / 2).astype(np.float32)

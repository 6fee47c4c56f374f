"""Windows of sentences, as the late leg sees and keeps them: 8 bits a number, a scale a token.

`late` puts them in a row; `layout` says how long a window is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.chunks import Row, lead
from index.model import layout
from index.model.model import Model, Seen, Shown


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A window: `(tokens, dim + 2)` bytes, how many tokens each sentence has, and `(sentences, pooled dim)`."""

    tokens: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    pooled: NDArray[np.float16]

    @classmethod
    def of(cls, seen: Sequence[Seen]) -> Window:
        """What is kept of sentences that were seen; each token by itself, whatever stands beside it."""
        vectors = np.concatenate([one.tokens for one in seen])
        scales = (np.abs(vectors).max(axis=1) / 127).astype(np.float16)
        codes = np.round(vectors / np.maximum(scales.astype(np.float32), 1e-8)[:, None]).clip(-127, 127)
        return cls(
            joined(codes.astype(np.int8), scales),
            np.array([len(one.tokens) for one in seen], dtype=np.int64),
            np.array([one.pooled for one in seen]).astype(np.float16),
        )


def joined(codes: NDArray[np.int8], scales: NDArray[np.float16]) -> NDArray[np.uint8]:
    """Vectors `(tokens, dim)` and their scales `(tokens,)` in one array `(tokens, dim + 2)`."""
    return np.concatenate([codes.view(np.uint8), scales[:, None].view(np.uint8)], axis=1)


def cut(model: Model, rows: Sequence[Row]) -> list[int]:
    """The first row of each window; a window never crosses from one paragraph into the next."""
    found: list[int] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].paragraph_row == rows[at].paragraph_row:
            end += 1
        lengths = [len(model.layout.sentence(row.text).ids) for row in rows[at:end]]
        found += [at + first for first, _ in layout.windows(lengths)]
        at = end
    return found


def show(rows: Sequence[Row], firsts: Sequence[int]) -> list[Shown]:
    """The windows that begin with these rows, as the model is shown them."""
    return [
        (lead(rows[first]), tuple(row.text for row in rows[first:last]))
        for first, last in zip(firsts, [*firsts[1:], len(rows)], strict=True)
    ]

"""The late leg: sentences ranked by late interaction, each in the context of its window.

Every token of a sentence keeps a vector; a question's tokens each take the nearest, and their cosines,
weighted, are the score (ColBERT, Khattab and Zaharia 2020, at the level of sentences), with a learned
share of the pooled vectors' cosine. A vector is 128 bytes and a scale of 2: some 5 KB a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import layout
from index.chunks import Row, titles
from index.model import Asked, Model, Seen

Rows = NDArray[np.int64]


class Late:
    """The token vectors of every sentence, row after row, and the windows they were seen in."""

    FILES = ("late-tokens.npy", "late-scales.npy", "late-starts.npy", "late-pooled.npy", "late-windows.npy")

    def __init__(
        self,
        tokens: NDArray[np.int8],
        scales: NDArray[np.float16],
        starts: NDArray[np.int64],
        pooled: NDArray[np.float16],
        windows: NDArray[np.int64],
    ) -> None:
        """A row's tokens are `tokens[starts[i]:starts[i + 1]]`; window j begins with the row `windows[j]`."""
        self._tokens, self._scales, self._starts = tokens, scales, starts
        self._pooled, self._windows = pooled, windows

    @classmethod
    def build(
        cls, model: Model, rows: Sequence[Row], progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Late:
        """See every window of these sentences; `progress` is called with how many are done, of how many."""
        firsts = _windows(model, rows)
        seen: list[Seen] = []
        shown = [
            (title(rows[first]), [row.text for row in rows[first:last]])
            for first, last in zip(firsts, [*firsts[1:], len(rows)], strict=True)
        ]
        progress(0, len(shown))
        for number, found in enumerate(model.see_all(shown), start=1):
            seen += found
            progress(number, len(shown))
        vectors = np.concatenate([one.tokens for one in seen])
        scales = (np.abs(vectors).max(axis=1) / 127).astype(np.float16)
        return cls(
            np.round(vectors / np.maximum(scales.astype(np.float32), 1e-8)[:, None]).clip(-127, 127).astype(np.int8),
            scales,
            np.cumsum([0, *(len(one.tokens) for one in seen)]).astype(np.int64),
            np.array([one.pooled for one in seen]).astype(np.float16),
            np.array(firsts, dtype=np.int64),
        )

    def window(self, row: int) -> tuple[int, int]:
        """The half-open range of rows that share the window of this one."""
        place = int(np.searchsorted(self._windows, row, side="right"))
        end = int(self._windows[place]) if place < len(self._windows) else len(self._starts) - 1
        return int(self._windows[place - 1]), end

    def scores(self, asked: Asked, rows: Rows, share: float, scale: float) -> NDArray[np.float64]:
        """How well each of these rows fits, higher is better; `(len(rows),)`, rounded to 1e-6."""
        starts, ends = self._starts[rows], self._starts[rows + 1]
        lengths = ends - starts
        firsts = np.cumsum(lengths) - lengths
        at = np.repeat(starts - firsts, lengths) + np.arange(int(lengths.sum()))
        vectors = self._tokens[at].astype(np.float32) * self._scales[at].astype(np.float32)[:, None]
        best = np.maximum.reduceat(vectors @ asked.tokens.T, firsts, axis=0)
        late = (best @ asked.weights).astype(np.float64)
        pooled = (self._pooled[rows].astype(np.float32) @ asked.pooled).astype(np.float64)
        return np.round(scale * ((1 - share) * late + share * pooled), 6)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def write(self, folder: Path) -> None:
        """Write `FILES` into a folder."""
        parts: tuple[NDArray[Any], ...] = (self._tokens, self._scales, self._starts, self._pooled, self._windows)
        for name, part in zip(self.FILES, parts, strict=True):
            np.save(folder / name, part, allow_pickle=False)

    @classmethod
    def read(cls, folder: Path) -> Late:
        """Read `FILES`; the vectors stay on disk until they are used."""
        tokens, *others = cls.FILES
        return cls(
            np.load(folder / tokens, mmap_mode="r", allow_pickle=False),
            *(np.load(folder / name, allow_pickle=False) for name in others),
        )


def title(row: Row) -> str:
    """What a window is read under: the last title of its paragraph."""
    return " ".join(titles(row.paragraph)[-1:])


def _windows(model: Model, rows: Sequence[Row]) -> list[int]:
    """The first row of each window; a window never crosses from one paragraph into the next."""
    firsts: list[int] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].paragraph_row == rows[at].paragraph_row:
            end += 1
        lengths = [len(model.layout.sentence(row.text).ids) for row in rows[at:end]]
        firsts += [at + first for first, _ in layout.windows(lengths)]
        at = end
    return firsts

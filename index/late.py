"""The late leg: sentences ranked by late interaction, each in the context of its window.

Every token of a sentence keeps a vector; a question's tokens each take the nearest, and their cosines,
weighted, are the score (ColBERT, Khattab and Zaharia 2020, at the level of sentences), with a learned
share of the pooled vectors' cosine. A vector is 128 bytes and a scale of 2: some 5 KB a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import arrays, layout
from index.chunks import Row, lead
from index.model import Asked, Model, Seen

Rows = NDArray[np.int64]


class LatePart:
    """The token vectors of one document's sentences, row after row, and the windows they were seen in."""

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
        self.tokens, self.scales, self.starts = tokens, scales, starts
        self.pooled, self.windows = pooled, windows

    @classmethod
    def build(
        cls, model: Model, rows: Sequence[Row], progress: Callable[[int, int], None] = lambda done, total: None
    ) -> LatePart:
        """See every window of these sentences, which are not none; `progress` is called with how many, of how many."""
        firsts = _windows(model, rows)
        seen: list[Seen] = []
        shown = [
            (lead(rows[first]), [row.text for row in rows[first:last]])
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

    def __len__(self) -> int:
        return len(self.starts) - 1

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The names, which are `FILES`, and contents of the files that keep this."""
        parts: tuple[NDArray[Any], ...] = (self.tokens, self.scales, self.starts, self.pooled, self.windows)
        for name, part in zip(self.FILES, parts, strict=True):
            yield name, arrays.to_bytes(part)

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> LatePart:
        """What `files` made."""
        return cls(*(arrays.from_bytes(files[name]) for name in cls.FILES))


class Late:
    """The parts of a library's documents, in their order, as one row of sentences."""

    def __init__(self, parts: Sequence[LatePart]) -> None:
        self._parts = tuple(parts)
        self._firsts = np.cumsum([0, *map(len, parts)])

    def window(self, row: int) -> tuple[int, int]:
        """The half-open range of rows that share the window of this one."""
        at = int(np.searchsorted(self._firsts, row, side="right")) - 1
        part, first = self._parts[at], int(self._firsts[at])
        place = int(np.searchsorted(part.windows, row - first, side="right"))
        end = int(part.windows[place]) if place < len(part.windows) else len(part)
        return first + int(part.windows[place - 1]), first + end

    def scores(self, asked: Asked, rows: Rows, share: float, scale: float) -> NDArray[np.float64]:
        """How well each of these rows fits, higher is better; `(len(rows),)`, rounded to 1e-6."""
        vectors, pooled, lengths = (np.concatenate(parts) for parts in zip(*self._read(rows), strict=True))
        firsts = np.cumsum(lengths) - lengths
        best = np.maximum.reduceat(vectors @ asked.tokens.T, firsts, axis=0)
        # not `@`: a matrix times a vector is summed in another order by two threads than by one
        late = np.einsum("ij,j->i", best, asked.weights, dtype=np.float64)
        whole = np.einsum("ij,j->i", pooled, asked.pooled, dtype=np.float64)
        scores: NDArray[np.float64] = np.round(scale * ((1 - share) * late + share * whole), 6)
        return scores

    def _read(self, rows: Rows) -> Iterator[tuple[NDArray[Any], ...]]:
        """Of each run of rows that share a part: their tokens' vectors, their pooled ones, and how many tokens each."""
        of = np.searchsorted(self._firsts, rows, side="right") - 1
        cuts = [0, *(np.flatnonzero(np.diff(of)) + 1).tolist(), len(rows)]
        for low, high in pairwise(cuts):
            part = self._parts[of[low]]
            own = rows[low:high] - self._firsts[of[low]]
            starts, lengths = part.starts[own], part.starts[own + 1] - part.starts[own]
            at = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
            vectors = part.tokens[at].astype(np.float32) * part.scales[at].astype(np.float32)[:, None]
            yield vectors, part.pooled[own], lengths

    def __len__(self) -> int:
        return int(self._firsts[-1])


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

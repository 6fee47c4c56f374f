"""The late leg: sentences ranked by late interaction, each in the context of its window.

Every token of a sentence keeps a vector; a question's tokens each take the nearest, and their cosines,
weighted, are the score (ColBERT, Khattab and Zaharia 2020, at the level of sentences), with a learned
share of the pooled vectors' cosine. A vector is 128 bytes and a scale of 2: some 5 KB a sentence, which are read from
disk when a sentence is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.chunks import Row
from index.disk import arrays
from index.disk.stored import Stored
from index.late.windows import Window, cut, joined, show
from index.model.model import Asked, Model, Shown

Rows = NDArray[np.int64]


class LatePart:
    """The token vectors of one document's sentences, row after row, and the windows they were seen in.

    `tokens` are `(tokens, dim + 2)` bytes, each dim in 8 bits and then the scale in half precision; a row's are
    `tokens[starts[i]:starts[i + 1]]`. `pooled` is `(rows, pooled dim)`; window j begins with the row `windows[j]`.
    `tokens` and `pooled` may lie on disk.
    """

    FILES = ("late-tokens.npy", "late-starts.npy", "late-pooled.npy", "late-windows.npy")

    def __init__(self, tokens: Stored, starts: NDArray[np.int64], pooled: Stored, windows: NDArray[np.int64]) -> None:
        self.tokens, self.starts, self.pooled, self.windows = tokens, starts, pooled, windows

    @classmethod
    def of(
        cls,
        tokens: NDArray[np.int8],
        scales: NDArray[np.float16],
        starts: NDArray[np.int64],
        pooled: NDArray[np.float16],
        windows: NDArray[np.int64],
    ) -> LatePart:
        """The part of these vectors `(tokens, dim)` and their scales `(tokens,)`."""
        return cls(joined(tokens, scales), starts, pooled, windows)

    @classmethod
    def build(
        cls,
        model: Model,
        rows: Sequence[Row],
        progress: Callable[[int, int], None] = lambda done, total: None,
        known_of: Callable[[Sequence[Shown]], Mapping[int, Window]] = lambda shown: {},
    ) -> LatePart:
        """See every window of these sentences, which are not none, but for those that are known.

        `known_of` gives these by their places; `progress` is called with how many, of how many.
        """
        firsts = cut(model, rows)
        shown = show(rows, firsts)
        known = known_of(shown)
        new = [window for number, window in enumerate(shown) if number not in known]
        seen = map(Window.of, model.see_all(new) if new else ())
        found: list[Window] = []
        progress(0, len(shown))
        for number in range(len(shown)):
            found.append(known[number] if number in known else next(seen))
            progress(number + 1, len(shown))
        lengths = np.concatenate([one.lengths for one in found])
        return cls(
            np.concatenate([one.tokens for one in found]),
            np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
            np.concatenate([one.pooled for one in found]),
            np.array(firsts, dtype=np.int64),
        )

    def window(self, number: int) -> Window:
        """The sentences of one window."""
        low, high = np.append(self.windows, len(self))[number : number + 2]
        return Window(
            np.asarray(self.tokens[self.starts[low] : self.starts[high]]),
            np.diff(self.starts[low : high + 1]),
            np.asarray(self.pooled[low:high]),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    def files(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """The names, which are `FILES`, and contents of the files that keep this."""
        for name, part in zip(self.FILES, (self.tokens, self.starts, self.pooled, self.windows), strict=True):
            yield name, np.asarray(part)

    @classmethod
    def read(cls, files: Mapping[str, Any]) -> LatePart:
        """What `files` made; ValueError where the arrays do not fit each other."""
        tokens, starts, pooled, windows = (files[name] for name in cls.FILES)
        starts, windows = np.asarray(starts), np.asarray(windows)
        if starts[-1] != len(tokens) or len(starts) != len(pooled) + 1:
            raise ValueError("it has token vectors of another number")
        return cls(tokens, starts, pooled, windows)

    def vectors(self, rows: Rows) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The token vectors of these rows, one row's after another's, and how many each has."""
        codes = arrays.ranges(self.tokens, self.starts[rows], self.starts[rows + 1])
        scales = np.ascontiguousarray(codes[:, -2:]).view(np.float16).astype(np.float32)
        return codes[:, :-2].view(np.int8).astype(np.float32) * scales, self.starts[rows + 1] - self.starts[rows]


class HasLate(Protocol):
    """A document's part, with how many sentences and paragraphs it has."""

    @property
    def size(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        ...

    @property
    def late(self) -> LatePart:
        """The token vectors of the sentences."""
        ...


class Late:
    """The parts of a library's documents, in their order, as one row of sentences."""

    def __init__(self, parts: Sequence[HasLate]) -> None:
        self._parts = tuple(parts)
        self._firsts = np.cumsum([0, *(part.size[0] for part in parts)])

    def window(self, row: int) -> tuple[int, int]:
        """The half-open range of rows that share the window of this one."""
        at = int(np.searchsorted(self._firsts, row, side="right")) - 1
        part, first = self._parts[at].late, int(self._firsts[at])
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
            part = self._parts[of[low]].late
            own = rows[low:high] - self._firsts[of[low]]
            vectors, lengths = part.vectors(own)
            yield vectors, part.pooled[own], lengths

    def __len__(self) -> int:
        return int(self._firsts[-1])

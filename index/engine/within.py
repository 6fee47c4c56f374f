"""Which sentences of a library are asked: those of some documents, those in one language, or both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.records import Language


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """The documents, by their places, and the language, None for all; `rows` are their sentences, ascending."""

    documents: tuple[int, ...] | None
    language: Language | None
    rows: NDArray[np.int64]

    def mask(self, sentences: int) -> NDArray[np.bool_]:
        """Which of so many sentences they are, `(sentences,)`."""
        allowed = np.zeros(sentences, dtype=bool)
        allowed[self.rows] = True
        return allowed

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of these sentences that are among them."""
        if not len(self.rows):
            return self.rows
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        found: NDArray[np.int64] = rows[self.rows[places] == rows]
        return found

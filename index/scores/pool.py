"""The best rows of each leg, together, where a library has too many rows to score every one in every leg.

What a leg says of a row that is no leg's best would not bring it to the top. Each leg's mean and deviation are still
those over all rows: of words they are summed, of vectors they follow from the moments (see `moments`), so that a score
stands on the same scale as if all had been scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.scores.totals import Totals

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Rows, ascending, each leg's scores of them, and each leg's totals over all Chinese rows and over the others.

    `score` gives each leg's scores of any other rows.
    """

    rows: Rows
    legs: Mapping[str, Scores]
    totals: Mapping[str, tuple[Totals, Totals]]
    score: Callable[[Rows], Mapping[str, Scores]]

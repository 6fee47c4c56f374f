"""Is one run worse than another over the same questions, or is it chance: a paired permutation test.

If nothing had changed, each question could as well have had its two outcomes the other way round. So all
its differences, in every measure, are given a random sign together, many times over; that is Fisher's
randomisation test, which Smucker, Allan and Carterette (2007) advise for retrieval. The p-value of a
measure is the share of draws in which any measure came out as low as this one did: the chance of any
false alarm at all is then at most alpha, and measures that move together are not counted twice (the
single-step max-T of Westfall and Young 1993; Carterette 2012 for retrieval).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eval import settings

# Sign flips held in memory at once.
BATCH = 1_000


def p_lower(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """The adjusted one-sided p-value of each measure that it is lower by chance, in (0, 1].

    `differences` is `(questions, measures)`, after minus before; NaN where a measure does not judge a
    question. The statistic is the sum over its root sum of squares, which sign flips leave alone, so
    that measures of any scale compare. A measure without a difference has 1.
    """
    given = np.nan_to_num(differences, nan=0.0)
    given[np.abs(given) < 1e-12] = 0.0
    if given.size == 0:
        return np.ones(given.shape[1])
    norms = np.sqrt((given**2).sum(axis=0))
    scaled = given / np.where(norms > 0, norms, 1.0)
    found = scaled.sum(axis=0)
    random = np.random.default_rng(settings.SEED)
    as_low = np.ones(given.shape[1])  # the run itself is one of the draws
    left = settings.RESAMPLES
    while left:
        drawn = min(BATCH, left)
        signs = random.integers(0, 2, size=(drawn, len(given))) * 2.0 - 1.0
        lowest = (signs @ scaled).min(axis=1)
        as_low += (lowest[:, None] <= found[None, :] + 1e-9).sum(axis=0)
        left -= drawn
    p: NDArray[np.float64] = as_low / (settings.RESAMPLES + 1)
    p[norms == 0] = 1.0
    return p

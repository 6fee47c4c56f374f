"""Is one run worse than another over the same questions, or is it chance: a paired permutation test.

If nothing had changed, each question's difference could as well have the other sign. The p-value is the
share of all sign flips (or of `settings.RESAMPLES` drawn ones) whose mean difference is as low as the
one found (Fisher's randomisation test; Smucker, Allan and Carterette 2007 advise it for retrieval).
Several tests are judged together by Holm's method, so that the chance of any false alarm stays at ALPHA.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval import settings


def p_worse(before: Sequence[float], after: Sequence[float]) -> float:
    """The one-sided p-value that `after` is lower than `before` by chance, in (0, 1].

    Both have a value for each question, in one order. Questions without a difference say nothing and
    weigh nothing; when none differs, 1.
    """
    difference = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    difference = difference[np.abs(difference) > 1e-12]
    if len(difference) == 0:
        return 1.0
    from scipy.stats import permutation_test

    found = permutation_test(
        (difference,),
        lambda x, axis: np.mean(x, axis=axis),
        permutation_type="samples",
        alternative="less",
        n_resamples=settings.RESAMPLES,
        vectorized=True,
        rng=settings.SEED,
    )
    return float(found.pvalue)


def holm(p_values: Sequence[float], alpha: float) -> list[bool]:
    """Which hypotheses are rejected at a family-wise error rate of `alpha` (Holm 1979), in their order."""
    rejected = [False] * len(p_values)
    for step, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if p_values[place] > alpha / (len(p_values) - step):
            break
        rejected[place] = True
    return rejected

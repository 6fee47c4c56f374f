"""When questions are asked, and which: fixed by a seed, so that two servers meet the same load."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence


def poisson(rate: float, seconds: float, seed: int) -> list[float]:
    """Seconds from the start at which so many a second arrive on the average, ascending, below `seconds`.

    Gaps are exponential and independent, as those of many clients that do not know of each other (a Poisson
    process). ValueError for a rate that is not above 0.
    """
    if rate <= 0:
        raise ValueError(f"rate must be greater than 0, found {rate}")
    chance = random.Random(seed)
    times: list[float] = []
    at = chance.expovariate(rate)
    while at < seconds:
        times.append(at)
        at += chance.expovariate(rate)
    return times


def questions(texts: Sequence[str], repeated: float, seed: int, favourites: int = 10) -> Iterator[str]:
    """Questions without end: each of the texts before any of them again, but for a share of `repeated`, in [0, 1].

    That share asks one of the first `favourites` in the seed's order; these come in their turn, too.
    """
    chance = random.Random(seed)
    order = list(dict.fromkeys(texts))
    chance.shuffle(order)
    at = 0
    while order:
        if chance.random() < repeated:
            yield order[chance.randrange(min(favourites, len(order)))]
        else:
            yield order[at % len(order)]
            at += 1

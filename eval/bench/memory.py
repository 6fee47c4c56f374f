"""What a server's memory does while questions are asked: samples, and whether it grows without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from eval.bench.client import Reply
from eval.bench.process import Process
from eval.bench.settings import Z_95

# Caches fill and the allocator settles in this share of the questions, which says nothing of what comes after.
WARM = 0.4
# Growth after that, in bytes a question, from which on it is a leak: what is asked once a second for a day would then
# have 86 MB more.
LEAK = 1_000
# Samples of a run.
SAMPLES = 50
# Questions on their way at once.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Growth:
    """Memory in bytes after so many questions, ascending, and what came of them."""

    samples: tuple[tuple[int, int], ...]
    refused: int

    def slope(self) -> tuple[float, float]:
        """Bytes a question once it is warm, by least squares, and the half-width of the 95 % interval."""
        last = self.samples[-1][0]
        warm = np.array([one for one in self.samples if one[0] >= WARM * last], dtype=np.float64)
        asked, memory = warm[:, 0] - warm[:, 0].mean(), warm[:, 1] - warm[:, 1].mean()
        spread = float((asked**2).sum())
        if len(warm) < 3 or not spread:
            return 0.0, float("inf")
        slope = float((asked * memory).sum()) / spread
        error = float(((memory - slope * asked) ** 2).sum()) / (len(warm) - 2)
        return slope, Z_95 * float(np.sqrt(error / spread))

    @property
    def leaks(self) -> bool:
        """Whether it surely grows by more than `LEAK` a question."""
        slope, half = self.slope()
        return slope - half > LEAK


def growth(
    process: Process,
    questions: Iterator[str],
    ask: Callable[[str, int], Reply],
    number: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Growth:
    """Ask so many questions, a few on their way at once, and look at the server's memory in between."""
    samples = [(0, process.memory)]
    refused = 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for last in _marks(number):
            texts = list(islice(questions, last - samples[-1][0]))
            refused += sum(reply.end != "answered" for reply in threads.map(ask, texts, range(len(texts))))
            samples.append((last, process.memory))
            progress(last, number)
    return Growth(tuple(samples), refused)


def _marks(number: int) -> Sequence[int]:
    """After how many questions the memory is looked at."""
    return sorted({max(1, number * one // SAMPLES) for one in range(1, SAMPLES + 1)})

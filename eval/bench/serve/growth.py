"""What a server's memory does while questions are asked: samples, and whether it grows without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise

from eval.bench.process import Process
from eval.bench.serve.client import Reply

# Caches fill and the allocator settles in this share of the questions, which says nothing of what comes after.
WARM = 0.4
# Growth after that, in bytes a question, from which on it is a leak: what is asked once a second for a day would then
# have 86 MB more.
LEAK = 1_000
# Parts of the rest, in each of which a leak would show.
SPANS = 5
# Samples of a run.
SAMPLES = 50
# Questions on their way at once.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Growth:
    """Memory in bytes after so many questions, ascending, and what came of them."""

    samples: tuple[tuple[int, int], ...]
    refused: int

    def rates(self) -> list[float]:
        """Bytes a question in each of `SPANS` parts of the warm questions, equally long; none where there are fewer."""
        warm = [one for one in self.samples if one[0] >= WARM * self.samples[-1][0]]
        if len(warm) <= SPANS:
            return []
        ends = [warm[number * (len(warm) - 1) // SPANS] for number in range(SPANS + 1)]
        return [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(ends)]

    @property
    def leaks(self) -> bool:
        """Whether it grows by more than `LEAK` a question in every part: an allocator grows in steps, a leak always."""
        return min(self.rates(), default=0.0) > LEAK


def growth(
    process: Process,
    questions: Iterator[str],
    ask: Callable[[str, int], Reply],
    number: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Growth:
    """Ask so many questions, a few on their way at once, and look at the server's memory in between."""
    samples = [(0, process.resident)]
    refused = 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for last in _marks(number):
            texts = list(islice(questions, last - samples[-1][0]))
            refused += sum(reply.end != "answered" for reply in threads.map(ask, texts, range(len(texts))))
            samples.append((last, process.resident))
            progress(last, number)
    return Growth(tuple(samples), refused)


def _marks(number: int) -> Sequence[int]:
    """After how many questions the memory is looked at."""
    return sorted({max(1, number * one // SAMPLES) for one in range(1, SAMPLES + 1)})

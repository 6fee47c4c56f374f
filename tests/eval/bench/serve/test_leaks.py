"""What is a leak, and what only an allocator and caches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asked import answered

from eval.bench.process import Process
from eval.bench.serve.arrivals import questions
from eval.bench.serve.client import Reply
from eval.bench.serve.growth import Growth, growth


class FakeProcess(Process):
    """A process whose memory is told."""

    def __init__(self, tells: Callable[[], int]) -> None:
        super().__init__(0)
        self._tells = tells

    @property
    def resident(self) -> int:
        return self._tells()


@pytest.mark.parametrize(("a_question", "leaks"), [(0, False), (500, False), (5_000, True)])
def test_a_leak_is_growth_without_end(a_question: int, leaks: bool) -> None:
    """Caches that fill in the first thousand are none."""
    asked: list[str] = []

    def ask(question: str, number: int) -> Reply:
        asked.append(question)
        return answered(question)

    process = FakeProcess(lambda: 10**8 + min(len(asked), 1_000) * 50_000 + a_question * len(asked))
    found = growth(process, questions(["a", "b"], 0, 1), ask, 4_000)
    assert len(asked) == 4_000
    assert found.samples[0] == (0, 10**8)
    assert found.samples[-1][0] == 4_000
    assert found.rates() == [pytest.approx(a_question)] * 5
    assert found.leaks is leaks
    assert found.refused == 0


def test_memory_that_stands_still_for_a_while_does_not_leak() -> None:
    """An allocator takes a few megabytes at a time."""
    samples = [(asked, 10**8 + asked // 1_500 * 4_000_000) for asked in range(0, 5_001, 100)]
    assert Growth(tuple(samples), 0).rates() == [
        0,
        pytest.approx(6_666, rel=0.01),
        0,
        0,
        pytest.approx(6_666, rel=0.01),
    ]
    assert not Growth(tuple(samples), 0).leaks


def test_too_few_samples_say_nothing() -> None:
    assert not Growth(((0, 1), (1, 10**9)), 0).leaks

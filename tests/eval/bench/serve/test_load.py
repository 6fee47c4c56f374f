"""An open-loop load: percentiles, waiting that counts, clients in turn, ends that are counted."""

from __future__ import annotations

import math
import threading

from asked import answered
from hypothesis import given
from hypothesis import strategies as st

from eval.bench.serve.client import Reply
from eval.bench.serve.load import Asked, Load, alone, offer, percentile


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_the_least_that_the_share_does_not_exceed(values: list[float], share: float) -> None:
    values.sort()
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values)


def test_percentiles_by_hand() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.5) == 7
    assert math.isnan(percentile([], 0.5))


def test_a_stalled_server_is_asked_all_the_same_and_waiting_counts() -> None:
    """One at a time, and the first stalls: those due meanwhile have waited from when they were due, not since sent."""
    line, stalled, arrived = threading.Lock(), threading.Event(), []

    def ask(question: str, number: int) -> Reply:
        arrived.append(question)
        if len(arrived) == 5:
            stalled.set()  # all were sent though nothing has come back
        with line:
            assert stalled.wait(10)
            return answered(question)

    load = offer([0.0, 0.01, 0.02, 0.03, 0.04], "abcde", ask, clients=2, seconds=0.05)
    assert stalled.is_set()
    assert [one.question for one in load.asked] == list("abcde")
    last = load.asked[-1].due
    assert load.asked[0].latency >= last
    assert all(one.ended >= last for one in load.asked)
    assert load.ends == {"answered": 5}
    assert load.achieved == 5 / load.seconds


def test_alone_each_is_due_when_the_one_before_has_come_back() -> None:
    load = alone("abc", answered)
    assert [one.question for one in load.asked] == list("abc")
    assert all(before.ended <= after.due for before, after in zip(load.asked, load.asked[1:], strict=False))


def test_clients_take_turns() -> None:
    seen: list[int] = []

    def ask(question: str, number: int) -> Reply:
        seen.append(number)
        return answered(question)

    offer([0.0] * 6, "abcdef", ask, clients=3, seconds=0)
    assert sorted(seen) == [0, 0, 1, 1, 2, 2]


def test_ends_are_counted_and_only_answers_have_a_latency() -> None:
    asked = tuple(
        Asked("q", 1.0, 1.0 + at, Reply(end))
        for at, end in ((3.0, "answered"), (0.1, "busy"), (1.0, "answered"), (9.0, "timed out"))
    )
    load = Load(asked, 10.0, 10.0, 0.0)
    assert load.ends == {"answered": 2, "busy": 1, "timed out": 1}
    assert load.latencies == [1.0, 3.0]
    assert load.achieved == 0.2

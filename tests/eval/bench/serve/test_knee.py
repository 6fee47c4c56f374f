"""When a step holds, the knee between steps that do and do not, and the reason beyond it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from eval.bench.serve import knee
from eval.bench.serve.knee import Step, climb, reason

Made = Callable[..., Step]


@pytest.fixture
def made() -> Made:
    def step(clients: int = 10, **changes: Any) -> Step:
        values: dict[str, Any] = {
            "clients": clients,
            "offered": clients / 10,
            "achieved": clients / 10,
            "p50": 0.1,
            "p95": 0.2,
            "p99": 0.3,
            "ends": {"answered": 100},
            "changed": 0,
            "server": 1.0,
            "thread": 0.5,
            "load": 0.0,
            "others": 0.0,
            "memory": 1,
            "late": 0.0,
        }
        return Step(**values | changes)

    return step


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"p95": 0.51}, False),
        ({"ends": {"answered": 99, "busy": 1}}, False),
        ({"ends": {"answered": 99, "failed": 1}}, False),
        ({"achieved": 0.8}, False),
        ({"p95": math.nan, "ends": {"answered": 0}}, False),
    ],
)
def test_when_a_step_holds(made: Made, changes: dict[str, Any], holds: bool) -> None:
    assert made(**changes).holds(0.1) is holds


@pytest.mark.parametrize("limit", [1, 4, 5, 9, 10, 13, 77, 200])
def test_the_knee_is_found_from_both_sides(made: Made, limit: int) -> None:
    def holds(step: Step) -> bool:
        return step.clients <= limit

    steps = climb(made, holds, 5)
    assert steps == sorted(steps, key=lambda one: one.clients)
    good, beyond = knee.knee(steps, holds)
    assert beyond is not None
    if limit < 5:
        assert good is None
        assert [one.clients for one in steps] == [5]
    else:
        assert good is not None
        assert good.clients <= limit < beyond.clients
        assert beyond.clients <= knee.CLOSE * good.clients or beyond.clients == good.clients + 1


def test_without_a_step_that_fails_there_is_no_beyond(made: Made) -> None:
    steps = [made(10), made(20)]
    assert knee.knee(steps, lambda one: True) == (steps[1], None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"server": 1.6, "others": 0.2}, "the processor: "),
        ({"server": 1.6, "others": 0.4}, "not known, since others had a part of the machine: "),
        ({"server": 1.05, "thread": 1.0}, "one thread: "),
        ({"server": 1.1}, "the line: "),
        ({"ends": {"answered": 1, "busy": 9}}, "the queue's limit: 9 questions"),
    ],
)
def test_the_reason_is_what_was_counted(
    made: Made, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], said: str
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert reason(made(**changes), 2).startswith(said)

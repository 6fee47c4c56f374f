"""The faults and the harmless changes of `seeded`: each is caught and named rightly, or raises no alarm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from faults import FAULTS, NEUTRAL, ORPHANED
from harmless import HARMLESS
from sown import Bench, Change, tried

from eval.gate import gate


def test_there_are_enough_of_both() -> None:
    assert len(FAULTS) >= 20
    assert len(HARMLESS) >= 10
    assert all(change.named for change in (*FAULTS, *ORPHANED))
    assert not any(change.named for change in (*NEUTRAL, *HARMLESS))
    names = [change.name for change in (*FAULTS, *ORPHANED, *NEUTRAL, *HARMLESS)]
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def cases(changes: Iterable[Change]) -> Any:
    return pytest.mark.parametrize("change", changes, ids=lambda change: change.name)


def judged(bench: Bench, change: Change) -> None:
    outcome = tried(bench, change)
    wanted = ", ".join(sorted(change.named)) or "nothing"
    found = [f"{change.name}: found {', '.join(outcome.causes) or 'nothing'}, wanted {wanted}", *outcome.findings]
    assert outcome.right, "\n".join(found)


@pytest.mark.slow
@cases(FAULTS)
def test_a_fault_is_caught_and_named_rightly(bench: Bench, change: Change) -> None:
    judged(bench, change)


@pytest.mark.slow
@cases(ORPHANED)
def test_orphaned_labels_are_told_apart(bench: Bench, change: Change) -> None:
    judged(bench, change)


@pytest.mark.slow
@cases(NEUTRAL)
def test_what_makes_no_answer_worse_raises_no_alarm(bench: Bench, change: Change) -> None:
    judged(bench, change)


@pytest.mark.slow
@cases(HARMLESS)
def test_a_harmless_change_raises_no_alarm(bench: Bench, change: Change) -> None:
    judged(bench, change)


@pytest.mark.slow
def test_each_change_is_taken_back(bench: Bench) -> None:
    """After all of them the system is as it was."""
    again = bench.asked(bench.built())
    assert gate.judge(bench.baseline, again).findings == ()
    assert [o.quotes for o in again.outcomes] == [o.quotes for o in bench.baseline.outcomes]

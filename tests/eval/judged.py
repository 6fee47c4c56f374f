"""Runs spoilt by hand, and what the gate said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eval.gate.gate import Finding, Verdict
from eval.run.outcome import Outcome, Part
from eval.run.record import Place

FIRST, SECOND, THIRD = ("1-P1", [(0, 10), (10, 20)]), ("1-P2", [(20, 30)]), ("2-P1", [(30, 45), (45, 60)])


def told(verdict: Verdict) -> list[tuple[str, bool]]:
    return [(finding.component, finding.follows) for finding in verdict.findings]


def the(verdict: Verdict, component: str) -> Finding:
    (found,) = [finding for finding in verdict.findings if finding.component == component]
    return found


def spoilt(
    sound: list[Outcome], ids: range, change: Callable[[Outcome], Outcome], language: str = "zh"
) -> list[Outcome]:
    """The outcomes with these of a language changed."""
    chosen = {f"{language}-{number}" for number in ids}
    return [change(outcome) if outcome.id in chosen else outcome for outcome in sound]


def outline(*places: tuple[str, list[tuple[int, int]]]) -> dict[str, Any]:
    return {"outline": tuple(Place(f"doc:{name}", tuple(spans)) for name, spans in places)}


def orphaned(outcome: Outcome, *elsewhere: str) -> Outcome:
    part = Part("doc:1-P1", "甲乙", False, elsewhere)
    return replace(outcome, evidence=((part,),), hits={1: False, 3: False}, selected={1: False, 3: False})

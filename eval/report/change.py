"""Answers that changed from one run to the next, worse ones first; `page` and `markdown` show them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eval.gate.compare import Comparison
from eval.report.table import NONE, Table
from eval.run.outcome import WORTH, Outcome

Direction = Literal["worse", "better", "other"]
DIRECTIONS: dict[Direction, str] = {
    "worse": "Worse",
    "better": "Better",
    "other": "Neither worse nor better",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One question of both runs whose quotes or verdict differ."""

    before: Outcome
    after: Outcome

    @property
    def direction(self) -> Direction:
        """Whether the verdict is worth less or more than it was."""
        gained = WORTH[self.after.verdict] - WORTH[self.before.verdict]
        return "worse" if gained < 0 else "better" if gained > 0 else "other"


def changes(comparison: Comparison) -> dict[Direction, list[Change]]:
    """The changed questions by direction, in the order of the set; directions without any are left out."""
    found = [Change(before, after) for before, after in comparison.changed]
    by_direction = {direction: [c for c in found if c.direction == direction] for direction in DIRECTIONS}
    return {direction: mine for direction, mine in by_direction.items() if mine}


def tests(comparison: Comparison) -> Table:
    """Every test of a comparison."""
    rows = []
    for test in comparison.tests:
        shown = test.measure.shown
        judged = "worse" if test.worse else "better" if test.better else NONE
        before, after = shown(test.before), shown(test.after)
        rows.append((test.stratum, test.measure.name, str(test.questions), before, after, f"{test.p:.4f}", judged))
    return Table(
        "Tests",
        "Paired tests over the questions of both runs. Shares are better high; ranks, whose means are geometric, low. "
        f"p is one-sided, for worse, and adjusted for all of these tests. {NONE} is neither worse nor better by more "
        "than chance and by enough to be noticed.",
        ("questions of", "measure", "n", "before", "after", "p", "judged"),
        tuple(rows),
    )

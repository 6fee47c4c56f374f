"""Faults sown on purpose, one at a time, and changes that do no harm: does the gate tell them apart?

    python tests/eval/seeded.py [NAME…]

applies each to the review's own system, asks the whole question set, holds the run against one of the
untouched system, and prints what the gate said. A fault is caught when the gate finds something, and named
rightly when the cause that it names is the part where the fault was sown. Texts are encoded once for all.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from faults import FAULTS, NEUTRAL, ORPHANED
from harmless import HARMLESS
from sown import Bench, tried


def main(names: Sequence[str]) -> int:
    """Try the named changes, or all of them, and print what the gate said of each."""
    bench = Bench(lambda line: print(line, file=sys.stderr))
    wrong = 0
    groups = (("faults", FAULTS), ("orphaned labels", ORPHANED), ("neutral", NEUTRAL), ("harmless", HARMLESS))
    for title, changes in groups:
        mine = [change for change in changes if not names or change.name in names]
        outcomes = []
        for change in mine:
            outcome = tried(bench, change)
            outcomes.append(outcome)
            mark = "ok   " if outcome.right else "WRONG"
            print(f"{mark} {change.name}: {', '.join(outcome.causes) or 'no finding'}", flush=True)
            if not outcome.right or names:
                for line in (*outcome.findings, *(outcome.tests if names else ())):
                    print(f"        {line}")
        wrong += sum(not outcome.right for outcome in outcomes)
        caught = sum(outcome.caught for outcome in outcomes)
        print(f"{title}: {caught} of {len(mine)} caught, {sum(o.right for o in outcomes)} as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

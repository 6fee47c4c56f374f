"""Comparisons and verdicts as lines and rows for a terminal. Pure: the console prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from eval.gate.compare import Comparison
from eval.gate.gate import Verdict
from eval.run.outcome import WORTH, Outcome
from qa.terminal.render import shorten

# Characters of a quote in a comparison; the run has all of it.
QUOTE = 90


def changed(comparison: Comparison, most: int | None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each changed question, what got worse first: its name, the lines of before, those of after.

    `most` limits how many; None gives all.
    """
    ordered = sorted(comparison.changed, key=lambda pair: (WORTH[pair[1].verdict] - WORTH[pair[0].verdict], pair[0].id))
    for before, after in ordered[:most]:
        yield f"{before.id}  {shorten(after.asked)}", answer_lines(before, after), answer_lines(after, before)


def answer_lines(outcome: Outcome, beside: Outcome | None = None) -> list[str]:
    """What was answered: the verdict, and the quotes or the reason.

    A long quote is cut so that where it differs from the one `beside` it, in the same place, is seen.
    """
    lines = [f"{outcome.verdict}  {outcome.confidence:.2f}"]
    others = beside.quotes if beside else ()
    for number, quote in enumerate(outcome.quotes):
        other = others[number].text if number < len(others) else quote.text
        lines.append(f"{quote.paragraph.rpartition(':')[2]}: {_excerpt(quote.text, other)}")
    if outcome.reason:
        lines.append(outcome.reason)
    return lines


def _excerpt(text: str, other: str) -> str:
    """The beginning of a text, or what stands around its first difference from another."""
    differs = next((at for at, (a, b) in enumerate(zip_longest(text, other)) if a != b), 0)
    start = max(0, differs - QUOTE // 2) if differs >= QUOTE else 0
    end = min(len(text), start + QUOTE)
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def notes(comparison: Comparison) -> Iterator[str]:
    """What was left out of a comparison, in a line each."""
    named: tuple[tuple[str, Sequence[str]], ...] = (
        ("new, not compared", comparison.added),
        ("no longer asked", comparison.removed),
        ("asks or wants something else, not compared", comparison.reworded),
        ("labels orphaned, not compared", [outcome.id for outcome in comparison.orphaned]),
    )
    for text, ids in named:
        if ids:
            yield f"{len(ids)} {text}: {', '.join(ids[:8])}{' …' if len(ids) > 8 else ''}"


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    comparison = verdict.comparison
    return {
        "passed": verdict.passed,
        "causes": verdict.causes,
        "findings": [
            {"component": f.component, "text": f.text, "questions": list(f.questions), "follows": f.follows}
            for f in verdict.findings
        ],
        **comparison_record(comparison),
    }


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data; means of ranks are of minus their logarithm."""
    return {
        "compared": comparison.compared,
        "tests": [
            {
                "questions": test.stratum,
                "measure": test.measure.name,
                "n": test.questions,
                "before": round(test.before, 6),
                "after": round(test.after, 6),
                "p": round(test.p, 6),
                "worse": test.worse,
                "better": test.better,
            }
            for test in comparison.tests
        ],
        "changed": [{"id": a.id, "before": a.verdict, "after": b.verdict} for a, b in comparison.changed],
        "added": list(comparison.added),
        "removed": list(comparison.removed),
        "reworded": list(comparison.reworded),
        "orphaned": [outcome.id for outcome in comparison.orphaned],
    }

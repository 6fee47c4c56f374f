"""A set of three questions, and runs that are kept in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval.run import file
from eval.run.outcome import Outcome
from eval.run.record import Run

MENG = [[{"paragraph": "4-P2", "text": "Meng"}]]


def entry(id: str, question: str, **changes: Any) -> dict[str, Any]:
    base = {"id": id, "language": "zh", "kind": "k", "question": question, "answerable": True, "evidence": MENG}
    return {**base, **changes}


# Two questions of the tuning half and one of the other: a hit, a refusal, a miss.
HIT = entry("t-0", "CAAR-NK 细胞是谁构建的？")
REFUSED = entry("u-0", "个人所得税怎么申报？", answerable=False, evidence=[], terms=[["所得税"]])
MISS = entry("h-0", "HSCT的原理是什么？")


def kept(run: Run, path: Path) -> Path:
    file.write(run, path)
    return path


def changed(path: Path, change: Callable[[Outcome], Outcome], to: str) -> Path:
    """A run with every outcome changed, beside it."""
    run = file.read(path)
    return kept(Run(run.header, tuple(change(outcome) for outcome in run.outcomes)), path.with_name(to))

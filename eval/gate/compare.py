"""Two runs over the same questions: what changed, stage by stage, and which of it is more than chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log, nan
from typing import Literal

import numpy as np

from eval import settings
from eval.gate.significance import p_lower
from eval.run.outcome import Outcome
from eval.run.record import Run
from eval.run.stages import FUSED, LEGS, READ
from index.errors import InputError

# The parts of the system in the order of its way: what is worse further down follows from what is above.
Component = Literal[
    "coverage", "citation", "sentences", "labels", "questions", "verbatim", "script",
    "lexical", "lexical_paragraph", "dense", "dense_paragraph", "late", "fusion", "reading", "quotes",
    "refusal", "answer",
]  # fmt: skip
# What a question is worth in a measure, higher is better; None where the measure does not judge it.
Value = Callable[[Outcome], float | None]

# The questions that are tested: of each language, and all of them.
STRATA = ("zh", "en", "all")


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that may get worse: its name, the component it speaks of, and a question's value in it.

    A measure of ranks has minus the logarithm of the rank for its value, so that its mean stands for a
    geometric mean of ranks: from 1 to 2 is as bad as from 10 to 20.
    """

    name: str
    component: Component
    value: Value
    ranks: bool = False

    def shown(self, mean: float) -> str:
        """A mean of values for people: a geometric mean rank, or a share."""
        return f"{exp(-mean):.2f}" if self.ranks else f"{mean:.3f}"


def _leg(stage: str) -> Value:
    def value(outcome: Outcome) -> float | None:
        if not outcome.answerable:
            return None
        return -log(outcome.rank(stage) or settings.UNRANKED)

    return value


def _first(stage: str) -> Value:
    def value(outcome: Outcome) -> float | None:
        return float(outcome.rank(stage) == 1) if outcome.answerable else None

    return value


def _hit(k: int, *, selected: bool) -> Value:
    def value(outcome: Outcome) -> float | None:
        return float((outcome.selected if selected else outcome.hits)[k]) if outcome.answerable else None

    return value


def _decided(*, answerable: bool) -> Value:
    def value(outcome: Outcome) -> float | None:
        return float(outcome.answered == answerable) if outcome.answerable == answerable else None

    return value


def _traditional(outcome: Outcome) -> float | None:
    return None if outcome.traditional is None else float(outcome.traditional)


MEASURES = (
    *(Measure(f"rank in {leg}", leg, _leg(leg), ranks=True) for leg in LEGS),
    Measure("rank after fusion", "fusion", _leg(FUSED), ranks=True),
    Measure("rank after reading", "reading", _leg(READ), ranks=True),
    Measure("first after reading", "reading", _first(READ)),
    Measure("hit@1 before refusing", "quotes", _hit(1, selected=True)),
    Measure("hit@3 before refusing", "quotes", _hit(3, selected=True)),
    Measure("answerable questions answered", "refusal", _decided(answerable=True)),
    Measure("unanswerable questions refused", "refusal", _decided(answerable=False)),
    Measure("same quotes in traditional characters", "script", _traditional),
    Measure("hit@1", "answer", _hit(1, selected=False)),
    Measure("hit@3", "answer", _hit(3, selected=False)),
)


@dataclass(frozen=True, slots=True)
class Test:
    """A measure of the questions of one stratum in both runs.

    `before` and `after` are means of its values; `p` is one-sided, for worse, and adjusted for all tests of
    the comparison, as `worse` and `better` are.
    """

    stratum: str
    measure: Measure
    questions: int
    before: float
    after: float
    p: float
    worse: bool
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing run B with run A.

    `changed` are pairs whose answers or verdicts differ; `orphaned` questions that B's labels could not
    judge; `added`, `removed` and `reworded` ids are those that only one run has, or has otherwise. Only the
    others are compared.
    """

    tests: tuple[Test, ...]
    changed: tuple[tuple[Outcome, Outcome], ...]
    orphaned: tuple[Outcome, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reworded: tuple[str, ...]
    compared: int


def compare(a: Run, b: Run, *, alpha: float = settings.ALPHA, effect: float = settings.EFFECT_MIN) -> Comparison:
    """Compare B with A, question by question; InputError where they have none in common."""
    if not set(a.header.documents) & set(b.header.documents):
        raise InputError(
            f"the runs are of other documents: {', '.join(a.header.documents)} and {', '.join(b.header.documents)}",
            "compare runs over one library",
        )
    common = [id for id in a.by_id if id in b.by_id]
    if not common:
        raise InputError("the runs have no question in common", "compare runs of one question set")
    reworded = tuple(id for id in common if _task(a.by_id[id]) != _task(b.by_id[id]))
    orphaned = tuple(b.by_id[id] for id in common if b.by_id[id].orphaned and id not in reworded)
    left_out = {*reworded, *(outcome.id for outcome in orphaned)}
    pairs = [(a.by_id[id], b.by_id[id]) for id in common if id not in left_out]
    return Comparison(
        tests=_tests(pairs, alpha, effect),
        changed=tuple(pair for pair in pairs if _shown(pair[0]) != _shown(pair[1])),
        orphaned=orphaned,
        added=tuple(id for id in b.by_id if id not in a.by_id),
        removed=tuple(id for id in a.by_id if id not in b.by_id),
        reworded=reworded,
        compared=len(pairs),
    )


def _task(outcome: Outcome) -> tuple[object, ...]:
    """What a question asks and wants, but for where its paragraphs are now."""
    wanted = [[part.text for part in group] for group in outcome.evidence]
    return outcome.question, outcome.answerable, wanted


def _shown(outcome: Outcome) -> tuple[object, ...]:
    return outcome.verdict, [(quote.paragraph, quote.text) for quote in outcome.quotes]


def _tests(pairs: Sequence[tuple[Outcome, Outcome]], alpha: float, effect: float) -> tuple[Test, ...]:
    columns: list[tuple[str, Measure, list[tuple[float, float]]]] = []
    differences = []
    for stratum in STRATA:
        for measure in MEASURES:
            both = [
                (before, after)
                if stratum in (x.language, "all")
                and (before := measure.value(x)) is not None
                and (after := measure.value(y)) is not None
                else None
                for x, y in pairs
            ]
            if judged := [pair for pair in both if pair is not None]:
                columns.append((stratum, measure, judged))
                differences.append([nan if pair is None else pair[1] - pair[0] for pair in both])
    if not columns:
        return ()
    matrix = np.array(differences, dtype=np.float64).T
    worse, better = p_lower(matrix), p_lower(-matrix)
    tests = []
    for number, (stratum, measure, judged) in enumerate(columns):
        before = sum(pair[0] for pair in judged) / len(judged)
        after = sum(pair[1] for pair in judged) / len(judged)
        tests.append(
            Test(
                stratum,
                measure,
                len(judged),
                before,
                after,
                float(worse[number]),
                bool(worse[number] <= alpha and before - after >= effect),
                bool(better[number] <= alpha and after - before >= effect),
            )
        )
    return tuple(tests)

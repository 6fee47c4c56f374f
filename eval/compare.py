"""Two runs over the same questions: what changed, stage by stage, and which of it is more than chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2

from eval import settings
from eval.record import Outcome, Run
from eval.significance import holm, p_worse
from eval.stages import FUSED, LEGS
from index.errors import InputError

# What a question is worth in a measure; None where the measure does not judge it.
Value = Callable[[Outcome], float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that may get worse: its name, the component it speaks of, and a question's value in it."""

    name: str
    component: str
    value: Value


def gain(rank: int | None) -> float:
    """What finding the evidence at a rank is worth: 1 / log2(1 + rank), as in nDCG; 0 if it is not found."""
    return 0.0 if rank is None else 1 / log2(1 + rank)


def _leg(stage: str) -> Value:
    def value(outcome: Outcome) -> float | None:
        if not outcome.answerable:
            return None
        if stage not in outcome.ranks:
            return 0.0
        found = outcome.ranks[stage]
        if stage.endswith("paragraph"):
            return gain(min(found.paragraphs.values(), default=None))
        return gain(found.sentence)

    return value


def _hit(k: int, *, selected: bool) -> Value:
    def value(outcome: Outcome) -> float | None:
        return float((outcome.selected if selected else outcome.hits)[k]) if outcome.answerable else None

    return value


def _decided(*, answerable: bool) -> Value:
    def value(outcome: Outcome) -> float | None:
        return float(outcome.answered == answerable) if outcome.answerable == answerable else None

    return value


MEASURES = (
    *(Measure(f"{leg}: rank of the evidence", leg, _leg(leg)) for leg in LEGS),
    Measure("fused: rank of the evidence", "fusion", _leg(FUSED)),
    Measure("hit@1 before refusing", "quotes", _hit(1, selected=True)),
    Measure("hit@3 before refusing", "quotes", _hit(3, selected=True)),
    Measure("answerable questions answered", "refusal", _decided(answerable=True)),
    Measure("unanswerable questions refused", "refusal", _decided(answerable=False)),
    Measure("hit@1", "answer", _hit(1, selected=False)),
    Measure("hit@3", "answer", _hit(3, selected=False)),
)


@dataclass(frozen=True, slots=True)
class Test:
    """A measure of the questions of one language in both runs.

    `before` and `after` are means; `p` is one-sided, for worse; `worse` and `better` are judged with all
    other tests of the comparison.
    """

    language: str
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
    rows = []
    for language in ("zh", "en"):
        for measure in MEASURES:
            mine = [pair for pair in pairs if pair[0].language == language]
            before = [value for x, _ in mine if (value := measure.value(x)) is not None]
            after = [value for _, y in mine if (value := measure.value(y)) is not None]
            if before:
                rows.append((language, measure, before, after))
    worse = [p_worse(before, after) for _, _, before, after in rows]
    better = [p_worse(after, before) for _, _, before, after in rows]
    is_worse, is_better = holm(worse, alpha), holm(better, alpha)
    tests = []
    for number, (language, measure, before, after) in enumerate(rows):
        x, y = sum(before) / len(before), sum(after) / len(after)
        tests.append(
            Test(
                language,
                measure,
                len(before),
                x,
                y,
                worse[number],
                is_worse[number] and x - y >= effect,
                is_better[number] and y - x >= effect,
            )
        )
    return tuple(tests)

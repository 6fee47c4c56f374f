"""Every table of a run; `eval.metrics` says what a figure means, `table` what a cell looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import get_args

import numpy as np

from eval import settings
from eval.metrics import confidence, shares, trec
from eval.report.table import LANGUAGES, NONE, Table, languages, milliseconds, share, stage_name
from eval.run.hit import HIT_AT
from eval.run.outcome import Outcome, Verdict
from eval.run.record import Run
from eval.run.stages import ABLATIONS, FUSED, READ, STAGES

HALVES = ("tuning", "held-out")


def detail(run: Run) -> tuple[Table, ...]:
    """All tables but the headline ones."""
    return ablation(run), by_stage(run), by_kind(run), by_section(run), latency(run)


def overall(run: Run) -> Table:
    """The headline figures, a row for each half and language that has questions."""
    rows = []
    for half in HALVES:
        for language in LANGUAGES:
            mine = [o for o in run.outcomes if (o.half, o.language) == (half, language)]
            if not mine:
                continue
            answerable = sum(o.answerable for o in mine)
            rows.append(
                (
                    half,
                    language,
                    str(answerable),
                    share(shares.hit_rate(mine, 1)),
                    share(shares.hit_rate(mine, 3)),
                    share(shares.false_refusals(mine)),
                    share(shares.citation_precision(mine)),
                    str(len(mine) - answerable),
                    share(shares.false_answers(mine)),
                    share(shares.exact_quotes(mine)),
                    share(confidence.coverage_at_risk(mine)),
                    share(confidence.calibration_error(mine)),
                    milliseconds(median(o.milliseconds for o in mine)),
                )
            )
    return Table(
        "Overall",
        "Settings were chosen on the tuning half; the held-out half is what counts. False refusals, false answers "
        "and ECE are better low, all other shares high. Citation precision is over the quotes given to answerable "
        "questions; coverage and ECE are over answerable and unanswerable questions together.",
        (
            "half", "language", "answerable", "hit@1", "hit@3", "false refusals", "citation precision",
            "unanswerable", "false answers", "exact quotes", f"coverage at {settings.RISK:.0%} risk", "ECE",
            "median ms",
        ),
        tuple(rows),
    )  # fmt: skip


def verdicts(run: Run) -> Table:
    """How many questions came to each verdict, a column for each language and one for all."""
    spoken = languages(run)

    def row(name: str, mine: Sequence[Outcome]) -> tuple[str, ...]:
        return (name, *(str(sum(o.language == language for o in mine)) for language in spoken), str(len(mine)))

    rows = [row(verdict, [o for o in run.outcomes if o.verdict == verdict]) for verdict in get_args(Verdict)]
    return Table(
        "Verdicts",
        "Right: the first quote answers. Right below: a later one does. Both halves.",
        ("verdict", *spoken, "all"),
        (*rows, row("all", run.outcomes)),
    )


def ablation(run: Run) -> Table:
    """What each part of the system adds: retrieval by single legs, fused, as quotes, with refusals.

    A sentence of retrieval hits at k when its rank is at most k, or the number of parts of the question
    if that is more, as for `hit.hit`. A question without ranks counts as a miss.
    """
    hits: list[tuple[str, Callable[[Outcome, int], bool]]] = [
        *((name, _ranked(name)) for name in (*ABLATIONS, FUSED)),
        ("fused + reading", _ranked(READ)),
        ("fused + reading + quotes", lambda o, k: o.selected[k]),
        ("fused + reading + quotes + refusal", lambda o, k: o.hits[k]),
    ]
    rows = []
    for number, (name, hit) in enumerate(hits, start=1):
        cells = [name]
        for language in languages(run):
            mine = [o for o in run.outcomes if o.language == language]
            cells += [share(shares.share([hit(o, k) for o in mine if o.answerable])) for k in HIT_AT]
            cells.append(share(shares.false_answers(mine)) if number == len(hits) else NONE)
        rows.append(tuple(cells))
    return Table(
        "Ablation",
        "The share of answerable questions whose answering sentence (with quotes: whose quotes) is first, or among "
        "the first three. Only the last row refuses; all others would answer every unanswerable question. Both halves.",
        ("parts", *_per_language(run, (*_HIT_COLUMNS, "false answers"))),
        tuple(rows),
    )


def by_stage(run: Run) -> Table:
    """How well each stage ranks the gold paragraphs, by ir_measures."""
    rows = []
    for stage in STAGES:
        cells = [stage_name(stage)]
        for language in languages(run):
            mine = [o for o in run.outcomes if o.language == language]
            measured = trec.measure(trec.qrels(mine), trec.rankings(mine, stage))
            cells += [share(measured[name]) for name in trec.MEASURES]
        rows.append(tuple(cells))
    return Table(
        "Paragraphs by stage",
        "Rankings of paragraphs against all gold paragraphs, by ir_measures. Where several paragraphs answer, R@1 "
        "cannot reach 1. Both halves.",
        ("stage", *_per_language(run, trec.MEASURES)),
        tuple(rows),
    )


def by_kind(run: Run) -> Table:
    """The questions of each kind; unanswerable ones, of which only refusals are judged, apart and last."""
    groups: dict[tuple[bool, str], list[Outcome]] = {}
    for outcome in run.outcomes:
        groups.setdefault((not outcome.answerable, outcome.kind), []).append(outcome)
    named = [(f"{kind} (unanswerable)" if without else kind, groups[without, kind]) for without, kind in sorted(groups)]
    return _grouped(
        run,
        "By kind of question",
        "Refused is better low, but high where the question is unanswerable. Both halves; a kind is too small to judge "
        "by itself.",
        "kind",
        named,
    )


def by_section(run: Run) -> Table:
    """The answerable questions by the section of their first gold paragraph, in the order of the library."""
    many = len(run.header.documents) > 1
    groups: dict[str, list[Outcome]] = {}
    for place in run.header.outline:
        groups.setdefault(_section(place.paragraph, many), [])
    for outcome in run.outcomes:
        if outcome.answerable:
            groups.setdefault(_section(outcome.gold[0], many), []).append(outcome)
    return _grouped(
        run,
        "By section",
        "Answerable questions, by the section of their first gold paragraph. Refused is better low. Both halves.",
        "section",
        [(name, mine) for name, mine in groups.items() if mine],
    )


def latency(run: Run) -> Table:
    """Percentiles of the time an answer took, between neighbours linearly."""
    rows = []
    for language in languages(run):
        times = [o.milliseconds for o in run.outcomes if o.language == language]
        found = (float(value) for value in np.percentile(times, (50, 90, 99, 100)))
        rows.append((language, str(len(times)), *map(milliseconds, found)))
    return Table(
        "Latency",
        "Milliseconds from question to answer, one question at a time, the models loaded.",
        ("language", "questions", "p50 ms", "p90 ms", "p99 ms", "max ms"),
        tuple(rows),
    )


_HIT_COLUMNS = tuple(f"hit@{k}" for k in HIT_AT)


def _ranked(stage: str) -> Callable[[Outcome, int], bool]:
    def hit(outcome: Outcome, k: int) -> bool:
        rank = outcome.ranks[stage].sentence if stage in outcome.ranks else None
        return rank is not None and rank <= max(k, len(outcome.evidence))

    return hit


def _per_language(run: Run, columns: Sequence[str]) -> list[str]:
    return [f"{language} {column}" for language in languages(run) for column in columns]


def _grouped(run: Run, title: str, note: str, first: str, groups: Iterable[tuple[str, Sequence[Outcome]]]) -> Table:
    rows = []
    for name, outcomes in groups:
        cells = [name]
        for language in languages(run):
            mine = [o for o in outcomes if o.language == language]
            cells.append(str(len(mine)))
            cells += [share(shares.hit_rate(mine, k)) for k in HIT_AT]
            cells.append(share(shares.share([not o.answered for o in mine])))
        rows.append(tuple(cells))
    return Table(title, note, (first, *_per_language(run, ("n", *_HIT_COLUMNS, "refused"))), tuple(rows))


def _section(paragraph: str, many: bool) -> str:
    """The section of a full paragraph name, with its document where there are many."""
    section = paragraph.rpartition("-")[0]
    return section if many else section.rpartition(":")[2]

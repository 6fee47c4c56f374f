"""Tables of a run, as text, the same for the terminal, Markdown and HTML; `metrics` says what a figure means.

Nothing is escaped here: whoever shows a table does that for its own language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import get_args

import numpy as np

from eval import metrics, settings, trec
from eval.compare import Comparison
from eval.record import Outcome, Run, Verdict
from eval.stages import ABLATIONS, FUSED, READ, STAGES
from index.records import Language
from qa.terminal.console import count

HALVES = ("tuning", "held-out")
LANGUAGES: tuple[Language, ...] = get_args(Language)
# What stands where there was nothing to judge.
NONE = "–"
# Characters of a SHA-256 that tell files apart to a reader; the run has all of them.
HASH_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a note on how to read it, and rows of text under named columns; every row has every column."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title!r} has {len(self.columns)} columns, found a row of {len(row)}")

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column, whether it holds numbers, which stand to the right; missing ones do not count."""
        cells = [[row[place] for row in self.rows if row[place] != NONE] for place in range(len(self.columns))]
        return tuple(bool(column) and all(cell.lstrip("+-")[:1].isdigit() for cell in column) for column in cells)


def share(value: float | None) -> str:
    """A share or a measure in [0, 1] with three decimals; "1.000" and "0.000" only for all and for none."""
    if value is None:
        return NONE
    near = min(max(value, 0.001), 0.999) if 0 < value < 1 else value
    return f"{near:.3f}"


def milliseconds(value: float | None) -> str:
    """A time with one decimal."""
    return NONE if value is None else f"{value:.1f}"


def languages(run: Run) -> list[Language]:
    """The languages that a run has questions in, Chinese first."""
    return [language for language in LANGUAGES if any(o.language == language for o in run.outcomes)]


def every(run: Run) -> tuple[Table, ...]:
    """All tables of one run, in the order of a report."""
    return (overall(run), verdicts(run), *detail(run))


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
                    share(metrics.hit_rate(mine, 1)),
                    share(metrics.hit_rate(mine, 3)),
                    share(metrics.false_refusals(mine)),
                    share(metrics.citation_precision(mine)),
                    str(len(mine) - answerable),
                    share(metrics.false_answers(mine)),
                    share(metrics.exact_quotes(mine)),
                    share(metrics.coverage_at_risk(mine)),
                    share(metrics.calibration_error(mine)),
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
    if that is more, as for `metrics.hit`. A question without ranks counts as a miss.
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
            cells += [share(metrics.share([hit(o, k) for o in mine if o.answerable])) for k in metrics.HIT_AT]
            cells.append(share(metrics.false_answers(mine)) if number == len(hits) else NONE)
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


def made_from(run: Run) -> Table:
    """What a run was made from."""
    header = run.header
    answerable = sum(o.answerable for o in run.outcomes)
    rows = [
        ("index", header.index),
        ("encoder", header.encoder),
        *((f"questions {name}", f"SHA-256 {sha256[:HASH_CHARACTERS]}…") for name, sha256 in header.sets.items()),
        *((f"document {name}", f"SHA-256 {sha256[:HASH_CHARACTERS]}…") for name, sha256 in header.documents.items()),
        ("searched", count(len(header.outline), "paragraph")),
        ("half", header.half or "both"),
        (
            "asked",
            f"{count(len(run.outcomes), 'question')}: {answerable} answerable, "
            f"{len(run.outcomes) - answerable} unanswerable",
        ),
    ]
    if header.reason is not None:
        rows.append(("baseline, because", header.reason))
    return Table("Made from", "", ("what", "which"), tuple(rows))


def answering(run: Run) -> Table:
    """The settings of answering, as they were."""
    settings_of_run = sorted(run.header.settings.items())
    rows = tuple((name, json.dumps(value, ensure_ascii=False)) for name, value in settings_of_run)
    return Table("Settings of answering", "As `qa/settings.py` had them.", ("setting", "value"), rows)


def summary(run: Run) -> str:
    """In a few sentences: how many questions came out right."""
    answerable = [o for o in run.outcomes if o.answerable]
    without = [o for o in run.outcomes if not o.answerable]
    right = f"{sum(o.right for o in run.outcomes)} of {count(len(run.outcomes), 'question')} came out right"
    parts = []
    if answerable:
        parts.append(f"the first quote answers {sum(o.right for o in answerable)} of {len(answerable)} answerable ones")
    if without:
        parts.append(f"{sum(o.right for o in without)} of {len(without)} unanswerable ones were refused")
    text = f"{right}: {', '.join(parts)}." if parts else f"{right}."
    if written := [o.traditional for o in run.outcomes if o.traditional is not None]:
        text += f" {sum(written)} of {len(written)} get the same quotes when written in traditional characters."
    if orphaned := sum(o.orphaned for o in run.outcomes):
        text += f" Of {count(orphaned, 'question')} the labels stood no longer."
    return text


def stage_name(stage: str) -> str:
    """A stage's name in words; paragraph legs rank whole paragraphs, all others sentences."""
    return stage.replace("_", " ")


_HIT_COLUMNS = tuple(f"hit@{k}" for k in metrics.HIT_AT)


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
            cells += [share(metrics.hit_rate(mine, k)) for k in metrics.HIT_AT]
            cells.append(share(metrics.share([not o.answered for o in mine])))
        rows.append(tuple(cells))
    return Table(title, note, (first, *_per_language(run, ("n", *_HIT_COLUMNS, "refused"))), tuple(rows))


def _section(paragraph: str, many: bool) -> str:
    """The section of a full paragraph name, with its document where there are many."""
    section = paragraph.rpartition("-")[0]
    return section if many else section.rpartition(":")[2]

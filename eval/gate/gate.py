"""Is a run as good as the baseline: findings, each named after the part of the system that it points to.

What always counts: quotes that are not verbatim, citations to the wrong place, text that is no longer
searched or is cut otherwise, labels that stand no longer, questions that are gone. What counts when it is
more than chance: every measure of `compare`, per language. Kinds and sections are too small to judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from eval import settings
from eval.gate.compare import Comparison, Component, compare
from eval.run.outcome import Outcome
from eval.run.record import Place, Run
from eval.run.stages import LEGS

# What is worse here may follow from what is worse before.
DOWNSTREAM: tuple[Component, ...] = ("fusion", "reading", "quotes", "refusal", "answer")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the component it points to, what was found, the questions that show it.

    `follows` says that it may follow from a finding further up the way.
    """

    component: Component
    text: str
    questions: tuple[str, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings, causes first, and the comparison behind them; the gate is passed when there are none."""

    findings: tuple[Finding, ...]
    comparison: Comparison

    @property
    def passed(self) -> bool:
        """Whether nothing got worse."""
        return not self.findings

    @property
    def causes(self) -> list[Component]:
        """The components found at fault, but for those that may only follow, each once."""
        return list(dict.fromkeys(f.component for f in self.findings if not f.follows))


def default_baseline() -> Path:
    """The baseline of the question sets that come with the package."""
    return Path(__file__).parents[1] / "baseline" / "review.jsonl"


def judge(baseline: Run, run: Run, *, alpha: float = settings.ALPHA, effect: float = settings.EFFECT_MIN) -> Verdict:
    """Hold a run against the baseline."""
    comparison = compare(baseline, run, alpha=alpha, effect=effect)
    findings = [
        *_places(baseline, run),
        *_labels(baseline, run, comparison),
        *_questions(comparison),
        *_quotes(run),
        *_measures(comparison),
    ]
    return Verdict(tuple(_ordered(findings)), comparison)


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Causes first; what may follow from another finding is marked."""
    ordered = list(findings)
    found = {finding.component for finding in ordered}
    structure = found & {"coverage", "citation", "sentences"}
    legs = found & set(LEGS)
    marked = []
    for finding in ordered:
        above = DOWNSTREAM[: DOWNSTREAM.index(finding.component)] if finding.component in DOWNSTREAM else ()
        follows = (
            (finding.component == "labels" and bool(structure))
            or (finding.component in (*LEGS, *DOWNSTREAM) and bool(structure))
            or (finding.component in DOWNSTREAM and bool(legs or found & set(above)))
        )
        marked.append(replace(finding, follows=follows))
    return sorted(marked, key=lambda finding: finding.follows)


def _places(baseline: Run, run: Run) -> list[Finding]:
    """What the outline of unchanged documents says: text not searched, ids moved, sentences cut otherwise."""
    same = {id for id, sha256 in baseline.header.documents.items() if run.header.documents.get(id) == sha256}
    before = [place for place in baseline.header.outline if place.document in same]
    after: dict[str, list[Place]] = defaultdict(list)
    for place in run.header.outline:
        after[place.document].append(place)
    gone = set(baseline.header.documents) - set(run.header.documents)
    lost = [place.paragraph for place in baseline.header.outline if place.document in gone]
    moved, cut = [], []
    for place in before:
        start, end = place.span
        touching = [p for p in after[place.document] if p.span[0] < end and start < p.span[1]]
        if not touching:
            lost.append(place.paragraph)
        elif len(touching) == 1 and touching[0].span == place.span and touching[0].paragraph != place.paragraph:
            moved.append(f"{place.paragraph} is now {touching[0].paragraph}")
        elif len(touching) > 1 or touching[0].sentences != place.sentences:
            cut.append(place.paragraph)
    findings = []
    if lost:
        findings.append(Finding("coverage", f"no longer searched: {_some(lost)}"))
    if moved:
        findings.append(Finding("citation", f"the same text has another id: {_some(moved)}"))
    if cut:
        findings.append(Finding("sentences", f"cut into other sentences or paragraphs: {_some(cut)}"))
    return findings


def _labels(baseline: Run, run: Run, comparison: Comparison) -> list[Finding]:
    """Labels that stood and stand no longer: not worse answers, but questions that cannot judge them."""
    causes: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in comparison.orphaned:
        documents = {place.rpartition(":")[0] for place in outcome.gold}
        if any(baseline.header.documents.get(id) != run.header.documents.get(id) for id in documents):
            causes["the source was edited"].append(outcome)
        elif baseline.header.outline != run.header.outline:
            causes["the text is cut otherwise"].append(outcome)
        else:
            causes["the text reads otherwise after repair"].append(outcome)
    findings = []
    for cause, outcomes in causes.items():
        gone = [
            f"{o.id} «{part.text}» ({part.paragraph}, now in {', '.join(part.elsewhere) or 'no sentence'})"
            for o in outcomes
            for group in o.evidence
            for part in group
            if not part.stands
        ]
        text = f"orphaned, not worse: {cause}; relabel {_some(gone)}"
        findings.append(Finding("labels", text, tuple(o.id for o in outcomes)))
    return findings


def _questions(comparison: Comparison) -> list[Finding]:
    findings = []
    if comparison.removed:
        findings.append(Finding("questions", f"gone from the set: {_some(comparison.removed)}", comparison.removed))
    if comparison.reworded:
        text = f"asks or wants something else now: {_some(comparison.reworded)}"
        findings.append(Finding("questions", text, comparison.reworded))
    return findings


def _quotes(run: Run) -> list[Finding]:
    """Quotes that do not stand in their file, or not where they are cited."""
    altered = tuple(o.id for o in run.outcomes if not all(q.verbatim for q in (*o.quotes, *o.nearest)))
    displaced = tuple(o.id for o in run.outcomes if not all(q.placed for q in (*o.quotes, *o.nearest)))
    findings = []
    if altered:
        findings.append(Finding("verbatim", f"quotes that are not the text of their file: {_some(altered)}", altered))
    if displaced:
        text = f"quotes that are not whole sentences of the paragraph they are cited to: {_some(displaced)}"
        findings.append(Finding("citation", text, displaced))
    return findings


def _measures(comparison: Comparison) -> list[Finding]:
    """What is worse by more than chance; where a language is, all questions together say nothing new."""
    worse = [test for test in comparison.tests if test.worse]
    by_language = {test.measure.name for test in worse if test.stratum != "all"}
    findings = []
    for test in worse:
        measure = test.measure
        if test.stratum == "all" and measure.name in by_language:
            continue
        shown = tuple(
            y.id
            for x, y in comparison.changed
            if test.stratum in (x.language, "all") and (measure.value(y) or 0) < (measure.value(x) or 0)
        )
        text = (
            f"{test.stratum}: {measure.name}, {measure.shown(test.before)} → {measure.shown(test.after)} "
            f"over {test.questions} questions (p = {test.p:.4f})"
        )
        findings.append(Finding(measure.component, text, shown))
    return findings


def _some(names: Iterable[str], most: int = 6) -> str:
    """The first names, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more

"""A wrong answer followed along its way: where its evidence ranks at each stage, and where it got lost.

Ranks are as the run kept them; nothing is retrieved again. `page` and `markdown` write traces out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eval import settings
from eval.report.table import NONE, Table, languages, stage_name
from eval.run.outcome import Outcome, Verdict
from eval.run.record import Run
from eval.run.stages import FUSED, LEGS, READ, STAGES

# Where an answer can go wrong, in the order of its way.
Stop = Literal["labels", "question", "retrieval", "fusion", "reading", "quotes", "refusal"]
STOPS: dict[Stop, str] = {
    "labels": "its evidence no longer stands where the label says",
    "question": "taken for no question",
    "retrieval": "no leg ranks its evidence high enough",
    "fusion": "a leg ranks its evidence higher than all legs fused",
    "reading": "reading put another sentence before its evidence",
    "quotes": "its evidence is ranked high enough, but not quoted first",
    "refusal": "refused though its evidence was found, or answered though there is none",
}
# Wrong verdicts, the worst for a reader first.
WRONG: tuple[Verdict, ...] = ("wrongly answered", "wrong quote", "wrongly refused", "right below")


@dataclass(frozen=True, slots=True)
class Trace:
    """A wrong outcome, where it went wrong and how, and the ranks of its evidence (no rows without any)."""

    outcome: Outcome
    stop: Stop
    words: str
    ranks: Table


def traces(run: Run) -> tuple[Trace, ...]:
    """Every wrong answer of a run, by verdict in the order of `WRONG`, then in the order of the set."""
    wrong = [o for o in run.outcomes if not o.right]
    return tuple(trace(o, run.header.settings) for verdict in WRONG for o in wrong if o.verdict == verdict)


def trace(outcome: Outcome, answering: Mapping[str, Any]) -> Trace:
    """One wrong answer; `answering` are the settings of the run's header."""
    stop, words = _lost(outcome, answering)
    return Trace(outcome, stop, words, ranks(outcome))


def ranks(outcome: Outcome) -> Table:
    """The rank of the evidence and of each gold paragraph at every stage."""
    rows = []
    for stage in STAGES if outcome.gold and outcome.ranks else ():
        found = outcome.ranks[stage]
        sentence = None if stage.endswith("paragraph") else found.sentence
        places = [found.paragraphs.get(paragraph) for paragraph in outcome.gold]
        rows.append((stage_name(stage), *(NONE if place is None else str(place) for place in (sentence, *places))))
    return Table(
        "Ranks of the evidence",
        "The sentence that holds the evidence (the last one needed, for a question of several parts), and each gold "
        "paragraph. Paragraph legs rank no sentences.",
        ("stage", "sentence", *_short(outcome.gold)),
        tuple(rows),
    )


def losses(run: Run) -> Table:
    """How many wrong answers got lost at each stop, a column for each language and one for all."""
    found = traces(run)
    spoken = languages(run)
    rows = []
    for stop, meaning in STOPS.items():
        mine = [t.outcome.language for t in found if t.stop == stop]
        rows.append((stop, meaning, *(str(mine.count(language)) for language in spoken), str(len(mine))))
    return Table(
        "Where answers get lost",
        "Every wrong answer, counted at the first stop of its way that lost it.",
        ("stop", "meaning", *spoken, "all"),
        tuple(rows),
    )


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def _lost(outcome: Outcome, answering: Mapping[str, Any]) -> tuple[Stop, str]:
    decided = f"{'answered' if outcome.answered else 'refused'} at {outcome.confidence:.2f}"
    if "CONFIDENCE_MIN" in answering:
        decided += f" (threshold {answering['CONFIDENCE_MIN']})"
    if not outcome.answerable:
        return "refusal", f"nothing answers it, yet {decided}"
    if outcome.orphaned:
        gone = [part for group in outcome.evidence for part in group if not part.stands]
        now = ", ".join(dict.fromkeys(place for part in gone for place in part.elsewhere)) or "nowhere"
        return "labels", f"{STOPS['labels']}; it stands in {now}" if gone else STOPS["labels"]
    if not outcome.ranks:
        return "question", f"{STOPS['question']}, so nothing was ranked"
    fused = outcome.rank(FUSED)
    if outcome.selected[1]:
        return "refusal", f"ranked {_place(outcome.rank(READ))} after reading, {decided}"
    stop, words = _unfound(outcome, fused)
    if not outcome.answered:
        return stop, f"{words}; {decided}"
    return stop, f"{words}; shown below the first quote" if outcome.verdict == "right below" else words


def _unfound(outcome: Outcome, fused: int | None) -> tuple[Stop, str]:
    """Where the evidence fell behind, of an answer whose first quote is or would have been wrong."""
    wanted = len(outcome.evidence)
    high = "first" if wanted == 1 else f"in the first {wanted}"
    after = outcome.rank(READ)
    if after is not None and after <= wanted:
        return "quotes", f"ranked {_place(after)} after reading, lost in choosing quotes"
    if fused is not None and fused <= wanted:
        return "reading", f"ranked {_place(fused)} after fusion, {_place(after)} after reading"
    sentences = [leg for leg in LEGS if not leg.endswith("paragraph")]
    best = min(sentences, key=lambda leg: _or_last(outcome.rank(leg)))
    found = outcome.rank(best)
    if found is not None and found <= settings.DEPTH:
        if fused is None or fused > found:
            return "fusion", f"found by {stage_name(best)} ({found}), lost in fusion ({fused or NONE})"
        return "retrieval", f"no leg ranks it {high} (best: {stage_name(best)}, {found}), {_place(fused)} after fusion"
    words = f"no leg ranks it in the first {settings.DEPTH}"
    if found is not None:
        words += f" (best: {stage_name(best)}, {found})"
    paragraphs = [stage_name(leg) for leg in LEGS if leg.endswith("paragraph") and outcome.rank(leg) == 1]
    if paragraphs:
        words += f", though {' and '.join(paragraphs)} has its paragraph first"
    return "retrieval", f"{words}, {_place(fused)} after fusion"


def _short(paragraphs: Sequence[str]) -> Sequence[str]:
    """Names of paragraphs, without their document where it is the same."""
    documents = {paragraph.rpartition(":")[0] for paragraph in paragraphs}
    return paragraphs if len(documents) > 1 else [paragraph.rpartition(":")[2] for paragraph in paragraphs]


def _or_last(found: int | None) -> float:
    return float("inf") if found is None else found


def _place(found: int | None) -> str:
    return "nowhere" if found is None else ordinal(found)

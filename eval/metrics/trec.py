"""Qrels and runs as TREC has them, and the measures that ir_measures computes from them.

A document is a paragraph, by its full name; a stage is a run. Every answerable question is judged, so one
without a ranking scores 0. Orphaned gold paragraphs stay in the qrels: what is gone is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.run.outcome import Outcome
from eval.run.record import Run
from eval.run.stages import STAGES
from index.errors import InputError

MEASURES = ("R@1", "R@5", "RR@10", "nDCG@10")

Qrels = dict[str, dict[str, int]]
Rankings = dict[str, dict[str, float]]


def qrels(outcomes: Iterable[Outcome]) -> Qrels:
    """The gold paragraphs of every answerable question, each of relevance 1."""
    return {o.id: dict.fromkeys(o.gold, 1) for o in outcomes if o.answerable}


def rankings(outcomes: Iterable[Outcome], stage: str) -> Rankings:
    """The paragraphs a stage ranked best, for every question; a score is one over the rank.

    The scores of the stages have no common scale and may tie; one over the rank says the same order to
    every reader.
    """
    return {
        o.id: {place: 1 / rank for rank, place in enumerate(o.ranks[stage].top, start=1)}
        for o in outcomes
        if stage in o.ranks
    }


def measure(judged: Qrels, ranked: Rankings, measures: Sequence[str] = MEASURES) -> dict[str, float | None]:
    """The mean of each measure over the judged questions, by ir_measures; None where none is judged."""
    if not judged:
        return dict.fromkeys(measures)
    by_question = per_question(judged, ranked, measures)
    return {name: sum(values.values()) / len(values) for name, values in by_question.items()}


def per_question(judged: Qrels, ranked: Rankings, measures: Sequence[str] = MEASURES) -> dict[str, dict[str, float]]:
    """Each measure of each judged question, by ir_measures; 0 for one that was not ranked."""
    import ir_measures

    parsed: dict[Any, str] = {ir_measures.parse_measure(name): name for name in measures}
    found = {name: dict.fromkeys(judged, 0.0) for name in measures}
    known = {id: ranked[id] for id in judged if ranked.get(id)}
    if known:
        for metric in ir_measures.iter_calc(list(parsed), {id: judged[id] for id in known}, known):
            found[parsed[metric.measure]][metric.query_id] = float(metric.value)
    return found


def export(run: Run, folder: Path) -> list[Path]:
    """Write `qrels.txt` and one `STAGE.run` for each stage into a folder, and return their paths.

    Characters that TREC's white-space columns cannot hold stand as `_` in ids.
    """
    texts = {"qrels.txt": _qrels_lines(qrels(run.outcomes))}
    for stage in STAGES:
        texts[f"{stage}.run"] = _run_lines(rankings(run.outcomes, stage), stage)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in texts.items():
            (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror})", "name another folder") from None
    return [folder / name for name in texts]


def _qrels_lines(judged: Mapping[str, Mapping[str, int]]) -> list[str]:
    return [
        f"{_column(id)} 0 {_column(place)} {grade}" for id, places in judged.items() for place, grade in places.items()
    ]


def _run_lines(ranked: Mapping[str, Mapping[str, float]], stage: str) -> list[str]:
    return [
        f"{_column(id)} Q0 {_column(place)} {rank} {score!r} {stage}"
        for id, places in ranked.items()
        for rank, (place, score) in enumerate(places.items(), start=1)
    ]


def _column(text: str) -> str:
    return "_".join(text.split())

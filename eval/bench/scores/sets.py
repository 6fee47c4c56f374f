"""`yinzheng-eval bench sets`: third-party question sets, each asked of all its paragraphs as one library."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

from eval.bench.scores import score
from eval.bench.scores.remembered import Remembered, default_cache
from eval.bench.scores.score import Figures
from eval.bench.scores.simple import reply, systems
from eval.bench.sets.collection import Collection, documents
from eval.bench.sets.pair import Pair, pairs, sampled
from eval.bench.sets.read import found, read
from eval.metrics.trec import MEASURES
from index import settings
from index.build import make
from index.dense import encoder
from index.dense.encoder import Encoder
from index.library import Library
from qa.terminal.command import DONE, positive
from qa.terminal.console import Console


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `sets`, under the names of its parameters."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="SQuAD-format JSON, or a BEIR folder")
    parser.add_argument("--sample", type=positive, metavar="N", help="ask at most N questions of each pair")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument(
        "--articles", type=positive, metavar="N", help="only each set's first N articles, and their questions"
    )
    parser.add_argument("--simple", action="store_true", help="what simple systems score on the same questions, too")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where sets lie (default: YINZHENG_DATA)")
    parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON object a line")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where encoded texts are kept")


def sets(
    paths: Sequence[Path],
    console: Console,
    *,
    sample: int | None = None,
    seed: int = 0,
    articles: int | None = None,
    simple: bool = False,
    data: Path | None = None,
    as_json: bool = False,
    cache: Path | None = None,
    model: Encoder | None = None,
) -> int:
    """Measure these sets, and those in two languages against each other; return the exit status.

    InputError where a path is no set. `model` is the default encoder unless given; `simple` measures the
    systems of that module as well.
    """
    collections = [read(found(path, data), articles) for path in paths]
    chosen = [sampled(pair, sample, seed) for pair in pairs(collections)]
    rows: dict[int, list[list[str]]] = {}
    with Remembered(model or encoder.load(settings.ENCODER), cache or default_cache()) as memory:
        for collection in collections:
            with console.progress() as progress:
                library = make(documents(collection), memory, progress)
            if not as_json:
                console.line(_about(collection, library, articles))
            others = systems(library, memory) if simple else []
            for number, pair in enumerate(chosen):
                if pair.paragraphs is collection:
                    with console.progress() as progress:
                        replies = score.ask(pair, library, memory, lambda done, total: progress("asking", done, total))
                    measured = {OURS: score.figures(replies)}
                    for other in others:
                        measured[other.name] = score.figures([reply(other, library, query) for query in pair.asked])
                    memory.save()
                    if as_json:
                        for name, figures in measured.items():
                            line = _line(pair, name, figures, library, seed, articles)
                            print(json.dumps(line, ensure_ascii=False), flush=True)
                    rows[number] = [_row(pair, name, figures) for name, figures in measured.items()]
    if not as_json:
        console.line()
        console.table(COLUMNS, [row for number in sorted(rows) for row in rows[number]])
        console.line()
        for pair in chosen:
            how = f", drawn with seed {seed}" if len(pair.asked) < pair.total else ""
            console.line(f"{_name(pair)} {pair.name}: {len(pair.asked)} of {pair.total} questions asked{how}")
    return DONE


# The system that is measured, among the simple ones.
OURS = "Yinzheng"
COLUMNS = (
    "set", "pair", "system", "answerable", "not", *MEASURES, "hit@1", "±", "hit@3",
    "answered hit@1", "false refusals", "false answers", "AUROC", "ECE", "ms",
)  # fmt: skip


def _row(pair: Pair, system: str, figures: Figures) -> list[str]:
    shares = [
        *figures.retrieval.values(),
        figures.selected[1],
        figures.within,
        figures.selected[3],
        figures.hit,
        figures.false_refusals,
        figures.false_answers,
        figures.separation,
        figures.error,
    ]
    return [
        _name(pair),
        pair.name,
        system,
        str(figures.answerable),
        str(figures.unanswerable),
        *("–" if value is None else f"{value:.3f}" for value in shares),
        "–" if isnan(figures.milliseconds) else f"{figures.milliseconds:.0f}",
    ]


def _line(
    pair: Pair, system: str, figures: Figures, library: Library, seed: int, articles: int | None
) -> dict[str, Any]:
    return {
        "system": system,
        "questions": pair.questions.name,
        "paragraphs": pair.paragraphs.name,
        "pair": pair.name,
        "asked": len(pair.asked),
        "of": pair.total,
        "seed": seed,
        "articles": articles,
        "encoder": library.encoder_name,
        "library": _sizes(library),
        "notes": list(pair.paragraphs.notes),
        "answerable": figures.answerable,
        "unanswerable": figures.unanswerable,
        **figures.retrieval,
        **{f"hit@{k}": value for k, value in figures.selected.items()},
        "hit@1 within": figures.within,
        "answered hit@1": figures.hit,
        "false refusals": figures.false_refusals,
        "false answers": figures.false_answers,
        "AUROC": figures.separation,
        "ECE": figures.error,
        "milliseconds": None if isnan(figures.milliseconds) else round(figures.milliseconds, 1),
    }


def _name(pair: Pair) -> str:
    names = pair.questions.name, pair.paragraphs.name
    return names[0] if names[0] == names[1] else " over ".join(names)


def _sizes(library: Library) -> dict[str, int]:
    return {
        "articles": len(library.documents),
        "paragraphs": len(library.paragraphs),
        "sentences": len(library.rows),
    }


def _about(collection: Collection, library: Library, articles: int | None) -> str:
    """What the library of a set holds, and what was left out."""
    sizes = ", ".join(f"{count} {name}" for name, count in _sizes(library).items())
    part = "" if articles is None else f"the first {articles} articles only"
    return "; ".join([f"{collection.name}: {sizes}", *filter(None, [part]), *collection.notes])

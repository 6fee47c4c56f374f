"""`yinzheng-eval bench together`: one library of a set in two languages, to see what each language does to the other.

Every question is asked of the paragraphs in one language alone, and of all of them at once, where what answers it in
another language is left out of the ranking: what is said in one language only, among as much text in the other.
Only the ranking is measured, by the best sentence of each paragraph.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from eval.bench.scores.remembered import Remembered, default_cache
from eval.bench.sets.collection import Collection, documents
from eval.bench.sets.pair import Pair, pairs, sampled
from eval.bench.sets.read import found, read
from eval.metrics import trec
from eval.settings import DEPTH
from index import settings
from index.build import make, merge
from index.dense import encoder
from index.dense.encoder import Encoder
from index.errors import InputError
from index.library import Library
from index.records import Document
from qa.answering.question import Question
from qa.answering.retrieve import retrieve
from qa.terminal.command import DONE, positive
from qa.terminal.console import Console

SHOWN = ("R@1", "R@5")
# Where a collection begins in the library of all, and what is right in it, by the questions' ids.
Other = tuple[int, Mapping[str, Mapping[str, int]]]
COLUMNS = ("pair", "questions", *(f"{name} alone" for name in SHOWN), *(f"{name} together" for name in SHOWN))


def together(
    paths: Sequence[Path],
    console: Console,
    *,
    sample: int | None = None,
    seed: int = 0,
    articles: int | None = None,
    data: Path | None = None,
    cache: Path | None = None,
    model: Encoder | None = None,
) -> int:
    """Print a row for each pair of languages; InputError unless the sets are one set in two languages."""
    collections = [read(found(path, data), articles) for path in paths]
    chosen = [sampled(pair, sample, seed) for pair in pairs(collections)]
    if len(chosen) == len(collections):
        raise InputError("these sets do not belong together", "name one set in two languages, with the same ids")
    with Remembered(model or encoder.load(settings.ENCODER), cache or default_cache()) as memory:
        with console.progress() as progress:
            alone = {one.name: make(_named(one), memory, progress) for one in collections}
            both = merge([part for library in alone.values() for part in library.parts], memory, progress)
        memory.save()
        firsts = _firsts(collections)
        gold = {one.name: {query.id: query.gold for query in one.queries} for one in collections}
        rows = []
        for pair in chosen:
            of = pair.paragraphs.name
            others = [(firsts[name], found) for name, found in gold.items() if name != of]
            ranked = _ranked(pair, alone[of], [], 0)
            mixed = _ranked(pair, both, others, firsts[of])
            memory.save()
            figures = [*_recall(pair, ranked), *_recall(pair, mixed)]
            rows.append([pair.name, str(len(pair.asked)), *(f"{value:.3f}" for value in figures)])
    console.table(COLUMNS, rows)
    return DONE


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `together`, under the names of its parameters."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="one set in two languages")
    parser.add_argument("--sample", type=positive, metavar="N", help="ask at most N questions of each pair")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument("--articles", type=positive, metavar="N", help="only each set's first N articles")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where sets lie (default: YINZHENG_DATA)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where encoded texts are kept")


def _named(collection: Collection) -> list[Document]:
    """Its documents, under ids that no other collection has."""
    return [replace(document, id=f"{collection.name}/{document.id}") for document in documents(collection)]


def _firsts(collections: Sequence[Collection]) -> dict[str, int]:
    """The number of each collection's first paragraph in the library of all."""
    at, firsts = 0, {}
    for one in collections:
        firsts[one.name] = at
        at += len(one.paragraphs)
    return firsts


def _ranked(pair: Pair, library: Library, others: Sequence[Other], first: int) -> dict[str, dict[str, float]]:
    """For each question the best paragraphs, by their place in the pair's own collection.

    What answers it in another collection is left out; `first` is the number of the pair's first paragraph.
    """
    run = {}
    for query in pair.asked:
        left_out = {start + int(place) for start, gold in others for place in gold.get(query.id, ())}
        places: dict[int, None] = {}
        for candidate in retrieve(library, Question.read(query.text)):
            row = candidate.sentence.paragraph_row
            if row not in left_out:
                places[row] = None
            if len(places) == DEPTH:
                break
        run[query.id] = {Collection.place(row - first): 1 / rank for rank, row in enumerate(places, start=1)}
    return run


def _recall(pair: Pair, run: dict[str, dict[str, float]]) -> list[float]:
    qrels = {query.id: dict(query.gold) for query in pair.asked}
    measured = trec.measure(qrels, run)
    return [float(measured[name] or 0.0) for name in SHOWN]

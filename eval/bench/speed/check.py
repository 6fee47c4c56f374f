"""Whether what a system found is right, and how well a pipeline finds what answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.bench import settings
from eval.bench.sets.collection import Collection, Query
from eval.bench.speed import reference, synthetic
from eval.bench.speed.contestant import BEST
from eval.bench.speed.row import QUALITY
from eval.bench.speed.trial import Measured
from eval.metrics import trec


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check, in a few words, and whether it is right."""

    said: str
    right: bool


class Scores:
    """BM25 of the first questions by the formula."""

    def __init__(self, data: Path) -> None:
        ids, starts = np.load(data / synthetic.IDS, mmap_mode="r"), np.load(data / synthetic.STARTS)
        asked = synthetic.question_terms(data)[: settings.CHECKED]
        self._right = [reference.bm25(ids, starts, terms) for terms in asked]

    def judge(self, measured: Measured, work: Path) -> Verdict:
        """Hold every score that was written down against the formula, and the rows found against the best of it.

        A system that wrote none down has a formula of its own: how many of the best ten it has is said, no more.
        """
        pairs = list(zip(measured.found, self._right, strict=False))
        files = [work / f"scores-{number}.npy" for number in range(len(pairs))]
        if not any(path.exists() for path in files):
            best = [np.argsort(-right, kind="stable")[:BEST].tolist() for right in self._right]
            return Verdict(f"{reference.recall(measured.found, best):.2f} of the same ten", True)
        off = 0.0
        for path, (rows, right) in zip(files, pairs, strict=True):
            scores = np.load(path)
            if scores.shape != right.shape:
                return Verdict(f"{len(scores)} scores for {len(right)} chunks", False)
            off = max(off, float(np.abs(scores - right).max()))
            few = min(BEST, len(right))
            best_scores = np.sort(right)[::-1][:few]
            given = right[list(rows)]
            # chunks without any of the words may be left out
            given = np.concatenate([given, np.zeros(max(0, few - len(given)))])
            off = max(off, float(np.abs(given - best_scores).max()))
        right_ones = off <= settings.SCORES_WITHIN
        return Verdict(f"scores off by {off:.0e}" + ("" if right_ones else ", which is WRONG"), right_ones)


class Nearest:
    """The nearest rows of every question."""

    def __init__(self, data: Path) -> None:
        rows, asked = np.load(data / synthetic.VECTORS, mmap_mode="r"), np.load(data / synthetic.ASKED)
        self._right = reference.nearest(rows, asked)

    def judge(self, measured: Measured) -> Verdict:
        """The recall of the best ten, which must be high enough."""
        recall = reference.recall(measured.found, self._right)
        enough = recall >= settings.RECALL_MIN
        return Verdict(f"recall@10 {recall:.4f}" + ("" if enough else ", TOO LOW"), enough)


def told(measured: Measured, wanted: Sequence[int]) -> Verdict:
    """How often the row that a question has in mind is among those found, which says no more than that they are."""
    hits = [row in found for row, found in zip(wanted, measured.found, strict=False)]
    return Verdict(f"{sum(hits) / len(hits):.2f} found", any(hits))


def quality(measured: Measured, queries: Sequence[Query]) -> dict[str, float | None]:
    """The measures of a pipeline's rankings of paragraphs."""
    asked = list(zip(queries, measured.found, strict=False))
    return trec.measure(
        {query.id: dict(query.gold) for query, _ in asked},
        {query.id: {Collection.place(row): 1 / rank for rank, row in enumerate(rows, 1)} for query, rows in asked},
        QUALITY,
    )

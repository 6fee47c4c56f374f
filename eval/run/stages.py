"""Where the evidence of a question ranks at every stage of the way: each leg, all of them fused, the quotes.

A stage orders all sentences; its paragraphs are ordered by their best sentence. Ties keep the order of
the library, as the system itself does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval import settings
from eval.questions.dataset import Item
from eval.questions.labels import Labels
from qa import settings as qa_settings
from qa.answering.retrieve import Candidate, fuse

Scores = NDArray[np.float64]

Leg = Literal["lexical", "lexical_paragraph", "dense", "dense_paragraph", "late"]
# The legs in the order in which they are computed, and what they are made of.
LEGS: tuple[Leg, ...] = ("lexical", "lexical_paragraph", "dense", "dense_paragraph", "late")
FUSED = "fused"
READ = "read"
STAGES = (*LEGS, FUSED, READ)
# Parts of the fusion by themselves, for the ablation.
ABLATIONS: dict[str, tuple[str, ...]] = {
    "lexical only": ("lexical", "lexical_paragraph"),
    "embeddings only": ("dense", "dense_paragraph"),
    "late interaction only": ("late",),
    "all but late interaction": ("lexical", "lexical_paragraph", "dense", "dense_paragraph"),
}


@dataclass(frozen=True, slots=True)
class Ranks:
    """One stage's ranks, from 1.

    `sentence` is the rank by which every group of evidence has been met; None where it is orphaned.
    `paragraphs` has the rank of each gold paragraph that there is; `top` the full names of the
    best (none for an ablation).
    """

    sentence: int | None
    paragraphs: Mapping[str, int]
    top: tuple[str, ...]

    def __post_init__(self) -> None:
        for rank in (self.sentence, *self.paragraphs.values()):
            if rank is not None and rank < 1:
                raise ValueError(f"a rank is at least 1, found {rank}")


def ranks(item: Item, candidates: Sequence[Candidate], read: Sequence[Candidate], labels: Labels) -> dict[str, Ranks]:
    """The ranks of an item's evidence in every stage and ablation; empty where nothing was ranked.

    What was not read stands behind what was, in its order.
    """
    if not candidates:
        return {}
    by_row = sorted(candidates, key=lambda candidate: candidate.row)
    legs: dict[str, Scores] = {leg: np.array([candidate.legs[leg] for candidate in by_row]) for leg in LEGS}
    of = np.array([candidate.sentence.paragraph_row for candidate in by_row])
    found: dict[str, Ranks] = {leg: _ranks(item, scores, of, labels) for leg, scores in legs.items()}
    found[FUSED] = _ranks(item, np.array([candidate.score for candidate in by_row]), of, labels)
    places: dict[int, int] = {}
    for candidate in (*read, *candidates):
        places.setdefault(candidate.row, len(places))
    found[READ] = _ranks(item, np.array([-places[candidate.row] for candidate in by_row], np.float64), of, labels)
    foreign = np.array([candidate.sentence.paragraph.language != item.language for candidate in by_row])
    for name, parts in ABLATIONS.items():
        fused = fuse(legs, {leg: qa_settings.WEIGHTS[leg] for leg in parts}, foreign)
        found[name] = replace(_ranks(item, fused, of, labels), top=())
    return found


def _ranks(item: Item, scores: Scores, of: NDArray[np.int64], labels: Labels) -> Ranks:
    order = np.argsort(-scores, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    paragraphs = list(dict.fromkeys(of[order].tolist()))
    place_rank = {labels.places[row]: number for number, row in enumerate(paragraphs, start=1)}
    groups = [[int(rank[row]) for a in group for row in labels.rows(a)] for group in item.evidence]
    gold = [full for paragraph in item.gold if (full := labels.resolve(paragraph))]
    return Ranks(
        sentence=max(min(group) for group in groups) if groups and all(groups) else None,
        paragraphs={full: place_rank[full] for full in gold if full in place_rank},
        top=tuple(place_rank)[: settings.DEPTH],
    )

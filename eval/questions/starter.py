"""Starts a question set for somebody's own documents: sentences picked from them, questions to be written."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from eval.questions import dataset
from eval.questions.labels import written
from index.chunks import Row
from index.library import Library

# Shorter sentences seldom answer anything.
CHARACTERS_MIN = 12


def start(library: Library, path: Path, size: int, seed: int = 0) -> int:
    """Write a set of at most `size` answerable and a quarter as many unanswerable questions; how many it has.

    Evidence is filled in, from sentences of as many paragraphs as there are; the questions are blank, and a
    line stays unreadable until its question is written. An existing file is never overwritten.
    """
    picked = _pick(library, size, seed)
    entries: list[dict[str, Any]] = [
        {
            "id": f"{row.paragraph.language}-fact-{number:02}",
            "language": row.paragraph.language,
            "kind": "fact",
            "question": "",
            "answerable": True,
            "evidence": [[{"paragraph": written(library, row.document, row.paragraph), "text": row.text}]],
        }
        for number, row in enumerate(picked, start=1)
    ]
    entries += [
        {
            "id": f"{library.language}-near-{number:02}",
            "language": library.language,
            "kind": "near-miss",
            "question": "",
            "answerable": False,
            "evidence": [],
            "terms": [["…"]],
        }
        for number in range(1, 1 + max(1, len(picked) // 4))
    ]
    dataset.write(entries, path)
    return len(entries)


def _pick(library: Library, size: int, seed: int) -> list[Row]:
    """Sentences of different paragraphs as long as there are any, in the order of the library."""
    order = list(range(len(library.rows)))
    random.Random(seed).shuffle(order)
    taken: dict[int, int] = {}
    rounds = []
    for number in order:
        row = library.rows[number]
        if len(row.text) >= CHARACTERS_MIN:
            taken[row.paragraph_row] = taken.get(row.paragraph_row, 0) + 1
            rounds.append((taken[row.paragraph_row], number))
    rounds.sort(key=lambda found: found[0])  # stable: drawn order within a round
    chosen = sorted(number for _, number in rounds[:size])
    return [library.rows[number] for number in chosen]

"""Proves a question set against a library: evidence stands, the halves share nothing, near misses miss.

What it finds is a list of lines, each naming the file and the line it speaks of; `dataset` has refused
already what cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import regex
from numpy.typing import NDArray

from eval import settings
from eval.questions.dataset import Item, loose, together
from eval.questions.labels import Labels
from index.dense.encoder import Encoder
from index.library import Library
from index.text.tokens import normal
from qa.answering.question import Question


def findings(items: Sequence[Item], library: Library) -> Iterator[str]:
    """Everything wrong with a set, in the order of its questions."""
    yield from _evidence(items, Labels(library))
    yield from _terms(items, library)
    yield from _languages(items)
    yield from _halves(items)
    for a, b, reason in duplicates(items, library.encoder):
        if a.half != b.half:
            yield f"{b.where}: {b.id} ({b.half}) says what {a.id} ({a.half}) says, {reason}; renumber or reword it"


def duplicates(items: Sequence[Item], encoder: Encoder) -> Iterator[tuple[Item, Item, str]]:
    """Pairs of questions that ask for the same thing in the same words, in one language or across, and why.

    By the overlap of character trigrams, or by the cosine of their vectors, each language's mean taken
    off. A follow-up counts with the question before it.
    """
    texts = together(items)
    trigrams = [_trigrams(texts[item.id]) for item in items]
    vectors = _vectors([texts[item.id] for item in items], [item.language for item in items], encoder)
    cosines = vectors @ vectors.T
    for a, b in combinations(range(len(items)), 2):
        overlap = len(trigrams[a] & trigrams[b]) / len(trigrams[a] | trigrams[b])
        if overlap >= settings.DUPLICATE_TRIGRAMS:
            yield items[a], items[b], f"{overlap:.2f} of its trigrams"
        elif cosines[a, b] >= _nearness(items[a], items[b]):
            yield items[a], items[b], f"cosine {cosines[a, b]:.2f}"


def _nearness(a: Item, b: Item) -> float:
    return settings.DUPLICATE_COSINE if a.language == b.language else settings.DUPLICATE_COSINE_ACROSS


def _evidence(items: Sequence[Item], labels: Labels) -> Iterator[str]:
    for item in items:
        for alternative in labels.orphaned(item):
            found = ", ".join(labels.elsewhere(alternative)) or "no paragraph"
            yield (
                f"{item.where}: {alternative.text!r} of {item.id} stands in no sentence of {alternative.paragraph}; "
                f"it stands in {found}"
            )


def _terms(items: Sequence[Item], library: Library) -> Iterator[str]:
    """Key terms of unanswerable questions that do stand together in a paragraph, or are not given."""
    paragraphs = [(paragraph.id, _plain(document.display(paragraph.start, paragraph.end)))
                  for document, paragraph in library.paragraphs]  # fmt: skip
    for item in items:
        if item.answerable:
            continue
        if not any(regex.search(r"[\p{L}\p{N}]", term) for group in item.terms for term in group):
            yield f"{item.where}: {item.id} has no terms that would show that the text does not answer it"
            continue
        groups = [[_plain(term) for term in group] for group in item.terms]
        for id, text in paragraphs:
            if all(any(term in text for term in group) for group in groups):
                yield f"{item.where}: the terms of {item.id} stand together in {id}; does it answer after all?"


def _languages(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        if (found := Question.read(item.question).language) != item.language:
            yield f"{item.where}: {item.id} is labelled {item.language} and reads as {found}"


def _halves(items: Sequence[Item]) -> Iterator[str]:
    """Follow-ups that stand in another half than the question they need."""
    by_id = {item.id: item for item in items}
    for item in items:
        if item.after is not None and by_id[item.after].half != item.half:
            yield f"{item.where}: {item.id} ({item.half}) comes after {item.after} ({by_id[item.after].half})"


def _plain(text: str) -> str:
    return loose(normal(text))


def _trigrams(text: str) -> set[str]:
    plain = f"  {_plain(text)} "
    return {plain[i : i + 3] for i in range(len(plain) - 2)}


def _vectors(texts: Sequence[str], languages: Sequence[str], encoder: Encoder) -> NDArray[np.float64]:
    """Unit rows, each less its language's mean."""
    rows = encoder.queries(texts).astype(np.float64)
    of = np.array(languages)
    for language in set(languages):
        rows[of == language] -= rows[of == language].mean(axis=0)
    unit: NDArray[np.float64] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit

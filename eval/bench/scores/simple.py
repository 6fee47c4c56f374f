"""The simple systems that Yinzheng is measured against, as tutorials build them, over the same library.

Each ranks paragraphs as whole texts and sentences as texts of their own; none of them refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from eval.bench.scores.score import Judged, comparable
from eval.bench.sets.collection import Collection, Query
from eval.run.hit import HIT_AT
from eval.settings import DEPTH
from index.dense.encoder import Encoder
from index.library import Library
from index.text.words import segmenter

Scores = NDArray[np.float64]
Split = Callable[[str], list[str]]

# The usual constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009).
RRF = 60


class Simple(Protocol):
    """A system: scores of every paragraph and of every sentence for a question, higher is better."""

    name: str

    def scores(self, question: str) -> tuple[Scores, Scores]:
        """The scores of paragraphs and of sentences."""
        ...


class Bm25:
    """rank_bm25's BM25Okapi with its own defaults over some way of cutting text into words."""

    def __init__(self, name: str, split: Split, paragraphs: Sequence[str], sentences: Sequence[str]) -> None:
        from rank_bm25 import BM25Okapi

        self.name = name
        self._split = split
        self._models: list[Any] = [BM25Okapi([split(text) for text in texts]) for texts in (paragraphs, sentences)]

    def scores(self, question: str) -> tuple[Scores, Scores]:
        """BM25 of paragraphs and of sentences."""
        words = self._split(question)
        paragraphs, sentences = (np.asarray(model.get_scores(words)) for model in self._models)
        return paragraphs, sentences


class Embeddings:
    """The encoder as it comes: cosines of the question with paragraphs and with sentences."""

    name = "e5"

    def __init__(self, encoder: Encoder, paragraphs: Sequence[str], sentences: Sequence[str]) -> None:
        self._encoder = encoder
        self._rows = [encoder.passages(texts).astype(np.float64) for texts in (paragraphs, sentences)]

    def scores(self, question: str) -> tuple[Scores, Scores]:
        """Cosines of paragraphs and of sentences."""
        vector = self._encoder.queries([question])[0].astype(np.float64)
        paragraphs, sentences = (np.round(rows @ vector, 6) for rows in self._rows)
        return paragraphs, sentences


class Fused:
    """Two systems by reciprocal rank fusion."""

    def __init__(self, name: str, first: Simple, second: Simple) -> None:
        self.name = name
        self._parts = (first, second)

    def scores(self, question: str) -> tuple[Scores, Scores]:
        """The sums of one over a constant and the rank."""
        both = [part.scores(question) for part in self._parts]
        paragraphs, sentences = (
            np.sum([1 / (RRF + _ranks(scores)) for scores in level], axis=0) for level in zip(*both, strict=True)
        )
        return paragraphs, sentences


def systems(library: Library, encoder: Encoder) -> list[Simple]:
    """The simple systems over a library."""
    paragraphs = [document.display(p.start, p.end) for document, p in library.paragraphs]
    sentences = [row.text for row in library.rows]
    cutter = segmenter()
    words = Bm25("BM25, words", lambda text: [w for w in cutter.cut(text.lower()) if w.strip()], paragraphs, sentences)
    vectors = Embeddings(encoder, paragraphs, sentences)
    return [
        Bm25("BM25, white space", str.split, paragraphs, sentences),
        words,
        vectors,
        Fused("RRF of BM25 and e5", words, vectors),
    ]


def reply(system: Simple, library: Library, query: Query) -> Judged:
    """What a simple system makes of a question: it always answers, with its best sentences."""
    paragraphs, sentences = system.scores(query.text)
    best = [comparable(library.rows[row].text) for row in np.argsort(-sentences, kind="stable")[: max(HIT_AT)]]
    wanted = [key for answer in query.answers if (key := comparable(answer))]
    places = map(int, np.argsort(-paragraphs, kind="stable"))
    return Judged(
        query=query,
        answered=True,
        confidence=1.0,
        selected={k: any(key in text for text in best[:k] for key in wanted) for k in HIT_AT} if query.answers else {},
        top=tuple(map(Collection.place, islice(places, DEPTH))),
        milliseconds=float("nan"),
    )


def _ranks(scores: Scores) -> Scores:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks

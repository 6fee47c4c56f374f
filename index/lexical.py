"""The lexical leg: rank_bm25's BM25Plus over sentences and over paragraphs.

Plus, because its idf is positive for every term: Okapi gives a made-up idf to terms that stand in more
than half of the chunks, as SLE and CAR-T do. Measured on the tuning half (first sentence answers, zh /
en): Okapi 0.61 / 0.40, Plus 0.61 / 0.36, L 0.35 / 0.24. What it adds for absent terms is taken off, so
that a chunk without any term of the question scores 0.

Chunks carry the other language's words for their own (see `glossary`), so an English question finds
Chinese text by words too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings

Scores = NDArray[np.float64]


class Lexical:
    """BM25 over two lists of chunks, each a list of terms; rows are the chunks' places."""

    def __init__(self, sentences: Sequence[list[str]], paragraphs: Sequence[list[str]]) -> None:
        from rank_bm25 import BM25Plus

        def fit(chunks: Sequence[list[str]]) -> BM25Plus:
            # rank_bm25 cannot be fitted on nothing but empty chunks
            return BM25Plus([c or [""] for c in chunks], k1=settings.BM25_K1, b=settings.BM25_B)

        self._sentences = fit(sentences)
        self._paragraphs = fit(paragraphs)

    def scores(self, terms: Sequence[str]) -> tuple[Scores, Scores]:
        """BM25 of every sentence and every paragraph; at least 0, higher is better."""
        return _scores(self._sentences, terms), _scores(self._paragraphs, terms)

    def idf(self, term: str) -> float:
        """The weight of a term over sentences: ln((N + 1) / df), and that of df = 1 for an unknown."""
        idf: dict[str, float] = self._sentences.idf
        return idf.get(term, float(np.log(self._sentences.corpus_size + 1)))


def _scores(model: Any, terms: Sequence[str]) -> Scores:
    known = [term for term in dict.fromkeys(terms) if term in model.idf]
    absent = sum(model.idf[term] * model.delta for term in known)
    scores: Scores = model.get_scores(known) - absent
    return np.maximum(np.round(scores, 6), 0.0)

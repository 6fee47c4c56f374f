"""The lexical leg: rank_bm25's BM25Plus over sentences and over paragraphs, compiled (see `impacts`).

Plus, because its idf is positive for every term: Okapi gives a made-up idf to terms that stand in more
than half of the chunks, as SLE and CAR-T do. Measured on the tuning half (first sentence answers, zh /
en): Okapi 0.61 / 0.40, Plus 0.61 / 0.36, L 0.35 / 0.24. What it adds for absent terms is taken off, so
that a chunk without any term of the question scores 0.

Chunks carry the other language's words for their own (see `glossary`), so an English question finds
Chinese text by words too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.lexical.impacts import Impacts, Scores
from index.lexical.vocabulary import Vocabulary


class Lexical:
    """BM25 over two lists of chunks, whose terms have their ids from one vocabulary; rows are the chunks' places."""

    def __init__(self, vocabulary: Vocabulary, sentences: Impacts, paragraphs: Impacts) -> None:
        self.vocabulary, self.sentences, self.paragraphs = vocabulary, sentences, paragraphs

    def scores(self, terms: Sequence[str]) -> tuple[Scores, Scores]:
        """BM25 of every sentence and every paragraph; at least 0, higher is better, rounded to 1e-6."""
        sentences, paragraphs = self.sums(terms)
        return np.round(sentences, 6, out=sentences), np.round(paragraphs, 6, out=paragraphs)

    def sums(self, terms: Sequence[str]) -> tuple[Scores, Scores]:
        """The same, not rounded, which takes as long again where there are many."""
        ids = self._ids(terms)
        return self.sentences.scores(ids), self.paragraphs.scores(ids)

    def idf(self, term: str) -> float:
        """The weight of a term over sentences: ln((N + 1) / df), and that of df = 1 for an unknown."""
        return self.sentences.idf(self.vocabulary.id(term))

    def _ids(self, terms: Sequence[str]) -> list[int]:
        return [id for term in dict.fromkeys(terms) if (id := self.vocabulary.id(term)) is not None]

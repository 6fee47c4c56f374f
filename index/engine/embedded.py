"""The embedded engine: terms and vectors as arrays in the index's own folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from index.dense.encoder import Vectors
from index.dense.leg import Dense
from index.engine.engine import DENSE, DENSE_PARAGRAPH, LEXICAL, LEXICAL_PARAGRAPH, Legs, Rows, Scores
from index.engine.within import Within
from index.lexical.terms import Terms
from index.lexical.vocabulary import Vocabulary
from index.records import Language
from index.scores import top
from index.scores.spread import Spread
from index.scores.totals import Totals


class Embedded:
    """An `Engine` of these terms and vectors."""

    def __init__(self, terms: Terms, dense: Dense, spread: Spread) -> None:
        self.terms, self.dense, self.spread = terms, dense, spread

    @property
    def kinds(self) -> tuple[str, str]:
        """How the nearest sentences and paragraphs are found."""
        return self.dense.kinds

    @property
    def memory(self) -> int:
        """The bytes of memory that are taken once a question was asked."""
        return self.dense.memory

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        return self.dense.sizes

    @property
    def vocabulary(self) -> Vocabulary:
        """Every term of every sentence and paragraph."""
        return self.terms.vocabulary

    def idf(self, term: str) -> float:
        """The weight of a term over sentences."""
        return self.terms.lexical.idf(term)

    def ask(self, terms: Sequence[str], vector: Vectors, language: Language) -> Put:
        """Put a question."""
        return Put(self, terms, vector, language)

    def check(self) -> None:
        """All is at hand; what is read later says itself that it is damaged."""


class Put:
    """A `Scoring`: all rows are scored by words, once; by vectors, those that are asked for."""

    def __init__(self, engine: Embedded, terms: Sequence[str], vector: Vectors, language: Language) -> None:
        self._dense, self._spread, self._lexical = engine.dense, engine.spread, engine.terms.lexical
        self._terms, self._vector, self._language = terms, vector, language

    @cached_property
    def _sums(self) -> tuple[Scores, Scores]:
        return self._lexical.sums(self._terms)

    def scores(self, rows: Rows | None = None) -> Legs:
        """The scores of these sentences, or of all."""
        sentences, paragraphs = self._sums
        of = self._spread.paragraph_of if rows is None else self._spread.paragraph_of[rows]
        own, place = (None, of) if rows is None else np.unique(of, return_inverse=True)
        dense, dense_paragraph = self._dense.scores(self._vector, self._language, rows, own)
        return {
            LEXICAL: np.round(sentences if rows is None else sentences[rows], 6),
            LEXICAL_PARAGRAPH: np.round(paragraphs if own is None else paragraphs[own], 6)[place],
            DENSE: dense.astype(np.float64),
            DENSE_PARAGRAPH: dense_paragraph[place].astype(np.float64),
        }

    def best(self, counts: tuple[int, int], within: Within | None = None) -> tuple[Rows, Rows]:
        """The best sentences and the best paragraphs of both legs."""
        allowed = None if within is None else within.mask(self._spread.sizes[0])
        both = (allowed, self._spread.around(allowed))
        near = self._dense.best(self._vector, self._language, counts, both)
        found = [
            np.union1d(top.best(sums, count, some), rows)
            for sums, count, some, rows in zip(self._sums, counts, both, near, strict=True)
        ]
        return found[0], found[1]

    def totals(self) -> Mapping[str, tuple[Totals, Totals]]:
        """The totals of each leg."""
        sentences, paragraphs = self._sums
        dense, dense_paragraph = self._dense.totals(self._vector, self._language)
        return {
            LEXICAL: self._spread.totals(sentences),
            LEXICAL_PARAGRAPH: self._spread.paragraph_totals(paragraphs),
            DENSE: dense,
            DENSE_PARAGRAPH: dense_paragraph,
        }

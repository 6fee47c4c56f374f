"""What a library asks of the engine that its terms and vectors lie in: the best rows of each leg, and scores of any.

`embedded` has them in the index's own folder, `milvus` on a server. Both give the same scores to the last digit, so
that answers do not hang on where a library lies; an engine may find the best by anything that is near enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.dense.encoder import Vectors
from index.engine.within import Within
from index.lexical.vocabulary import Vocabulary
from index.records import Language
from index.scores.totals import Totals

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
# Each leg's scores of some sentences, by the leg's name; the paragraph legs give a sentence its paragraph's score.
Legs = dict[str, Scores]

# How a server may find the nearest vectors.
OnServer = Literal["hnsw", "ivf-sq8", "diskann"]

LEXICAL, LEXICAL_PARAGRAPH, DENSE, DENSE_PARAGRAPH = "lexical", "lexical_paragraph", "dense", "dense_paragraph"


class Scoring(Protocol):
    """A question that was put to an engine."""

    def scores(self, rows: Rows | None = None) -> Legs:
        """The scores of these sentences, ascending, or of all, `(rows,)`; rounded to 1e-6, higher is better.

        Of words at least 0, of vectors cosines.
        """
        ...

    def best(self, counts: tuple[int, int], within: Within | None = None) -> tuple[Rows, Rows]:
        """The best sentences and the best paragraphs of the words and of the vectors together, so many of each.

        Ascending, each once; of those `within` only, where some are not. A leg of words gives no row that has none of
        the question's. Ties by the lower row.
        """
        ...

    def totals(self) -> Mapping[str, tuple[Totals, Totals]]:
        """By leg, the totals of the scores of all sentences that are Chinese, and of all others."""
        ...


class Engine(Protocol):
    """The terms and vectors of a library's sentences and paragraphs."""

    @property
    def kinds(self) -> tuple[str, str]:
        """How the nearest sentences and paragraphs are found."""
        ...

    @property
    def memory(self) -> int:
        """The bytes of memory here that are taken once a question was asked."""
        ...

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """Every term of every sentence and paragraph, the glossary's included."""
        ...

    def idf(self, term: str) -> float:
        """The weight of a term over sentences: ln((N + 1) / df), and that of df = 1 for an unknown."""
        ...

    def ask(self, terms: Sequence[str], vector: Vectors, language: Language) -> Scoring:
        """Put a question, as its terms and its vector `(dim,)`, that is in this language."""
        ...

    def check(self) -> None:
        """Raise a StoreError where no question could be asked now, or a row is missing."""
        ...

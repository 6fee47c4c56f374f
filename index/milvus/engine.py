"""Milvus as an engine: the server finds the best rows, and what is found is scored exactly here.

Words by the rows' own sparse vectors, which are fetched; vectors by those that the documents' parts keep on disk. So a
score does not hang on how the server searches, and is the embedded index's. A library of so few sentences that all are
scored (`settings.SCORED_WHOLE`) is fetched as a whole, once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from index import settings
from index.dense.centres import LANGUAGES, direction
from index.dense.encoder import Vectors
from index.dense.moments import Moments
from index.dense.nearest import products
from index.engine.engine import DENSE, DENSE_PARAGRAPH, LEXICAL, LEXICAL_PARAGRAPH, Legs, OnServer, Rows, Scores
from index.engine.within import Within
from index.lexical.vocabulary import Vocabulary
from index.milvus.collection import PARAGRAPH, SENTENCE, Collection, Field, Place, wide
from index.milvus.collection import within as part_filter
from index.milvus.frame import Frame
from index.milvus.rows import SparseRows
from index.milvus.shelved import Shelved
from index.milvus.statistics import STEPS, Statistics
from index.records import Language
from index.scores.spread import Spread
from index.scores.totals import Totals

LEVELS = (SENTENCE, PARAGRAPH)
# Inner products of 32 bits that differ by less, as a share of the highest, may be equal.
_SAME = 1e-5
# So many times as far as usual a search looks around at most.
_TIMES = 64
# The moments of vectors, by level and by `LANGUAGES`.
Both = tuple[tuple[Moments, Moments], tuple[Moments, Moments]]


class Milvus:
    """An `Engine` of a collection; what is not in it is given."""

    def __init__(
        self,
        collection: Collection,
        kind: OnServer,
        frame: Frame,
        statistics: Statistics,
        moments: Both,
        spread: Spread,
        shelved: Shelved,
    ) -> None:
        self.collection, self.kind, self.frame, self.statistics = collection, kind, frame, statistics
        self.moments, self.spread, self._vectors = moments, spread, shelved.vectors(frame.dim)
        self._keys, self._firsts = shelved.keys, shelved.firsts
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._lock = threading.Lock()
        self._checked = False

    @property
    def kinds(self) -> tuple[str, str]:
        """How the nearest sentences and paragraphs are found."""
        return self.kind, self.kind

    @property
    def memory(self) -> int:
        """Vectors are in the server's memory."""
        return 0

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        return int(self._firsts[-1, 0]), int(self._firsts[-1, 1])

    @property
    def vocabulary(self) -> Vocabulary:
        """Every term of every sentence and paragraph."""
        return self.statistics.vocabulary

    def idf(self, term: str) -> float:
        """The weight of a term over sentences."""
        return self.statistics.idf(term)

    def check(self) -> None:
        """Raise a StoreError where the server does not answer, or its collection is not this index's."""
        self.collection.check(self.frame.stamp, sum(self.sizes))
        self._checked = True

    def ask(self, terms: Sequence[str], vector: Vectors, language: Language) -> Put:
        """Put a question; the collection is held against the index before the first."""
        with self._lock:
            if not self._checked:
                self.check()
        return Put(self, terms, direction(vector, self.frame.centres.questions[LANGUAGES.index(language)]))

    # Rows, and the places that the collection knows them by.

    def places(self, level: int, rows: Rows) -> list[Place]:
        """The places of these sentences (0) or paragraphs (1)."""
        firsts = self._firsts[:, level]
        of = np.searchsorted(firsts, rows, side="right") - 1
        found = zip(of.tolist(), (rows - firsts[of]).tolist(), strict=True)
        return [Place(self._keys[one], level, row) for one, row in found]

    def row(self, place: Place) -> int | None:
        """The sentence or paragraph at a place; None for one of a document that is not in the index."""
        number = self._numbers.get(place.part)
        if number is None:
            return None
        row = int(self._firsts[number, place.level]) + place.row
        return row if row < self._firsts[number + 1, place.level] else None

    def only(self, level: int, asked: Within | None) -> str:
        """The filter for the rows of a level that are asked."""
        told = [f"level == {level}"]
        if asked is not None and asked.documents is not None:
            told.append(part_filter(self._keys[number] for number in asked.documents))
        if asked is not None and asked.language is not None:
            told.append(f"chinese == {'true' if asked.language == 'zh' else 'false'}")
        return " and ".join(told)

    def dense(self, level: int, rows: Rows) -> Vectors:
        """The unit vectors of these rows."""
        if self._whole is not None:
            return self._whole[level][rows]
        return self._centred(level, rows)

    def _centred(self, level: int, rows: Rows) -> Vectors:
        chinese = self.spread.chinese[self.spread.firsts[rows] if level else rows]
        return self.frame.dense(level, self._vectors[level][rows], chinese)

    @cached_property
    def _whole(self) -> tuple[Vectors, Vectors] | None:
        if self.sizes[0] > settings.SCORED_WHOLE:
            return None
        sentences, paragraphs = (self._centred(level, np.arange(self.sizes[level])) for level in LEVELS)
        return sentences, paragraphs

    @cached_property
    def sample(self) -> tuple[Rows, Rows, tuple[SparseRows, SparseRows]]:
        """Sentences, evenly apart, and their paragraphs, each once, and the words of both; all, of a small library."""
        count = self.sizes[0]
        most = count if count <= settings.SCORED_WHOLE else min(count, settings.MILVUS_SAMPLE)
        rows = np.arange(most) * count // max(1, most)
        paragraphs = np.unique(self.spread.paragraph_of[rows])
        found = [self.collection.words(self.places(level, of)) for level, of in enumerate((rows, paragraphs))]
        return rows, paragraphs, (found[0], found[1])


class Put:
    """A `Scoring`: what is known of a question's rows is kept, the rest is fetched."""

    def __init__(self, engine: Milvus, terms: Sequence[str], vector: Vectors) -> None:
        self._engine, self._vector = engine, vector
        self._weights = [engine.statistics.weights(level, terms) for level in LEVELS]
        self._known: list[dict[int, float]] = [{}, {}]

    def scores(self, rows: Rows | None = None) -> Legs:
        """The scores of these sentences, or of all."""
        rows = np.arange(self._engine.sizes[0]) if rows is None else rows
        own, place = np.unique(self._engine.spread.paragraph_of[rows], return_inverse=True)
        return {
            LEXICAL: np.round(self._lexical(SENTENCE, rows), 6),
            LEXICAL_PARAGRAPH: np.round(self._lexical(PARAGRAPH, own), 6)[place],
            DENSE: self._dense(SENTENCE, rows),
            DENSE_PARAGRAPH: self._dense(PARAGRAPH, own)[place],
        }

    def best(self, counts: tuple[int, int], within: Within | None = None) -> tuple[Rows, Rows]:
        """The best sentences and the best paragraphs of both legs."""
        fields: tuple[Field, Field] = ("sparse", "dense")
        tasks = [(level, field) for level in LEVELS for field in fields]
        with ThreadPoolExecutor(len(tasks)) as pool:
            found = list(pool.map(lambda task: self._found(task[0], task[1], counts[task[0]], within), tasks))
        best: list[list[Rows]] = [[], []]
        for (level, field), rows in zip(tasks, found, strict=True):
            score = self._lexical if field == "sparse" else self._dense
            best[level].append(_best(rows, score(level, rows), counts[level], positive=field == "sparse"))
        return np.union1d(*best[SENTENCE]), np.union1d(*best[PARAGRAPH])

    def _found(self, level: int, field: Field, count: int, asked: Within | None) -> Rows:
        """Some more rows than so many, of those that a search finds to be the best, ascending."""
        engine = self._engine
        sparse = dict(self._weights[level])
        if field == "sparse" and not sparse:
            return np.zeros(0, np.int64)
        vector, only = sparse if field == "sparse" else self._vector, engine.only(level, asked)
        there = engine.sizes[level] if asked is None else len(asked.rows)
        every = sum(engine.sizes)
        # in a graph, as many more are passed as a filter leaves out
        most, times = count + count // 4 + settings.COMPARED_MORE, min(_TIMES, -(-every // max(1, there)))
        while True:
            around = wide(engine.kind, most, every, times) if field == "dense" else {}
            hits = engine.collection.nearest(field, vector, most, only, around)
            places = [(Place.of(id), score) for id, score in hits]
            known = [(row, score) for place, score in places if place and (row := engine.row(place)) is not None]
            # of few that a filter leaves, a graph may find fewer yet
            few = field == "dense" and len(hits) < min(count, there) and times < _TIMES
            # more may score as the last that is wanted does; and of documents that came or went meanwhile there may be
            # rows that this index does not know
            decided = len(known) > count and known[count - 1][1] - known[-1][1] > _SAME * max(1.0, known[0][1])
            if not few and (decided or len(hits) < most or most == settings.MILVUS_FOUND):
                return np.array(sorted(row for row, _ in known), dtype=np.int64)
            if few:
                times = min(8 * times, _TIMES)
            else:
                most = min(4 * most, settings.MILVUS_FOUND)

    def totals(self) -> Mapping[str, tuple[Totals, Totals]]:
        """The totals of each leg: of vectors by their moments, of words by all terms' sums and by a sample."""
        dense = [tuple(one.totals(self._vector) for one in self._engine.moments[level]) for level in LEVELS]
        return {
            LEXICAL: self._totals(SENTENCE),
            LEXICAL_PARAGRAPH: self._totals(PARAGRAPH),
            DENSE: (dense[0][0], dense[0][1]),
            DENSE_PARAGRAPH: (dense[1][0], dense[1][1]),
        }

    def _totals(self, level: int) -> tuple[Totals, Totals]:
        """The totals of the words' scores of a level over all sentences.

        The sum follows from the sums of each term, and so does what each term adds to the squares; what two terms add
        that stand together is that of the sample. Where the sample is all there is, so are the totals.
        """
        engine = self._engine
        rows, paragraphs, words = engine.sample
        scores, alone = words[level].scores(self._weights[level], engine.frame.lengths[level])
        if len(rows) == engine.sizes[0]:
            return engine.spread.paragraph_totals(scores) if level else engine.spread.totals(scores)
        place = np.searchsorted(paragraphs, engine.spread.paragraph_of[rows]) if level else np.arange(len(rows))
        scores, chinese = scores[place], engine.spread.chinese[rows]
        alone, counts, found = alone[place], engine.statistics.counts[level], []
        for column, of in enumerate((True, False)):
            count, own = engine.moments[SENTENCE][column].weight, chinese == of
            together = float((scores[own] ** 2 - alone[own]).sum()) * count / max(1, int(np.count_nonzero(own)))
            total = sum(idf * counts.sums[dim, column] for dim, idf in self._weights[level]) / STEPS
            squares = sum(idf**2 * counts.squares[dim, column] for dim, idf in self._weights[level]) / STEPS**2
            found.append(Totals(count, float(total), float(squares) + together))
        return found[0], found[1]

    def _lexical(self, level: int, rows: Rows) -> Scores:
        """The BM25 of these rows, not rounded."""
        known = self._known[level]
        if not known and self._engine.sizes[0] <= settings.SCORED_WHOLE:
            words = self._engine.sample[2][level]
            scores, _ = words.scores(self._weights[level], self._engine.frame.lengths[level])
            known.update(enumerate(scores.tolist()))
        new = [row for row in rows.tolist() if row not in known]
        if new and self._weights[level]:
            words = self._engine.collection.words(self._engine.places(level, np.array(new, dtype=np.int64)))
            scores, _ = words.scores(self._weights[level], self._engine.frame.lengths[level])
            known.update(zip(new, scores.tolist(), strict=True))
        return np.array([known.get(row, 0.0) for row in rows.tolist()])

    def _dense(self, level: int, rows: Rows) -> Scores:
        """The cosines of these rows to 1e-6."""
        rounded: Vectors = np.round(products(self._vector, self._engine.dense(level, rows)), 6)
        return rounded.astype(np.float64)


def _best(rows: Rows, scores: Scores, count: int, positive: bool) -> Rows:
    """The so many best of some rows, ascending, by their scores to 1e-6, ties by row; without those that score 0."""
    scores = np.round(scores, 6)
    order = np.lexsort((rows, -scores))[:count]
    if positive:
        order = order[scores[order] > 0]
    return np.sort(rows[order])

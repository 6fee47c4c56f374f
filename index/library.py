"""An index that was opened: documents, rows, all legs. Built by `build`, opened by `opening`, asked by `qa`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense import encoder
from index.dense.encoder import Encoder
from index.documents import Documents
from index.engine.engine import Engine, Legs, Scoring
from index.engine.within import Within
from index.errors import NotFound
from index.late.leg import Late
from index.lexical.glossary import Glossary
from index.lexical.terms import Spelled
from index.lexical.vocabulary import Vocabulary
from index.model import model
from index.model.model import Asked, Model
from index.records import Document, Language, Paragraph
from index.scores.pool import Pool
from index.store.kept import Kept
from index.store.part import Part
from index.store.shared import Shared
from index.text.tokens import Tokenizer
from index.text.words import simplified


class Library:
    """An opened index.

    `rows` are its sentences, `paragraphs` its paragraphs; all legs score them by their places. What lies on disk is
    read as it is needed.
    """

    def __init__(self, parts: Sequence[Part | Kept], shared: Shared, encoder_name: str, fingerprint: str = "") -> None:
        self.parts = tuple(parts)
        self.encoder_name = encoder_name
        self.fingerprint = fingerprint
        self.documents = Documents(parts)
        self.listed = self.documents.listed
        self.rows, self.paragraphs = self.documents.rows, self.documents.paragraphs
        self.late = Late(parts)
        # Where each document's file was read, by its id, as far as that is known.
        self.originals: dict[str, Path] = {}
        self._shared = shared

    @property
    def tokenizer(self) -> Tokenizer:
        """Cuts texts into terms; it knows the mined words."""
        return self._shared.tokenizer

    @property
    def glossary(self) -> Glossary:
        """The words of the other language."""
        return self._shared.glossary

    @cached_property
    def terms(self) -> Spelled:
        """The terms of sentences and paragraphs."""
        return self._shared.terms_of(self.documents)

    @property
    def engine(self) -> Engine:
        """What scores them, and their vectors."""
        return self._shared.engine

    @property
    def chinese(self) -> NDArray[np.bool_]:
        """Which rows stand in a Chinese paragraph, `(rows,)`."""
        return self._shared.spread.chinese

    @property
    def vocabulary(self) -> Vocabulary:
        """Every term of every sentence, the glossary's included."""
        return self.engine.vocabulary

    def idf(self, term: str) -> float:
        """The weight of a term over sentences: ln((N + 1) / df), and that of df = 1 for an unknown."""
        return self.engine.idf(term)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the vectors were made with, loaded when a question needs it."""
        return encoder.load(self.encoder_name)

    @cached_property
    def model(self) -> Model:
        """The reading model, loaded when a question needs it."""
        return model.load()

    @cached_property
    def language(self) -> Language:
        """The language that most paragraphs are in."""
        chinese = self.chinese[self._shared.spread.firsts[:-1]]
        return "zh" if 2 * np.count_nonzero(chinese) >= len(chinese) else "en"

    def legs(self, question: str, language: Language, rows: NDArray[np.int64] | None = None) -> Legs:
        """Each leg's scores of these rows, or of all; the paragraph legs give a row its paragraph's score.

        The late leg looks at the best rows of the others only, where there are many: the rest share its
        least score.
        """
        question, scoring = self._ask(question, language)
        legs = scoring.scores(rows)
        rows = np.arange(len(self.rows)) if rows is None else rows
        return {**legs, "late": self._late(self.model.ask(question), rows, legs, settings.LATE_ROWS)}

    def pool(self, question: str, language: Language, within: Within | None = None) -> Pool:
        """The best rows of each leg, of those allowed, for a library that is too large to score every row."""
        question, scoring = self._ask(question, language)
        asked, spread = self.model.ask(question), self._shared.spread
        best, paragraphs = scoring.best((settings.POOL_SENTENCES, settings.POOL_PARAGRAPHS), within)
        rows = np.unique(np.concatenate([best, *spread.within(paragraphs.tolist())]))
        rows = rows if within is None else within.of(rows)

        def legs_of(rows: NDArray[np.int64]) -> Legs:
            legs = scoring.scores(rows)
            return {**legs, "late": self._late(asked, rows, legs, settings.POOL_LATE)}

        late = self.late.scores(asked, spread.sample, *self.model.late)
        return Pool(rows, legs_of(rows), {**scoring.totals(), "late": spread.totals_like(spread.sample, late)}, legs_of)

    def _ask(self, question: str, language: Language) -> tuple[str, Scoring]:
        """A question in simplified characters, and put to the engine."""
        plain = simplified(question)
        return plain, self.engine.ask(self.tokenizer.terms(question), self.encoder.queries([plain])[0], language)

    def _late(
        self, asked: Asked, rows: NDArray[np.int64], legs: dict[str, NDArray[np.float64]], most: int
    ) -> NDArray[np.float64]:
        """The late leg's scores of these rows, of which the other legs' are known; it looks at so many at most."""
        if not len(rows):
            return np.zeros(0)
        near = _near(list(legs.values()), most)
        scores = self.late.scores(asked, rows[near], *self.model.late)
        late = np.full(len(rows), scores.min())
        late[near] = scores
        return late

    def document(self, id: str) -> Document:
        """The document of that id; NotFound names the ones there are."""
        number = self.documents.number(id)
        if number is not None:
            return self.documents[number]
        some = ", ".join(one.id for one in self.listed[:5]) + (", …" if len(self.listed) > 5 else "")
        raise NotFound(f"no document {id!r}", f"the index holds {some}")

    def paragraph(self, id: str) -> tuple[Document, Paragraph]:
        """The paragraph of that id, `3.1-P2` or `document:3.1-P2`.

        NotFound where there is none, and where several documents have one and none is named.
        """
        name, _, number = id.rpartition(":")
        among = range(len(self.listed)) if not name else [at] if (at := self.documents.number(name)) is not None else []
        found = []
        for at in among:
            document = self.documents[at]
            if paragraph := document.paragraph(number):
                found.append((document, paragraph))
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(f"{document.id}:{number}" for document, _ in found[:3])
            raise NotFound(f"{len(found)} documents have a paragraph {number}", f"name one, as in {some}")
        raise NotFound(f"no paragraph {id!r}", "run `yinzheng show` for the outline with every id")


def _near(legs: Sequence[NDArray[np.float64]], most: int) -> NDArray[np.int64]:
    """The places that the late leg looks at: all, or the best of each other leg, in the library's order."""
    if len(legs[0]) <= most:
        return np.arange(len(legs[0]))
    best = [np.argsort(-leg, kind="stable")[: most // len(legs)] for leg in legs]
    return np.unique(np.concatenate(best))

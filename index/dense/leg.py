"""The dense leg: centred unit vectors of sentences and of paragraphs (see `centres` and `nearest`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.centres import BLOCK, LANGUAGES, Centres, direction, directions
from index.dense.encoder import Encoder, Vectors
from index.dense.moments import Moments
from index.dense.nearest import Kind, Nearest
from index.disk.members import ARRAY, Files
from index.disk.stored import blocks
from index.records import Language
from index.scores.totals import Totals

SENTENCES, PARAGRAPHS, CENTRES = "sentence-vector-", "paragraph-vector-", "centres.npy"

Rows = NDArray[np.int64]


class Dense:
    """Centred unit rows of sentences and of paragraphs, and the centres of questions, `(2, dim)`, by `LANGUAGES`.

    `moments` are those of all sentences in each of `LANGUAGES`, and of their paragraphs, each counted as often as it
    has sentences; they are kept where there are many.
    """

    def __init__(
        self,
        sentences: Nearest,
        paragraphs: Nearest,
        query_centres: Vectors,
        moments: Mapping[str, Moments] | None = None,
    ) -> None:
        self.sentences, self.paragraphs, self.query_centres = sentences, paragraphs, query_centres
        self._moments = moments or {}

    @classmethod
    def build(
        cls,
        encoder: Encoder,
        sentences: tuple[Vectors, Sequence[Language]],
        paragraphs: tuple[Vectors, Sequence[Language]],
        lengths: NDArray[np.int64] | None = None,
        kind: Kind | None = None,
    ) -> Dense:
        """The index of these vectors, each list with the languages of its rows.

        `lengths` are how many sentences each paragraph has. `kind` is how the nearest rows are found, by their number
        if it is None.
        """
        lists = [(rows, np.array([one == "zh" for one in of], bool)) for rows, of in (sentences, paragraphs)]
        centres = Centres.of(encoder, lists[0], lists[1])
        moments: dict[str, Moments] = {}
        nearest = []
        for name, (rows, chinese), own, weights in (
            (SENTENCES, lists[0], centres.sentences, np.ones(len(sentences[0]), np.int64)),
            (PARAGRAPHS, lists[1], centres.paragraphs, lengths),
        ):
            centred = np.empty_like(rows)
            for first, some in blocks(rows, BLOCK):
                last = first + len(some)
                centred[first:last] = directions(some, chinese[first:last], own)
            nearest.append(Nearest.build(centred, kind or "auto"))
            if weights is not None and len(sentences[0]) > settings.SCORED_WHOLE:
                for lang in LANGUAGES:
                    moments[_moments(name, lang)] = Moments.of(centred, weights * (chinese == (lang == "zh")))
        return cls(nearest[0], nearest[1], centres.questions, moments)

    def scores(
        self, question: Vectors, language: Language, sentences: Rows | None = None, paragraphs: Rows | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Cosines of a question's `(dim,)` vector with these sentences and these paragraphs, or with all.

        In [-1, 1], rounded to 1e-6 so that ties do not hang on the order of a sum.
        """
        centred = self._centred(question, language)
        return _cosines(self.sentences, centred, sentences), _cosines(self.paragraphs, centred, paragraphs)

    def best(
        self,
        question: Vectors,
        language: Language,
        counts: tuple[int, int],
        allowed: tuple[Allowed, Allowed] = (None, None),
    ) -> tuple[Rows, Rows]:
        """The nearest sentences and the nearest paragraphs, so many of each, of those allowed."""
        centred = self._centred(question, language)
        sentences, _ = self.sentences.best(centred, counts[0], allowed[0])
        paragraphs, _ = self.paragraphs.best(centred, counts[1], allowed[1])
        return sentences, paragraphs

    def totals(self, question: Vectors, language: Language) -> tuple[tuple[Totals, Totals], tuple[Totals, Totals]]:
        """The totals of the cosines of all sentences, Chinese and not, and of each sentence's paragraph likewise."""
        centred = self._centred(question, language)
        found = []
        for name in (SENTENCES, PARAGRAPHS):
            both = [self._moments[_moments(name, of)].totals(centred) for of in LANGUAGES]
            found.append((both[0], both[1]))
        return found[0], found[1]

    @property
    def kinds(self) -> tuple[Kind, Kind]:
        """How the nearest sentences and paragraphs are found."""
        return self.sentences.kind, self.paragraphs.kind

    @property
    def memory(self) -> int:
        """The bytes of memory that are taken once a question was asked."""
        return self.sentences.memory + self.paragraphs.memory

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentence and paragraph vectors there are."""
        return len(self.sentences), len(self.paragraphs)

    def files(self) -> Files:
        """The names and contents of the files that keep this."""
        kept: list[tuple[str, Nearest | Moments]] = [(SENTENCES, self.sentences), (PARAGRAPHS, self.paragraphs)]
        for prefix, one in (*kept, *self._moments.items()):
            for name, array in one.arrays():
                yield f"{prefix}{name}{ARRAY}", np.asarray(array)
        yield CENTRES, self.query_centres

    @classmethod
    def read(cls, files: Mapping[str, Any]) -> Dense:
        """What `files` made; ValueError where the arrays do not fit each other."""
        sentences, paragraphs = (Nearest(_under(files, prefix)) for prefix in (SENTENCES, PARAGRAPHS))
        centres = np.asarray(files[CENTRES])
        if centres.shape != (len(LANGUAGES), sentences.dim) or centres.dtype != np.float32:
            raise ValueError("the vectors are of another kind or length")
        if sentences.dim != paragraphs.dim:
            raise ValueError("the vectors are of another kind or length")
        moments = {}
        if len(sentences) > settings.SCORED_WHOLE:
            for prefix in (_moments(name, language) for name in (SENTENCES, PARAGRAPHS) for language in LANGUAGES):
                moments[prefix] = Moments.read({name: np.asarray(one) for name, one in _under(files, prefix).items()})
        return cls(sentences, paragraphs, centres, moments)

    def _centred(self, vector: Vectors, language: Language) -> Vectors:
        return direction(vector, self.query_centres[LANGUAGES.index(language)])


Allowed = NDArray[np.bool_] | None


def _moments(name: str, language: Language) -> str:
    """What the names of the files of some moments begin with."""
    return f"{name}moments-{language}-"


def _under(files: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The arrays whose names begin so and go on with one word, by that."""
    found = {name.removeprefix(prefix).removesuffix(ARRAY): name for name in files if name.startswith(prefix)}
    return {word: files[name] for word, name in found.items() if "-" not in word}


def _cosines(nearest: Nearest, question: Vectors, rows: Rows | None) -> Vectors:
    found = nearest.cosines(question) if rows is None else nearest.cosines_of(question, rows)
    rounded: Vectors = np.round(found, 6)
    return rounded

"""The dense leg: unit vectors of sentences and of paragraphs in two FAISS indexes.

A multilingual encoder places a text partly by its language and its subject. Both parts are taken off:
each language's mean from the passages, and from the question the shift between the languages (see
`parallel`) and a part of the passages' mean. Without this an English question over Chinese text
found the English abstract and little else: first sentence answers 0.16, with it 0.44.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.encoder import Encoder, Vectors
from index.members import Files
from index.moments import Moments
from index.nearest import Nearest
from index.parallel import PAIRS
from index.records import Language
from index.totals import Totals

LANGUAGES: tuple[Language, Language] = ("zh", "en")
SENTENCES, PARAGRAPHS, CENTRES = "sentence-", "paragraph-", "centres.npy"
# Rows that are centred at once.
BLOCK = 65_536

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
        kind: str = "auto",
    ) -> Dense:
        """The index of these vectors, each list with the languages of its rows.

        `lengths` are how many sentences each paragraph has.
        """
        shift_passages = _shift(encoder.passages)
        main = max(LANGUAGES, key=list(sentences[1]).count)
        mean = _means(*sentences)[main]
        shift = _shift(encoder.queries) * (1 if main == "zh" else -1)
        centres = [settings.QUERY_CENTRE * mean + (0 if lang == main else shift) for lang in LANGUAGES]
        centred = _centred(*sentences, shift_passages), _centred(*paragraphs, shift_passages)
        moments = {}
        if lengths is not None and len(sentences[0]) > settings.SCORED_WHOLE:
            ones = np.ones(len(sentences[0]))
            weighted = ((SENTENCES, centred[0], sentences[1], ones), (PARAGRAPHS, centred[1], paragraphs[1], lengths))
            for name, rows, languages, weights in weighted:
                of = np.array(languages)
                for language in LANGUAGES:
                    moments[f"{name}{language}-"] = Moments.build(rows, weights * (of == language))
        nearest = [Nearest.build(rows, kind) for rows in centred]
        return cls(nearest[0], nearest[1], np.array(centres, dtype=np.float32), moments)

    def scores(
        self, question: Vectors, language: Language, sentences: Rows | None = None, paragraphs: Rows | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Cosines of a question's `(dim,)` vector with these sentences and these paragraphs, or with all.

        In [-1, 1], rounded to 1e-6 so that ties do not hang on the order of a sum.
        """
        centred = self._centred(question, language)
        return _cosines(self.sentences, centred, sentences), _cosines(self.paragraphs, centred, paragraphs)

    def best(
        self, question: Vectors, language: Language, k: int, sentences: Allowed = None, paragraphs: Allowed = None
    ) -> tuple[Rows, Rows]:
        """The nearest k sentences and the nearest k paragraphs, of those allowed."""
        centred = self._centred(question, language)
        return self.sentences.best(centred, k, sentences)[0], self.paragraphs.best(centred, k, paragraphs)[0]

    def totals(self, question: Vectors, language: Language) -> tuple[tuple[Totals, Totals], tuple[Totals, Totals]]:
        """The totals of the cosines of all sentences, Chinese and not, and of each sentence's paragraph likewise."""
        centred = self._centred(question, language)
        found = [self._moments[f"{name}{of}-"].totals(centred) for name in (SENTENCES, PARAGRAPHS) for of in LANGUAGES]
        return (found[0], found[1]), (found[2], found[3])

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentence and paragraph vectors there are."""
        return len(self.sentences), len(self.paragraphs)

    def files(self) -> Files:
        """The names and contents of the files that keep this."""
        for prefix, kept in ((SENTENCES, self.sentences), (PARAGRAPHS, self.paragraphs), *self._moments.items()):
            for name, array in kept.arrays():
                yield prefix + name, array
        yield CENTRES, self.query_centres

    @classmethod
    def read(cls, files: Mapping[str, Any]) -> Dense:
        """What `files` made; ValueError where the arrays do not fit each other."""
        sentences, paragraphs = (Nearest.read(_Prefixed(files, prefix)) for prefix in (SENTENCES, PARAGRAPHS))
        centres = np.asarray(files[CENTRES])
        dim = centres.shape[-1] if centres.ndim else 0
        if centres.shape != (len(LANGUAGES), dim) or centres.dtype != np.float32 or not sentences.dim == paragraphs.dim == dim:
            raise ValueError("the vectors are of another kind or length")
        moments = {}
        if len(sentences) > settings.SCORED_WHOLE:
            names = [f"{name}{language}-" for name in (SENTENCES, PARAGRAPHS) for language in LANGUAGES]
            moments = {name: Moments.read(_Prefixed(files, name)) for name in names}
        return cls(sentences, paragraphs, centres, moments)

    def _centred(self, question: Vectors, language: Language) -> Vectors:
        centred = question - self.query_centres[LANGUAGES.index(language)]
        unit: Vectors = (centred / max(float(np.linalg.norm(centred)), 1e-12)).astype(np.float32)
        return unit


Allowed = NDArray[np.bool_] | None


class _Prefixed(Mapping[str, Any]):
    """The files whose names begin so, by the rest of their names."""

    def __init__(self, files: Mapping[str, Any], prefix: str) -> None:
        self._files, self._prefix = files, prefix

    def __getitem__(self, name: str) -> Any:
        return self._files[self._prefix + name]

    def __iter__(self) -> Iterator[str]:
        return (name.removeprefix(self._prefix) for name in self._files if name.startswith(self._prefix))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _cosines(nearest: Nearest, question: Vectors, rows: Rows | None) -> Vectors:
    found = nearest.cosines(question) if rows is None else nearest.cosines_of(question, rows)
    rounded: Vectors = np.round(found, 6)
    return rounded


def _shift(encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """The mean of English minus Chinese over sentences that say the same, `(dim,)`."""
    chinese = encode([zh for zh, _ in PAIRS])
    english = encode([en for _, en in PAIRS])
    shift: Vectors = english.mean(axis=0) - chinese.mean(axis=0)
    return shift


def _means(rows: Vectors, languages: Sequence[Language]) -> dict[Language, Vectors]:
    """The mean of each language's rows, `(dim,)`; 0 where there are none."""
    of = np.array(languages)
    sums = {language: np.zeros(rows.shape[1]) for language in LANGUAGES}
    for at in range(0, len(rows), BLOCK):
        for language in LANGUAGES:
            sums[language] += rows[at : at + BLOCK][of[at : at + BLOCK] == language].sum(axis=0, dtype=np.float64)
    return {lang: (total / max(1, np.count_nonzero(of == lang))).astype(np.float32) for lang, total in sums.items()}


def _centred(rows: Vectors, languages: Sequence[Language], shift: Vectors) -> Vectors:
    """Unit rows, each less its language's mean.

    The language with fewer rows gets a mean shrunk towards the other's plus the shift, as though
    `settings.CENTRE_PRIOR` rows had been seen there: three sentences have no mean of their own.
    """
    of = np.array(languages)
    means = _means(rows, languages)
    main = max(LANGUAGES, key=list(languages).count)
    other = next(language for language in LANGUAGES if language != main)
    count, prior = np.count_nonzero(of == other), settings.CENTRE_PRIOR
    towards = means[main] + (1 if main == "zh" else -1) * shift
    means[other] = (count * means[other] + prior * towards) / np.float32(count + prior)
    both = np.array([means[language] for language in LANGUAGES], dtype=np.float32)
    which = (of == LANGUAGES[1]).astype(np.int64)
    unit = np.empty_like(rows)
    for at in range(0, len(rows), BLOCK):
        centred = rows[at : at + BLOCK] - both[which[at : at + BLOCK]]
        unit[at : at + BLOCK] = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.float32(1e-12))
    return unit

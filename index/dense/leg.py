"""The dense leg: unit vectors of sentences and of paragraphs (see `nearest`).

A multilingual encoder places a text partly by its language and its subject. Both parts are taken off:
each language's mean from the passages, and from the question the shift between the languages (see
`parallel`) and a part of the passages' mean. Without this an English question over Chinese text
found the English abstract and little else: first sentence answers 0.16, with it 0.44.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.encoder import Encoder, Vectors
from index.dense.moments import Moments
from index.dense.nearest import Kind, Nearest
from index.dense.parallel import PAIRS
from index.disk.members import ARRAY, Files
from index.records import Language
from index.scores.totals import Totals

LANGUAGES: tuple[Language, Language] = ("zh", "en")
SENTENCES, PARAGRAPHS, CENTRES = "sentence-vector-", "paragraph-vector-", "centres.npy"
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
        kind: Kind | None = None,
    ) -> Dense:
        """The index of these vectors, each list with the languages of its rows.

        `lengths` are how many sentences each paragraph has. `kind` is how the nearest rows are found, by their number
        if it is None.
        """
        shift_passages = _shift(encoder.passages)
        main = max(LANGUAGES, key=list(sentences[1]).count)
        mean = _means(*sentences)[main]
        shift = _shift(encoder.queries) * (1 if main == "zh" else -1)
        centres = [settings.QUERY_CENTRE * mean + (0 if lang == main else shift) for lang in LANGUAGES]
        moments: dict[str, Moments] = {}
        nearest = []
        for name, (rows, languages), weights in (
            (SENTENCES, sentences, np.ones(len(sentences[0]), np.int64)),
            (PARAGRAPHS, paragraphs, lengths),
        ):
            centred, of = _centred(rows, languages, shift_passages), np.array(languages)
            nearest.append(Nearest.build(centred, kind or "auto"))
            if weights is not None and len(sentences[0]) > settings.SCORED_WHOLE:
                moments |= {_moments(name, lang): Moments.of(centred, weights * (of == lang)) for lang in LANGUAGES}
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
            moments = [self._moments[_moments(name, of)] for of in LANGUAGES]
            means = [one.mean_and_square(centred) for one in moments]
            both = [
                Totals(one.weight, one.weight * mean, one.weight * square)
                for one, (mean, square) in zip(moments, means, strict=True)
            ]
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

    def _centred(self, question: Vectors, language: Language) -> Vectors:
        centred = question - self.query_centres[LANGUAGES.index(language)]
        unit: Vectors = (centred / max(float(np.linalg.norm(centred)), 1e-12)).astype(np.float32)
        return unit


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
    counts = {language: max(1, int(np.count_nonzero(of == language))) for language in LANGUAGES}
    return {language: (total / counts[language]).astype(np.float32) for language, total in sums.items()}


def _centred(rows: Vectors, languages: Sequence[Language], shift: Vectors) -> Vectors:
    """Unit rows, each less its language's mean.

    The language with fewer rows gets a mean shrunk towards the other's plus the shift, as though
    `settings.CENTRE_PRIOR` rows had been seen there: three sentences have no mean of their own.
    """
    of = np.array(languages)
    means = _means(rows, languages)
    main = max(LANGUAGES, key=list(languages).count)
    other: Language = "en" if main == "zh" else "zh"
    count, prior = int(np.count_nonzero(of == other)), settings.CENTRE_PRIOR
    towards = means[main] + (1 if main == "zh" else -1) * shift
    means[other] = ((count * means[other] + prior * towards) / (count + prior)).astype(np.float32)
    both = np.array([means[language] for language in LANGUAGES], dtype=np.float32)
    which = (of == LANGUAGES[1]).astype(np.int64)
    unit = np.empty_like(rows)
    for at in range(0, len(rows), BLOCK):
        centred = rows[at : at + BLOCK] - both[which[at : at + BLOCK]]
        norms = np.linalg.norm(centred, axis=1, keepdims=True)
        unit[at : at + BLOCK] = centred / np.maximum(norms, np.float32(1e-12))
    return unit

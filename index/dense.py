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

from index import arrays, settings
from index.encoder import Encoder, Vectors
from index.parallel import PAIRS
from index.records import Language

LANGUAGES: tuple[Language, Language] = ("zh", "en")


class Dense:
    """Two flat inner-product indexes over centred unit rows, and the centres of questions.

    `sentences` and `paragraphs` are `(n, dim)`; `query_centres` is `(2, dim)`, by `LANGUAGES`.
    """

    FILES = ("sentence-vectors.npy", "paragraph-vectors.npy", "centres.npy")

    def __init__(self, sentences: Vectors, paragraphs: Vectors, query_centres: Vectors) -> None:
        import faiss

        self.query_centres = query_centres
        self._indexes: list[Any] = []
        for rows in (sentences, paragraphs):
            index = faiss.IndexFlatIP(rows.shape[1])
            index.add(np.ascontiguousarray(rows, dtype=np.float32))
            self._indexes.append(index)

    @classmethod
    def build(
        cls,
        encoder: Encoder,
        sentences: tuple[Vectors, Sequence[Language]],
        paragraphs: tuple[Vectors, Sequence[Language]],
    ) -> Dense:
        """The index of these vectors, each list with the languages of its rows."""
        shift_passages = _shift(encoder.passages)
        main = max(LANGUAGES, key=list(sentences[1]).count)
        mean = sentences[0][np.array(sentences[1]) == main].mean(axis=0)
        shift = _shift(encoder.queries) * (1 if main == "zh" else -1)
        centres = [settings.QUERY_CENTRE * mean + (0 if lang == main else shift) for lang in LANGUAGES]
        return cls(
            _centred(*sentences, shift_passages),
            _centred(*paragraphs, shift_passages),
            np.array(centres, dtype=np.float32),
        )

    def scores(self, question: Vectors, language: Language) -> tuple[NDArray[np.float32], ...]:
        """Cosines of a question's `(dim,)` vector with every sentence and every paragraph.

        In [-1, 1], rounded to 1e-6 so that ties do not hang on the order of a sum.
        """
        centred = question - self.query_centres[LANGUAGES.index(language)]
        centred = (centred / max(float(np.linalg.norm(centred)), 1e-12)).astype(np.float32)
        return tuple(np.round(_cosines(index, centred), 6) for index in self._indexes)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentence and paragraph vectors there are."""
        return self._indexes[0].ntotal, self._indexes[1].ntotal

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The names, which are `FILES`, and contents of the files that keep this.

        Plain arrays, not FAISS's own form: bytes that are none of its own can keep it from ever coming back.
        """
        rows = (index.reconstruct_n(0, index.ntotal) for index in self._indexes)
        for name, array in zip(self.FILES, (*rows, self.query_centres), strict=True):
            yield name, arrays.to_bytes(array)

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> Dense:
        """What `files` made; ValueError where the arrays do not fit each other."""
        sentences, paragraphs, centres = (arrays.from_bytes(files[name]) for name in cls.FILES)
        shapes = [sentences.shape[1:], paragraphs.shape[1:], centres.shape]
        dim = centres.shape[-1] if centres.ndim else 0
        if shapes != [(dim,), (dim,), (len(LANGUAGES), dim)] or {a.dtype.str for a in (sentences, paragraphs)} != {
            "<f4"
        }:
            raise ValueError("the vectors are of another kind or length")
        return cls(sentences, paragraphs, centres)


def _cosines(index: Any, question: Vectors) -> Vectors:
    """The inner product of every row with a question's vector, `(n,)`, in the order of the rows.

    Asked for row by row, since with two threads or more a search of many rows sums in another order than with one.
    """
    import faiss

    rows, found = np.arange(index.ntotal, dtype=np.int64), np.empty(index.ntotal, dtype=np.float32)
    index.compute_distance_subset(
        1, faiss.swig_ptr(question), index.ntotal, faiss.swig_ptr(found), faiss.swig_ptr(rows)
    )
    return found


def _shift(encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """The mean of English minus Chinese over sentences that say the same, `(dim,)`."""
    chinese = encode([zh for zh, _ in PAIRS])
    english = encode([en for _, en in PAIRS])
    shift: Vectors = english.mean(axis=0) - chinese.mean(axis=0)
    return shift


def _centred(rows: Vectors, languages: Sequence[Language], shift: Vectors) -> Vectors:
    """Unit rows, each less its language's mean.

    The language with fewer rows gets a mean shrunk towards the other's plus the shift, as though
    `settings.CENTRE_PRIOR` rows had been seen there: three sentences have no mean of their own.
    """
    of = np.array(languages)
    main = max(LANGUAGES, key=list(languages).count)
    main_mean = rows[of == main].mean(axis=0)
    sign = 1 if main == "zh" else -1
    centred = np.empty_like(rows)
    for language in LANGUAGES:
        mine = rows[of == language]
        if language == main:
            mean = main_mean
        else:
            prior = main_mean + sign * shift
            mean = (mine.sum(axis=0) + settings.CENTRE_PRIOR * prior) / (len(mine) + settings.CENTRE_PRIOR)
        centred[of == language] = mine - mean
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    unit: Vectors = (centred / np.maximum(norms, np.float32(1e-12))).astype(np.float32)
    return unit

"""What real text takes: seconds to read and encode it, bytes of what is kept of it, bytes of its rows on a server.

Made documents have a token vector a sentence and no Chinese; so what hangs on the text is measured here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from eval.bench.sets.read import read
from index import chunks, settings
from index.corpus import Corpus
from index.dense import encoder
from index.dense.encoder import Encoder, Vectors
from index.disk.members import pieces
from index.documents import Documents
from index.formats.extract import Extract
from index.lexical.bags import TermIds
from index.milvus.collection import Place
from index.milvus.rows import EMPTY, SparseRows
from index.milvus.texts import Texts
from index.model import model
from index.records import Document
from index.spelling import learn
from index.store import part
from index.store.earlier import Earlier
from index.store.part import Part
from index.store.store import Store

# Of what a part keeps, by the names of its files.
TOKENS, VECTORS, TEXT, KEYS = "token vectors", "vectors", "text and structure", "keys"
_KINDS = {
    part.EXTRACT: TEXT,
    part.DOCUMENT: TEXT,
    part.SENTENCES: VECTORS,
    part.PARAGRAPHS: VECTORS,
    part.KEYS: KEYS,
}
# Bytes of a dimension and its weight, of a weight of a dense vector, and of a row's level, language and length.
_SPARSE, _DENSE, _SCALARS = 8, 4, 1 + 1 + 4


@dataclass(frozen=True, slots=True)
class Real:
    """What was measured.

    Of `sentences` in all: `reading` and `terms` are seconds a sentence, `rows` bytes of the rows a sentence as they
    are sent, the paragraphs' among them, and `words` different terms of a sentence's row and of a paragraph's. Of
    `encoded` sentences: `kept` bytes a sentence by kind, `encoding` and `windows` seconds a sentence, on so many
    threads, and of the processor.
    """

    sentences: int
    reading: float
    terms: float
    rows: float
    words: tuple[float, float]
    encoded: int
    kept: dict[str, float]
    encoding: tuple[float, float]
    windows: tuple[float, float]


def measure(paths: Sequence[str], sample: int) -> Real:
    """Measure with the text of these sets, or of the documents that come with the package; encode so many sentences."""
    extracts = _extracts([Path(path) for path in paths])
    part.document(_name(0), extracts[0])  # which reads dictionaries
    began = perf_counter()
    documents = [part.document(_name(number), extract) for number, extract in enumerate(extracts)]
    reading = perf_counter() - began
    parts = [_Bare(one) for one in documents]
    count = sum(one.size[0] for one in parts)
    terms, texts = _terms(parts)
    encoded, kept, encoding, windows = _encoded(documents, extracts, sample)
    return Real(
        count,
        reading / count,
        terms,
        _bytes(texts, encoder.load(settings.ENCODER).dim) / count,
        _words(texts),
        encoded,
        kept,
        encoding,
        windows,
    )


def _extracts(paths: Sequence[Path]) -> list[Extract]:
    """The articles of sets, of each in turn, or the documents that come with the package."""
    if not paths:
        corpus = Corpus()
        return [corpus.extract(source) for source in corpus.sources]
    turns = zip_longest(*(read(path).articles for path in paths))
    return [Extract("txt", "\n\n".join(article.paragraphs)) for turn in turns for article in turn if article]


def _name(number: int) -> part.Name:
    return part.Name(f"real-{number}", f"real-{number}.txt", f"[{number}]", f"{number:064x}")


class _Bare:
    """A document in memory, as `Documents` asks for it."""

    def __init__(self, document: Document) -> None:
        self.document, self.listed = document, document.listed
        self.size = chunks.counts(document)


def _terms(parts: Sequence[_Bare]) -> tuple[float, Texts]:
    """The seconds a sentence that terms take, without what is read whatever the text; and the terms of all.

    That is what the second half of the documents comes to; a single one is measured with all that is read for it.
    """
    half, known = parts[: len(parts) // 2], 0.0
    for _ in range(2 if half else 0):  # the second time, its words are remembered, as they are in the whole
        known, _texts = _texts_of(half)
    whole, texts = _texts_of(parts)
    return max(0.0, whole - known) / sum(one.size[0] for one in parts[len(half) :]), texts


def _texts_of(parts: Sequence[_Bare]) -> tuple[float, Texts]:
    """The seconds that the terms of some documents take, and these."""
    began = perf_counter()
    documents = Documents(parts)
    spelling, own = learn(documents)
    found = Texts.of(documents, spelling, own, TermIds(free=EMPTY + 1))
    return perf_counter() - began, found


def _bytes(texts: Texts, dim: int) -> int:
    """The bytes of all rows as they are sent: vectors, ids, scalars; without what a server adds."""
    total = 0
    for level, bags in enumerate(texts.bags):
        key = len(Place("0" * 32, level, 100).id) + 32
        total += len(bags) * (_DENSE * dim + _SCALARS + key) + _SPARSE * len(_rows(texts, level).dims)
    return total


def _words(texts: Texts) -> tuple[float, float]:
    means = [len(_rows(texts, level).dims) / max(1, len(bags)) for level, bags in enumerate(texts.bags)]
    return means[0], means[1]


def _rows(texts: Texts, level: int) -> SparseRows:
    return SparseRows.of(texts.bags[level], 0, len(texts.bags[level]), 1.0)


class _Timed:
    """An encoder, and the seconds that it took, and those of the processor."""

    def __init__(self, own: Encoder) -> None:
        self._own, self.name, self.dim = own, own.name, own.dim
        self.spent = np.zeros(2)

    def passages(self, texts: Sequence[str]) -> Vectors:
        began = _now()
        found = self._own.passages(texts)
        self.spent += _now() - began
        return found

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._own.queries(texts)


def _encoded(
    documents: Sequence[Document], extracts: Sequence[Extract], sample: int
) -> tuple[int, dict[str, float], tuple[float, float], tuple[float, float]]:
    """How many sentences of the first documents were encoded, as a build does it; what is kept of each, and times."""
    timed, reader = _Timed(encoder.for_many(settings.ENCODER)), model.load()
    earlier = Earlier(Store(Path("/nonexistent")), (), timed, reader)
    timed.passages(["Once more."] * 2)
    reader.see("", ("Once more.",))
    timed.spent[:] = 0
    kept: Counter[str] = Counter()
    sentences, whole = 0, np.zeros(2)
    for document, extract in zip(documents, extracts, strict=True):
        began = _now()
        made = Part.make(document, timed, reader, lambda *told: None, earlier)
        whole += _now() - began
        for name, content in made.files(extract):
            kept[_KINDS.get(name, TOKENS)] += sum(memoryview(piece).nbytes for piece in pieces(content))
        sentences += made.size[0]
        if sentences >= sample:
            break
    own, windows = (
        (float(one[0]), float(one[1])) for one in (timed.spent / sentences, (whole - timed.spent) / sentences)
    )
    return sentences, {kind: kept[kind] / sentences for kind in (TOKENS, VECTORS, TEXT, KEYS)}, own, windows


def _now() -> NDArray[np.float64]:
    return np.array([perf_counter(), process_time()])

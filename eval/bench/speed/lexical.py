"""The lexical leg: BM25 over made bags of terms."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.speed import synthetic
from eval.bench.speed.contestant import BEST, Contestant, best
from eval.bench.speed.row import OURS
from index import settings
from index.lexical.bags import Bags
from index.lexical.impacts import Impacts
from index.scores import top


class Ours(Contestant):
    """Yinzheng's postings, which stay on disk: only what a question needs of them is read."""

    name = OURS
    leg = "lexical"

    def __init__(self) -> None:
        self._impacts: Impacts | None = None

    def read(self, data: Path) -> None:
        """The bags of ids."""
        self._bags = Bags(np.load(data / synthetic.IDS), np.load(data / synthetic.STARTS))
        self._terms = _terms(data)

    def build(self) -> None:
        """Sort the terms."""
        self._impacts = Impacts.build(self._bags, self._terms, settings.BM25_K1, settings.BM25_B)

    def save(self, folder: Path) -> None:
        """Its arrays as npy files."""
        assert self._impacts is not None
        for name, array in self._impacts.arrays("made"):
            np.save(folder / name, array)
        (folder / "chunks").write_text(str(len(self._impacts)), encoding="ascii")

    def open(self, folder: Path, data: Path) -> None:
        """The arrays mapped."""
        arrays = {path.name: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
        self._impacts = Impacts.of(arrays, "made", int((folder / "chunks").read_text(encoding="ascii")))
        self._questions = synthetic.question_terms(data)

    def ask(self, number: int) -> list[int]:
        """All scores, and the best of them, as a question to a library goes."""
        return [int(row) for row in top.best(self.scores(number), BEST)]

    def scores(self, number: int) -> NDArray[np.float64]:
        """All scores."""
        assert self._impacts is not None
        return self._impacts.scores(self._questions[number])


class RankBm25(Contestant):
    """rank_bm25's BM25Plus over lists of terms; beyond `most` it takes minutes and more memory than most machines have.

    It cannot be kept other than by pickling.
    """

    name = "rank_bm25"
    leg = "lexical"
    needs = ("rank_bm25",)
    most = 100_000
    kept = False

    def __init__(self) -> None:
        import rank_bm25

        self._class = rank_bm25.BM25Plus
        self._model: Any = None

    def read(self, data: Path) -> None:
        """The chunks as lists of words, as its users have them."""
        self._questions = [[str(term) for term in terms] for terms in synthetic.question_terms(data)]
        words = [str(term) for term in range(_terms(data))]
        self._chunks = [[words[term] for term in chunk] for chunk in _chunks(data)]

    def build(self) -> None:
        """Count the words of every chunk."""
        self._model = self._class(self._chunks, k1=settings.BM25_K1, b=settings.BM25_B)

    def ask(self, number: int) -> list[int]:
        """Score all chunks, take the best."""
        return best(self._model.get_scores(self._questions[number]))

    def scores(self, number: int) -> NDArray[np.float64]:
        """The scores less what it adds for absent terms."""
        known = [word for word in self._questions[number] if word in self._model.idf]
        absent = sum(self._model.idf[word] * self._model.delta for word in known)
        found: NDArray[np.float64] = self._model.get_scores(known) - absent
        return found


class Bm25s(Contestant):
    """bm25s as it comes: Lucene's BM25, with numpy (numba is an extra of its own), of token ids."""

    name = "bm25s"
    leg = "lexical"
    needs = ("bm25s",)

    def __init__(self) -> None:
        import bm25s

        self._package = bm25s
        self._model: Any = None

    def read(self, data: Path) -> None:
        """The chunks as lists of ids, and the vocabulary."""
        self._chunks = list(_chunks(data))
        self._vocabulary = {str(id): id for id in range(_terms(data))}

    def build(self) -> None:
        """Score every term in every chunk."""
        self._model = self._package.BM25(k1=settings.BM25_K1, b=settings.BM25_B)
        self._model.index((self._chunks, self._vocabulary), show_progress=False)

    def save(self, folder: Path) -> None:
        """Its own npy files."""
        self._model.save(folder)

    def open(self, folder: Path, data: Path) -> None:
        """All of it in memory, its default."""
        self._model = self._package.BM25.load(folder)
        self._questions = [[str(term) for term in terms] for terms in synthetic.question_terms(data)]

    def ask(self, number: int) -> list[int]:
        """Its own `retrieve`."""
        few = min(BEST, self._model.scores["num_docs"])
        found, _ = self._model.retrieve([self._questions[number]], k=few, show_progress=False)
        return [int(row) for row in found[0]]


def _chunks(data: Path) -> Iterator[list[int]]:
    ids, starts = np.load(data / synthetic.IDS, mmap_mode="r"), np.load(data / synthetic.STARTS).tolist()
    for low, high in pairwise(starts):
        yield ids[low:high].tolist()


def _terms(data: Path) -> int:
    """How many terms there are at most."""
    return int(np.load(data / synthetic.IDS, mmap_mode="r").max()) + 1

"""The dense leg: the nearest of made unit vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.speed import synthetic
from eval.bench.speed.contestant import BEST, Contestant
from eval.bench.speed.row import OURS
from index.dense.nearest import Nearest


class Ours(Contestant):
    """Yinzheng's rows, and their codes where they are many, in memory from the first question on."""

    name = OURS
    leg = "dense"

    def __init__(self) -> None:
        self._nearest: Nearest | None = None

    def read(self, data: Path) -> None:
        """The rows."""
        self._rows = np.load(data / synthetic.VECTORS)

    def build(self) -> None:
        """Encode them."""
        self._nearest = Nearest.build(self._rows)

    def save(self, folder: Path) -> None:
        """Its arrays as npy files."""
        assert self._nearest is not None
        for name, array in self._nearest.arrays():
            np.save(folder / f"{name}.npy", array[0 : array.shape[0]])

    def open(self, folder: Path, data: Path) -> None:
        """The arrays mapped."""
        self._nearest = Nearest({path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.iterdir())})
        self._asked = np.load(data / synthetic.ASKED)

    def ask(self, number: int) -> list[int]:
        """Its own `best`."""
        assert self._nearest is not None
        rows, _ = self._nearest.best(self._asked[number], BEST)
        return [int(row) for row in rows]


class Faiss(Contestant):
    """FAISS's flat index of inner products: every float32 of every row, on one thread."""

    name = "faiss flat"
    leg = "dense"
    needs = ("faiss",)

    def __init__(self) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self._package: Any = faiss
        self._index: Any = None

    def read(self, data: Path) -> None:
        """The rows."""
        self._rows = np.load(data / synthetic.VECTORS)

    def build(self) -> None:
        """Copy them."""
        self._index = self._package.IndexFlatIP(self._rows.shape[1])
        self._index.add(self._rows)

    def save(self, folder: Path) -> None:
        """Its own file."""
        self._package.write_index(self._index, str(folder / "index.faiss"))

    def open(self, folder: Path, data: Path) -> None:
        """All of it in memory, its default."""
        self._index = self._package.read_index(str(folder / "index.faiss"))
        self._asked = np.load(data / synthetic.ASKED)

    def ask(self, number: int) -> list[int]:
        """Its own search."""
        _, found = self._index.search(self._asked[number : number + 1], min(BEST, self._index.ntotal))
        return [int(row) for row in found[0]]

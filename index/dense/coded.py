"""Unit rows in 2 and in 8 bits a dimension: the best by the former are ranked by the latter.

Turned by `Rotation`, coordinates are normal, so one table of levels serves all and nothing is learned from the rows:
2-bit levels by Lloyd and Max, as in TurboQuant (Zandieh et al. 2025), looked up in registers by FAISS's fast scan.
What is found is not exact: `Nearest`, which calls this, scores it again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.dense.encoder import Vectors
from index.dense.rotation import Rotation
from index.disk.stored import Stored, blocks

Codes = NDArray[np.uint8]

# The quantiser of a standard normal variable by four levels (Max 1960): between them, and they themselves.
CUTS = (-0.9816, 0.0, 0.9816)
LEVELS = (-1.5104, -0.4528, 0.4528, 1.5104)
# The 8-bit levels span this many standard deviations to either side; 1 of 150,000 coordinates lies beyond.
REACH = 4.5
# Rows coded or copied at once: 6 MB at 384 dimensions.
BLOCK = 4_096


class Coded:
    """Codes of `n` rows of `dim`, as FAISS scans them: 480 bytes a row at 384 dimensions."""

    def __init__(self, dim: int, narrow: Stored, wide: Stored) -> None:
        """Read the codes that `encode` made, block by block into FAISS's own memory."""
        faiss = library()
        self._rotation = Rotation(dim)
        width, deviation = self._rotation.width, self._rotation.width**-0.5
        pairs = width // 2
        levels, code = np.array(LEVELS, dtype=np.float32) * np.float32(deviation), np.arange(16)
        plain = faiss.IndexPQ(width, pairs, 4, faiss.METRIC_INNER_PRODUCT)
        table = np.broadcast_to(np.stack([levels[code % 4], levels[code // 4]], axis=1), (pairs, 16, 2))
        faiss.copy_array_to_vector(table.ravel(), plain.pq.centroids)
        _fill(plain, narrow)
        self._scan = faiss.IndexPQFastScan(plain, 32)
        # what it was made of is let go, and it would still point there
        self._scan.orig_codes = None
        self._wide = faiss.IndexScalarQuantizer(
            width, faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT
        )
        span = np.array([-REACH * deviation, 2 * REACH * deviation], dtype=np.float32)
        faiss.copy_array_to_vector(span, self._wide.sq.trained)
        _fill(self._wide, wide)
        self._both = faiss.IndexRefine(self._scan, self._wide)

    @staticmethod
    def widths(dim: int) -> tuple[int, int]:
        """How many bytes the 2-bit and the 8-bit codes of a row take."""
        width = Rotation(dim).width
        return width // 4, width

    @staticmethod
    def encode(rows: Stored) -> tuple[Codes, Codes]:
        """The codes of unit rows, `(n, width / 4)` and `(n, width)`; each row's hang on it alone."""
        count, dim = rows.shape
        narrow, wide = (np.empty((count, size), dtype=np.uint8) for size in Coded.widths(dim))
        rotation = Rotation(dim)
        deviation = rotation.width**-0.5
        cuts = [np.float32(cut * deviation) for cut in CUTS]
        least, scale = np.float32(REACH * deviation), np.float32(255 / (2 * REACH * deviation))
        for first, some in blocks(rows, BLOCK):
            turned = rotation.turn(some)
            level = np.zeros(turned.shape, dtype=np.uint8)
            for cut in cuts:
                level += turned > cut
            last = first + len(some)
            narrow[first:last] = level[:, ::4] | level[:, 1::4] << 2 | level[:, 2::4] << 4 | level[:, 3::4] << 6
            wide[first:last] = np.clip((turned + least) * scale, 0, 255)
        return narrow, wide

    def best(self, question: Vectors, count: int, scanned: int) -> NDArray[np.int64]:
        """The `count` best rows by the 8-bit codes among the `scanned` best by the 2-bit ones, best first."""
        faiss = library()
        scanned = min(scanned, self._wide.ntotal)
        count = min(count, scanned)
        # what is added keeps the product of the two from falling below `scanned`
        often = faiss.IndexRefineSearchParameters(k_factor=(scanned + 0.5) / count)
        _, found = self._both.search(self._rotation.turn(question[None]), count, params=often)
        return _real(found)

    def best_of(self, question: Vectors, count: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The `count` best rows by the 8-bit codes among those allowed `(n,)`, best first."""
        faiss = library()
        bits = np.packbits(allowed, bitorder="little")
        only = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        _, found = self._wide.search(self._rotation.turn(question[None]), count, params=only)
        return _real(found)


def library() -> Any:
    """FAISS, loaded when it is first used; its annotations are those of the C++ and not of its Python."""
    import faiss

    return faiss


def _fill(index: Any, codes: Stored) -> None:
    """Give an index that has learned all it needs these codes."""
    faiss = library()
    count, size = codes.shape
    index.codes.resize(count * size)
    if count:
        memory = faiss.rev_swig_ptr(index.codes.data(), count * size).reshape(count, size)
        for first, some in blocks(codes, BLOCK):
            memory[first : first + len(some)] = some
    index.ntotal, index.is_trained = count, True


def _real(found: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows that FAISS found, without the -1 that stands for none."""
    rows: NDArray[np.int64] = found[0][found[0] >= 0]
    return rows

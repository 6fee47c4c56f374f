"""Made chunks, as many as are wanted and always the same ones: bags of Zipf terms, clustered unit vectors, questions.

    ids.npy, starts.npy    chunk i has the terms `ids[starts[i]:starts[i + 1]]`, int32, as often as they stand in it
    vectors.npy            `(chunks, DIM)` float32, unit rows
    questions.npy          `(QUESTIONS, TERMS_MAX)` int32, the terms of each question, filled up with -1
    asked.npy              `(QUESTIONS, DIM)` float32, the questions' unit vectors

A term is its rank: 0 is the most frequent. Blocks of chunks are drawn one after the other, each from its own seed, and
written at once, so that a million chunks are made in little memory. What is left out: chunks of one text are no
nearer to each other than others, and terms do not come together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

Terms = NDArray[np.int32]
Vectors = NDArray[np.float32]

IDS, STARTS, VECTORS, QUESTIONS, ASKED = "ids.npy", "starts.npy", "vectors.npy", "questions.npy", "asked.npy"
DIM = 384
TERMS_MIN, TERMS_MAX = 3, 8
# Chunks of one block.
BLOCK = 20_000

# Zipf's law with Mandelbrot's shift, as it fits English words: a term of rank r has the share 1 / (r + SHIFT) of all.
SHIFT = 2.7
# Terms of a chunk: a mean, drawn by Poisson's law, and at least one.
LENGTH = 30
# Heaps' law, that a text of n terms has FACTOR * n ** POWER different ones: 23,000 of 300,000, 225,000 of 30 million.
FACTOR, POWER = 44, 0.496
# Rows that share a cluster, and how far they lie around its centre, whose length is 1: two of one cluster have a cosine
# of about 0.7, as two paragraphs on one subject have under the default encoder.
CLUSTER = 100
NOISE = 0.65
# How far a question lies from the row it asks for: a cosine of about 0.85.
QUESTION_NOISE = 0.6
# The deviation of the i-th strongest direction falls as i to this power: some 125 of 384 count, as in real encoders.
DECAY = -0.375


def vocabulary(chunks: int) -> int:
    """How many different terms there are to be drawn for so many chunks."""
    return int(FACTOR * (chunks * LENGTH) ** POWER)


class Zipf:
    """Terms drawn by Zipf's law, by their ranks."""

    def __init__(self, size: int) -> None:
        shares = 1 / (np.arange(size) + 1 + SHIFT)
        self._until = np.cumsum(shares / shares.sum())
        self._until[-1] = 1.0

    def draw(self, random: np.random.Generator, count: int) -> Terms:
        """So many terms, one independent of the other."""
        return np.searchsorted(self._until, random.random(count), side="right").astype(np.int32)


def bags(chunks: int, seed: int) -> Iterator[tuple[Terms, NDArray[np.int64]]]:
    """Block after block, the terms of its chunks one after the other, and how many each chunk has."""
    zipf = Zipf(vocabulary(chunks))
    for number, (low, high) in enumerate(_blocks(chunks)):
        random = np.random.default_rng([seed, 1, number])
        lengths = np.maximum(random.poisson(LENGTH, high - low), 1).astype(np.int64)
        yield zipf.draw(random, int(lengths.sum())), lengths


def rows(chunks: int, seed: int) -> Iterator[Vectors]:
    """Block after block, the unit vectors of its chunks."""
    random = np.random.default_rng([seed, 2])
    spread = random.permutation((np.arange(DIM) + 1.0) ** DECAY).astype(np.float32)
    spread /= np.linalg.norm(spread)
    centres = random.standard_normal((max(4, chunks // CLUSTER), DIM), dtype=np.float32) * spread
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    for number, (low, high) in enumerate(_blocks(chunks)):
        random = np.random.default_rng([seed, 3, number])
        of = random.integers(len(centres), size=high - low)
        noise = random.standard_normal((high - low, DIM), dtype=np.float32) * spread
        yield unit(centres[of] + np.float32(NOISE) * noise)


def unit(vectors: Vectors) -> Vectors:
    """The rows, each of length 1."""
    found: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return found


def question_terms(folder: Path) -> list[list[int]]:
    """The terms of each question, each once."""
    return [[int(term) for term in row if term >= 0] for row in np.load(folder / QUESTIONS)]


def rows_asked(chunks: int, seed: int, questions: int) -> NDArray[np.int64]:
    """The rows that the questions have in mind."""
    return np.random.default_rng([seed, 0]).integers(chunks, size=questions)


def picked(random: np.random.Generator, terms: Terms) -> Terms:
    """What a question takes of a chunk's terms: 3 to 8 different ones, or all where there are fewer, in any order."""
    there = np.unique(terms)
    found: Terms = random.permutation(there)[: int(random.integers(TERMS_MIN, TERMS_MAX + 1))]
    return found


def write_terms(folder: Path, chunks: int, seed: int, questions: int) -> None:
    """Write the terms of so many chunks, and of so many questions."""
    starts = np.zeros(chunks + 1, dtype=np.int64)
    path = folder / "ids.raw"
    with open(path, "wb") as file:
        at = 0
        for ids, lengths in bags(chunks, seed):
            starts[at + 1 : at + len(lengths) + 1] = starts[at] + np.cumsum(lengths)
            at += len(lengths)
            file.write(ids.tobytes())
    raw = np.memmap(path, dtype=np.int32, mode="r")
    np.save(folder / IDS, raw)
    path.unlink()
    np.save(folder / STARTS, starts)
    asked = rows_asked(chunks, seed, questions)
    random = np.random.default_rng([seed, 4])
    made = np.full((len(asked), TERMS_MAX), -1, dtype=np.int32)
    for question, row in zip(made, asked, strict=True):
        terms = picked(random, raw[starts[row] : starts[row + 1]])
        question[: len(terms)] = terms
    np.save(folder / QUESTIONS, made)


def write_vectors(folder: Path, chunks: int, seed: int, questions: int) -> None:
    """Write the vectors of so many chunks, and of so many questions."""
    asked = rows_asked(chunks, seed, questions)
    kept = open_memmap(folder / VECTORS, mode="w+", dtype=np.float32, shape=(chunks, DIM))
    at = 0
    for block in rows(chunks, seed):
        kept[at : at + len(block)] = block
        at += len(block)
    noise = np.random.default_rng([seed, 5]).standard_normal((len(asked), DIM), dtype=np.float32)
    np.save(folder / ASKED, unit(kept[asked] + np.float32(QUESTION_NOISE) * unit(noise)))
    kept.flush()


def _blocks(chunks: int) -> Iterator[tuple[int, int]]:
    for low in range(0, chunks, BLOCK):
        yield low, min(low + BLOCK, chunks)

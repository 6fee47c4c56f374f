"""Made documents, for a whole library: the sentences are made chunks with their terms spelt as words.

    questions.json    a list of questions, each its text and the row of the sentence that it has in mind

A document has `SENTENCES` sentences in paragraphs of `TOGETHER`, in one section without a heading, and one token vector
a sentence where a real one has some forty: the late leg looks at a few sentences only, however many there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from eval.bench.speed import synthetic
from eval.bench.speed.synthetic import Terms, Vectors
from index.dense.encoder import Encoder
from index.formats.extract import Extract
from index.late.leg import LatePart
from index.records import Document, Paragraph, Section, Span
from index.store.part import Part

QUESTIONS = "questions.json"
SENTENCES, TOGETHER = 200, 4

_CONSONANTS, _VOWELS = "bdfghklmnprstvwz", "aeiou"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]


@lru_cache(maxsize=50_000)
def spelt(term: int) -> str:
    """A term as a word, a rarer one never shorter; it ends in `k`, so that no two have one stem."""
    found, rest = "", term
    while rest or len(found) < 4:
        rest, last = divmod(rest, len(_SYLLABLES))
        found = _SYLLABLES[last] + found
    return found + "k"


def clusters(sentences: int) -> int:
    """How many clusters the vectors of so many sentences have."""
    return max(4, sentences // synthetic.CLUSTER)


def made(sentences: int, seed: int, encoder: Encoder, late_dim: int) -> Iterator[tuple[Part, Extract]]:
    """Documents of so many sentences in all, one after the other, with their vectors and what they were read from."""
    waiting: list[Terms] = []
    number = 0
    for ids, lengths in synthetic.bags(sentences, seed):
        waiting += np.split(ids, np.cumsum(lengths)[:-1])
        while len(waiting) >= SENTENCES:
            number += 1
            yield _one(number, waiting[:SENTENCES], encoder, late_dim)
            del waiting[:SENTENCES]
    if waiting:
        yield _one(number + 1, waiting, encoder, late_dim)


def write_questions(folder: Path, sentences: int, seed: int, count: int) -> None:
    """Write so many questions, each of a sentence's words, the rarest among them."""
    asked = synthetic.rows_asked(sentences, seed, count)
    terms: dict[int, Terms] = {}
    first = 0
    for ids, lengths in synthetic.bags(sentences, seed):
        starts = np.cumsum(lengths) - lengths
        for row in asked[(asked >= first) & (asked < first + len(lengths))].tolist():
            start = starts[row - first]
            terms[row] = ids[start : start + lengths[row - first]]
        first += len(lengths)
    random = np.random.default_rng([seed, 4])
    questions = []
    for row in asked.tolist():
        words = dict.fromkeys([*synthetic.picked(random, terms[row]).tolist(), int(terms[row].max())])
        questions.append({"text": " ".join(map(spelt, words)) + "?", "row": row})
    (folder / QUESTIONS).write_text(json.dumps(questions), encoding="utf-8")


def rows_asked(folder: Path) -> list[int]:
    """The row that each question of a folder has in mind."""
    return [int(question["row"]) for question in json.loads((folder / QUESTIONS).read_text(encoding="utf-8"))]


def _one(number: int, sentences: list[Terms], encoder: Encoder, late_dim: int) -> tuple[Part, Extract]:
    texts = [" ".join(map(spelt, terms.tolist())).capitalize() + "." for terms in sentences]
    groups = [texts[at : at + TOGETHER] for at in range(0, len(texts), TOGETHER)]
    source = "\n\n".join(" ".join(group) for group in groups)
    section = Section("0", (f"[{number}]",), None)
    paragraphs, at = [], 0
    for place, group in enumerate(groups, start=1):
        spans = []
        for text in group:
            spans.append(Span(at, at + len(text)))
            at += len(text) + 1
        paragraphs.append(Paragraph(f"0-P{place}", section, spans[0].start, spans[-1].end, "en", tuple(spans)))
        at += 1
    document = Document(
        id=f"made-{number}",
        file=f"made-{number}.txt",
        title=f"[{number}]",
        language="en",
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        source=source,
        edits=(),
        paragraphs=tuple(paragraphs),
    )
    vectors = encoder.passages(texts)
    part = Part(
        document, vectors, encoder.passages([" ".join(group) for group in groups]), _late(vectors[:, :late_dim])
    )
    return part, Extract("txt", source)


def _late(vectors: Vectors) -> LatePart:
    """One token vector a sentence, and the same for the pooled one; a window is a paragraph."""
    unit = synthetic.unit(vectors)
    scales = (np.abs(unit).max(axis=1) / 127).astype(np.float16)
    return LatePart.of(
        np.round(unit / scales.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8),
        scales,
        np.arange(len(unit) + 1, dtype=np.int64),
        unit.astype(np.float16),
        np.arange(0, len(unit), TOGETHER, dtype=np.int64),
    )

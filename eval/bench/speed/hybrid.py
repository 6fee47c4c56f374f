"""A whole library on disk: written as every index is, opened, and asked by all legs, fused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from eval.bench.speed import documents
from eval.bench.speed.clustered import Clustered
from eval.bench.speed.contestant import BEST, Contestant
from eval.bench.speed.row import OURS
from index import opening, settings
from index.build import Workshop
from index.dense import encoder
from index.model import model
from index.store import part
from index.store.entry import Entry
from index.store.store import Store
from qa.answering.question import Question
from qa.answering.retrieve import retrieve

if TYPE_CHECKING:
    from index.dense.encoder import Encoder
    from index.formats.extract import Extract
    from index.store.part import Part

JOB = "made.json"


def write(folder: Path, sentences: int, seed: int, questions: int) -> None:
    """Say in an empty folder how many sentences there are to be, and write questions on them."""
    (folder / JOB).write_text(json.dumps([sentences, seed]), encoding="utf-8")
    documents.write_questions(folder, sentences, seed, questions)


class Whole(Contestant):
    """Yinzheng's own index of made documents, and its fused retrieval; each question is encoded by the real encoder."""

    name = OURS
    leg = "hybrid"

    def read(self, data: Path) -> None:
        """How many sentences; they are made while the index is."""
        self._sentences, self._seed = json.loads((data / JOB).read_text(encoding="utf-8"))

    def build(self) -> None:
        """All is done by `save`."""

    def save(self, folder: Path) -> None:
        """Make the documents one by one and write the index of them."""
        vectors = Clustered(documents.clusters(self._sentences), self._seed)
        dim = model.load().ask("?").tokens.shape[1]
        write_index(folder, self._made(documents.made(self._sentences, self._seed, vectors, dim)), vectors)

    def _made(self, parts: Iterator[tuple[Part, Extract]]) -> Iterator[tuple[Part, Extract]]:
        """These parts, and a note of the time that making them takes."""
        while True:
            began = perf_counter()
            one = next(parts, None)
            self.making += perf_counter() - began
            if one is None:
                return
            yield one

    def open(self, folder: Path, data: Path) -> None:
        """As `yinzheng ask` opens it."""
        self.read(data)
        self._library = opening.read(folder)
        self._library.encoder = Clustered(
            documents.clusters(self._sentences), self._seed, encoder.load(settings.ENCODER)
        )
        questions = json.loads((data / documents.QUESTIONS).read_text(encoding="utf-8"))
        self._texts = [question["text"] for question in questions]

    def ask(self, number: int) -> list[int]:
        """The best sentences."""
        return [found.row for found in retrieve(self._library, Question.read(self._texts[number]))[:BEST]]


def write_index(folder: Path, parts: Iterable[tuple[Part, Extract]], model: Encoder) -> None:
    """Write the index of documents that are made already."""
    store = Store(folder)
    with store.writing():
        made_into(store, put(store, parts, model), model)


def put(store: Store, parts: Iterable[tuple[Part, Extract]], model: Encoder) -> list[Entry]:
    """Write the parts of documents that are made already, within `writing`; their entries."""
    entries = []
    for one, extract in parts:
        key = part.key(one.document.sha256, (), (model.name,))
        digest = store.put(key, one.files(extract))
        entries.append(Entry.of(one.document, extract, path="", listed=False, part=key, digest=digest))
    return entries


def made_into(store: Store, entries: Sequence[Entry], model: Encoder, engine: Mapping[str, str] | None = None) -> None:
    """Make these documents the index, within `writing`; on a server, if one is given as the manifest has it."""
    workshop = Workshop(store, model.name)
    workshop.encoder = model
    said = {**store.core(), "engine": engine and dict(engine)}
    workshop.commit(entries, {**opening.expectation(None, model.name), **said})

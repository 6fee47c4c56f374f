"""A made library in stages, each in a process of its own: built in a folder, asked, loaded into Milvus, asked there.

Documents, vectors and questions are those of `bench speed`. What a process needs whatever the size (imports,
dictionaries, models) is had before anything is measured, so that what was measured grows with the library.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from eval.bench.process import Process
from eval.bench.speed import documents, hybrid
from eval.bench.speed.clustered import Clustered
from index import build as building
from index import opening, settings
from index.dense import encoder
from index.milvus import commit as on_milvus
from index.milvus.engine import Milvus
from index.milvus.server import Server
from index.model import model
from index.store import manifest as manifests
from index.store.store import Store
from qa.answering.question import Question
from qa.answering.retrieve import retrieve

if TYPE_CHECKING:
    from index.formats.extract import Extract
    from index.store.part import Part

# A question of a language each, asked before anything is measured.
_FIRST = ("When was the harbour wall built?", "港口的墙是什么时候建成的？")
# Sentences of the library that is made before anything is measured, and of the document that is added at last.
_SMALL = 8


def engine(uri: str) -> dict[str, str]:
    """A Milvus as an index's manifest names it."""
    return {"name": "milvus", "uri": uri}


def is_lite(uri: str) -> bool:
    """Whether a server is milvus-lite, whose speed says nothing of Milvus's; EngineUnavailable where none answers."""
    server = Server(uri)
    return "lite" in str(server.call("get_server_version")).lower()


def build(folder: str, sentences: int, seed: int) -> dict[str, Any]:
    """Write the parts of made documents, and the index of them in its own folder: both without making them."""
    vectors, dim = _vectors(sentences, seed), _dim()
    _warm(vectors)
    store, making = Store(Path(folder)), [0.0, 0.0]

    def made() -> Iterator[tuple[Part, Extract]]:
        parts = documents.made(sentences, seed, vectors, dim)
        while True:
            began, busy = perf_counter(), process_time()
            one = next(parts, None)
            making[0] += perf_counter() - began
            making[1] += process_time() - busy
            if one is None:
                return
            yield one

    with store.writing():
        entries, writing = _measured(lambda: hybrid.put(store, made(), vectors))
        _, merging = _measured(lambda: hybrid.made_into(store, entries, vectors))
    writing["seconds"] -= making[0]
    writing["cpu"] -= making[1]
    listed = len(manifests.to_bytes({"documents": [entry.to_json() for entry in entries]}))
    return {"documents": len(entries), "listed": listed, "writing": writing, "merging": merging}


def load(folder: str, sentences: int, seed: int, uri: str) -> dict[str, Any]:
    """Have the index of a folder on a Milvus from now on: its parts are there already."""
    vectors = _vectors(sentences, seed)
    _warm(vectors, uri)
    store = Store(Path(folder))
    with store.writing():
        _, found = _measured(lambda: hybrid.made_into(store, store.entries(), vectors, engine(uri)))
    return found


def add(folder: str, sentences: int, seed: int, uri: str) -> dict[str, Any]:
    """Add one small document to an index on a Milvus."""
    vectors = _vectors(sentences, seed)
    _warm(vectors, uri)
    store = Store(Path(folder))
    part, extract = next(documents.made(_SMALL, seed + 2, vectors, _dim()))
    part = replace(part, document=replace(part.document, id="one-more"))
    with store.writing():
        entries = [*store.entries(), *hybrid.put(store, [(part, extract)], vectors)]
        _, found = _measured(lambda: hybrid.made_into(store, entries, vectors, engine(uri)))
    return found


def ask(folder: str, sentences: int, seed: int, questions: str, uri: str | None = None) -> dict[str, Any]:
    """Open an index and ask it what stands in a folder of `documents.write_questions`; `cpu` is of one question."""
    vectors = _vectors(sentences, seed, encoder.load(settings.ENCODER))
    _warm(vectors, uri)
    texts = [one["text"] for one in json.loads((Path(questions) / documents.QUESTIONS).read_text(encoding="utf-8"))]
    files, before = _files(), Process.this().memory

    def answer() -> None:
        library = opening.read(Path(folder))
        library.encoder = vectors
        if isinstance(library.engine, Milvus):  # a small server is still busy with what was loaded
            library.engine.collection.server.patience = settings.MILVUS_LOAD
        held.append(library)
        for text in texts:
            _ = retrieve(library, Question.read(text))[: settings.POOL_PARAGRAPHS]

    held: list[Any] = []
    _, found = _measured(answer)
    after = Process.this().memory
    return {
        "cpu": found["cpu"] / max(1, len(texts)),
        "own": max(0, after.own - before.own),
        "file": max(0, after.file - before.file),
        "files": _files() - files,
        "before": before.all,
    }


def forget(folder: Path, uri: str) -> None:
    """Delete what an index has on a Milvus."""
    on_milvus.loader(Store(folder), {"engine": engine(uri)}, building.silent).forget()


def _measured(do: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What something gives; its seconds, the processor's, the bytes that it took at most, and those that were there."""
    this = Process.this()
    before = this.memory
    this.reset()
    began, busy = perf_counter(), process_time()
    found = do()
    spent = {"seconds": perf_counter() - began, "cpu": process_time() - busy}
    return found, {**spent, "peak": max(0, this.peak - before.all), "before": before.all}


def _vectors(sentences: int, seed: int, spoken: encoder.Encoder | None = None) -> Clustered:
    return Clustered(documents.clusters(sentences), seed, spoken)


def _dim() -> int:
    return int(model.load().ask("?").tokens.shape[1])


def _warm(vectors: Clustered, uri: str | None = None) -> None:
    """Have what every process of this sort has, with the client of a server, if it needs one."""
    import faiss  # noqa: F401

    if uri is not None:
        Server(uri).call("list_collections")
    part, _ = next(documents.made(_SMALL, 0, vectors, _dim()))
    small = building.merge([part], vectors)
    for text in _FIRST:
        _ = retrieve(small, Question.read(text))[:1]


def _files() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))

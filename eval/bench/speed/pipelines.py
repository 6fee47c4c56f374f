"""Whole pipelines over the paragraphs of a question set: the same text, the same encoder, all else as each comes.

Each encodes by the default encoder, one text at a time and questions as questions, through its own way of taking in a
custom encoder; how it cuts text into words, joins its two rankings and how many of each it joins are its defaults. The
encoder is loaded as a part of building or, where the index is opened, with the first question.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench.sets.collection import Collection, Query, documents
from eval.bench.sets.pair import Pair, sampled
from eval.bench.sets.read import read
from eval.bench.speed.contestant import BEST, Contestant
from eval.bench.speed.row import OURS
from index import opening, settings
from index.build import Source, Workshop
from index.dense import encoder
from index.formats.extract import Extract
from index.store.part import Name
from index.store.store import Store
from qa.answering.question import Question
from qa.answering.retrieve import retrieve

if TYPE_CHECKING:
    from index.dense.encoder import Encoder
    from index.records import Document

JOB = "set.json"


def write(folder: Path, path: Path, questions: int, seed: int) -> None:
    """Say in an empty folder which set is meant, and how its questions are drawn."""
    (folder / JOB).write_text(json.dumps([str(path.resolve()), questions, seed]), encoding="utf-8")


def asked(folder: Path) -> tuple[Collection, tuple[Query, ...]]:
    """The set of a folder, and those of its answerable questions that are drawn."""
    path, questions, seed = json.loads((folder / JOB).read_text(encoding="utf-8"))
    collection = read(Path(path))
    answerable = tuple(query for query in collection.queries if query.answerable)
    return collection, sampled(Pair(collection, collection, answerable, len(answerable)), questions, seed).asked


class Ours(Contestant):
    """Yinzheng's index on disk, and its fused retrieval: a paragraph ranks by its best sentence."""

    name = OURS
    leg = "pipelines"

    def read(self, data: Path) -> None:
        """The documents."""
        self._documents = documents(asked(data)[0])

    def build(self) -> None:
        """All is done by `save`."""

    def save(self, folder: Path) -> None:
        """Encode and index the documents."""
        store = Store(folder)
        with store.writing():
            workshop = Workshop(store, settings.ENCODER)
            entries = [workshop.entry(_source(document)) for document in self._documents]
            workshop.commit(entries, {**opening.expectation(None, settings.ENCODER), **store.core()})

    def open(self, folder: Path, data: Path) -> None:
        """As `yinzheng ask` opens it."""
        self._library = opening.read(folder)
        self._questions = [query.text for query in asked(data)[1]]

    def ask(self, number: int) -> list[int]:
        """The paragraphs of the best sentences."""
        rows: dict[int, None] = {}
        for candidate in retrieve(self._library, Question.read(self._questions[number])):
            rows[candidate.sentence.paragraph_row] = None
            if len(rows) == BEST:
                break
        return list(rows)


def _source(document: Document) -> Source:
    name = Name(document.id, document.file, document.title, document.sha256)
    return Source(name, "", False, (), lambda: (Extract("txt", document.source), document))


class _Pipeline(Contestant):
    """What they have in common: the texts. None of them is kept, as none of their tutorials does."""

    leg = "pipelines"
    kept = False

    def read(self, data: Path) -> None:
        """The paragraphs and the questions."""
        collection, queries = asked(data)
        self._texts = collection.paragraphs
        self._questions = [query.text for query in queries]
        self._few = min(BEST, len(self._texts))


class LangChain(_Pipeline):
    """LangChain's EnsembleRetriever of its BM25Retriever (rank_bm25, white space) and of FAISS, half and half."""

    name = "LangChain"
    needs = ("langchain_classic", "langchain_community", "faiss", "rank_bm25")

    def __init__(self) -> None:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document
        from langchain_core.embeddings import Embeddings

        class E5(Embeddings):
            def __init__(self) -> None:
                self.model = encoder.load(settings.ENCODER)

            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return [[float(value) for value in row] for row in self.model.passages(texts)]

            def embed_query(self, text: str) -> list[float]:
                return [float(value) for value in self.model.queries([text])[0]]

        self._made: Any = (EnsembleRetriever, BM25Retriever, FAISS, Document, E5)
        self._retriever: Any = None

    def build(self) -> None:
        """Both retrievers, ten each, and the ensemble of them."""
        ensemble, bm25, faiss, document, embeddings = self._made
        documents = [document(page_content=text, metadata={"row": row}) for row, text in enumerate(self._texts)]
        words = bm25.from_documents(documents)
        words.k = BEST
        vectors = faiss.from_documents(documents, embeddings()).as_retriever(search_kwargs={"k": BEST})
        self._retriever = ensemble(retrievers=[words, vectors], weights=[0.5, 0.5])

    def ask(self, number: int) -> list[int]:
        """Its own `invoke`."""
        return [found.metadata["row"] for found in self._retriever.invoke(self._questions[number])][:BEST]


class Txtai(_Pipeline):
    """txtai's Embeddings with `hybrid`, its vectors by an external function, told questions by its instructions."""

    name = "txtai"
    needs = ("txtai",)

    def __init__(self) -> None:
        from txtai import Embeddings

        self._class: Any = Embeddings
        self._index: Any = None

    def build(self) -> None:
        """The index of the texts."""
        model = encoder.load(settings.ENCODER)
        question, passage = "query: ", "passage: "

        def vectors(texts: list[str]) -> Any:
            if texts[0].startswith(question):
                return model.queries([text.removeprefix(question) for text in texts])
            return model.passages([text.removeprefix(passage) for text in texts])

        prompts = {"query": question, "data": passage}
        self._index = self._class(method="external", transform=vectors, hybrid=True, instructions=prompts)
        self._index.index(enumerate(self._texts))

    def ask(self, number: int) -> list[int]:
        """Its own `search`."""
        return [int(row) for row, _ in self._index.search(self._questions[number], BEST)]


class Haystack(_Pipeline):
    """Haystack's pipeline of BM25 and vectors in memory, joined by reciprocal rank fusion, as its tutorial has it."""

    name = "Haystack"
    needs = ("haystack",)

    def __init__(self) -> None:
        import haystack
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        @haystack.component
        class Embedder:
            def __init__(self, model: Encoder) -> None:
                self.model = model

            @haystack.component.output_types(embedding=list[float])
            def run(self, text: str) -> dict[str, list[float]]:
                return {"embedding": [float(value) for value in self.model.queries([text])[0]]}

        self._made: Any = (haystack, InMemoryDocumentStore, Embedder)
        self._parts: Any = (InMemoryBM25Retriever, InMemoryEmbeddingRetriever, DocumentJoiner)
        self._pipeline: Any = None

    def build(self) -> None:
        """The store of the texts with their vectors, and the pipeline."""
        haystack, store_class, embedder = self._made
        bm25, embedding, joiner = self._parts
        model = encoder.load(settings.ENCODER)
        store = store_class()
        store.write_documents(
            [
                haystack.Document(
                    content=text, meta={"row": row}, embedding=[float(x) for x in model.passages([text])[0]]
                )
                for row, text in enumerate(self._texts)
            ]
        )
        pipeline = haystack.Pipeline()
        pipeline.add_component("embedder", embedder(model))
        pipeline.add_component("words", bm25(store))
        pipeline.add_component("vectors", embedding(store))
        pipeline.add_component("joiner", joiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "vectors.query_embedding")
        pipeline.connect("words", "joiner")
        pipeline.connect("vectors", "joiner")
        self._pipeline = pipeline

    def ask(self, number: int) -> list[int]:
        """Its own `run`."""
        text = self._questions[number]
        found = self._pipeline.run({"embedder": {"text": text}, "words": {"query": text}})
        return [document.meta["row"] for document in found["joiner"]["documents"]][:BEST]

"""An index in memory: documents, rows, both legs. Built by `build`, opened here, asked by `qa`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import chunks, encoder, model, settings
from index.corpus import Corpus
from index.dense import Dense
from index.encoder import Encoder
from index.entry import Entry
from index.errors import IndexDamaged, IndexEmpty, IndexStale, NotFound, StoreError
from index.glossary import Glossary, Pair
from index.late import Late
from index.lexical import Lexical
from index.manifest import Manifest
from index.model import Model
from index.part import Part
from index.records import Document, Language, Paragraph
from index.store import Store
from index.tokens import Tokenizer
from index.words import simplified

# The files of what all documents share, beside the vectors'.
TERMS, GLOSSARY = "terms.json", "glossary.json"


class Library:
    """An opened index.

    `rows` are its sentences, `paragraphs` its paragraphs; both legs score them by their places.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        tokenizer: Tokenizer,
        glossary: Glossary,
        terms: tuple[list[list[str]], list[list[str]]],
        dense: Dense,
        encoder_name: str,
        fingerprint: str = "",
    ) -> None:
        self.parts = tuple(parts)
        self.documents = tuple(one.document for one in parts)
        self.tokenizer = tokenizer
        self.glossary = glossary
        self.terms = terms
        self.lexical = Lexical(*terms)
        self.dense = dense
        self.late = Late([one.late for one in parts])
        self.encoder_name = encoder_name
        self.fingerprint = fingerprint
        # Where each document's file was read, by its id, as far as that is known.
        self.originals: dict[str, Path] = {}
        self.rows, self.paragraphs = chunks.rows(self.documents)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the vectors were made with, loaded when a question needs it."""
        return encoder.load(self.encoder_name)

    @cached_property
    def model(self) -> Model:
        """The reading model, loaded when a question needs it."""
        return model.load()

    @cached_property
    def language(self) -> Language:
        """The language that most paragraphs are in."""
        chinese = sum(paragraph.language == "zh" for _, paragraph in self.paragraphs)
        return "zh" if 2 * chinese >= len(self.paragraphs) else "en"

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every term of every sentence, the glossary's included."""
        return frozenset(term for terms in self.terms[0] for term in terms)

    @cached_property
    def chinese(self) -> NDArray[np.bool_]:
        """Which rows stand in a Chinese paragraph, `(rows,)`."""
        return np.array([row.paragraph.language == "zh" for row in self.rows], dtype=bool)

    @cached_property
    def _paragraph_rows(self) -> NDArray[np.int64]:
        return np.array([row.paragraph_row for row in self.rows], dtype=np.int64)

    def legs(
        self, question: str, language: Language, rows: NDArray[np.int64] | None = None
    ) -> dict[str, NDArray[np.float64]]:
        """Each leg's scores of these rows, or of all; the paragraph legs give a row its paragraph's score.

        The late leg looks at the best rows of the others only, where there are many: the rest share its
        least score.
        """
        rows = np.arange(len(self.rows)) if rows is None else rows
        of = self._paragraph_rows
        lexical, lexical_paragraph = self.lexical.scores(self.tokenizer.terms(question))
        question = simplified(question)
        vector = self.encoder.queries([question])[0]
        dense, dense_paragraph = self.dense.scores(vector, language)
        legs = {
            "lexical": lexical[rows],
            "lexical_paragraph": lexical_paragraph[of][rows],
            "dense": dense[rows].astype(np.float64),
            "dense_paragraph": dense_paragraph[of][rows].astype(np.float64),
        }
        if not len(rows):
            return {**legs, "late": np.zeros(0)}
        pool = _pool(list(legs.values()))
        scores = self.late.scores(self.model.ask(question), rows[pool], *self.model.late)
        late = np.full(len(rows), scores.min())
        late[pool] = scores
        return {**legs, "late": late}

    def document(self, id: str) -> Document:
        """The document of that id; NotFound names the ones there are."""
        for document in self.documents:
            if document.id == id:
                return document
        known = ", ".join(document.id for document in self.documents)
        raise NotFound(f"no document {id!r}", f"the index holds {known}")

    def paragraph(self, id: str) -> tuple[Document, Paragraph]:
        """The paragraph of that id, `3.1-P2` or `document:3.1-P2`.

        NotFound where there is none, and where several documents have one and none is named.
        """
        name, _, number = id.rpartition(":")
        found = [
            (document, paragraph)
            for document in self.documents
            if name in ("", document.id) and (paragraph := document.paragraph(number))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(f"{document.id}:{number}" for document, _ in found[:3])
            raise NotFound(f"{len(found)} documents have a paragraph {number}", f"name one, as in {some}")
        raise NotFound(f"no paragraph {id!r}", "run `yinzheng show` for the outline with every id")


def _pool(legs: Sequence[NDArray[np.float64]]) -> NDArray[np.int64]:
    """The places that the late leg looks at: all, or the best of each other leg, in the library's order."""
    if len(legs[0]) <= settings.LATE_ROWS:
        return np.arange(len(legs[0]))
    best = [np.argsort(-leg, kind="stable")[: settings.LATE_ROWS // len(legs)] for leg in legs]
    return np.unique(np.concatenate(best))


def expectation(corpus: Corpus | None, encoder_name: str, removed: Iterable[str] = ()) -> dict[str, Any]:
    """What the manifest of an up-to-date index says of its making; `removed` are documents that it lacks on purpose."""
    return {
        "settings": settings.shape(),
        "encoder": encoder_name,
        "model": model.load().fingerprint,
        "sources": corpus.fingerprint(removed) if corpus else "",
        "code": code(),
    }


def code() -> str:
    """SHA-256 over the code that builds an index, so that a changed rule makes it stale."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def files(library: Library) -> Iterator[tuple[str, bytes]]:
    """The names and contents of the files that keep what all documents of an index share."""
    yield TERMS, _json({"words": library.tokenizer.words, "chunks": library.terms})
    yield GLOSSARY, _json([list(asdict(p).values()) for p in library.glossary.pairs])
    yield from library.dense.files()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read(folder: Path, expected: Callable[[Manifest], dict[str, Any]] | None = None) -> Library:
    """The index in `folder`, all in memory: what becomes of the files later does not touch it.

    Raises IndexMissing, IndexEmpty or IndexDamaged, and IndexStale where the manifest says otherwise than `expected`
    (see `expectation`) makes of it. Where a build replaces the index meanwhile, the new one is read.
    """
    store = Store(folder)
    while True:
        stamp = store.stamp()
        try:
            manifest = store.manifest()
            if expected is not None:
                compare(manifest, expected(manifest), folder)
            return _read(store, manifest)
        except IndexDamaged:
            if store.stamp() == stamp:
                raise


def _read(store: Store, manifest: Manifest) -> Library:
    """The index that a manifest describes."""
    entries = [Entry.from_json(value) for value in manifest["documents"]]
    if not entries:
        raise IndexEmpty(f"the index in {store.folder} holds no document", "run `yinzheng index add PATH`")
    data = store.data(manifest)
    try:
        terms = json.loads(data[TERMS])
        found = Library(
            parts=[Part.read(store.part(entry.part, entry.digest), entry.name) for entry in entries],
            tokenizer=Tokenizer(terms["words"]),
            glossary=Glossary(Pair(*pair) for pair in json.loads(data[GLOSSARY])),
            terms=(terms["chunks"][0], terms["chunks"][1]),
            dense=Dense.read(data),
            encoder_name=manifest["encoder"],
            fingerprint=manifest["fingerprint"],
        )
        rows, paragraphs = len(found.rows), len(found.paragraphs)
        if not (rows, paragraphs) == found.dense.sizes == tuple(map(len, found.terms)):
            raise ValueError("it has sentences, terms and vectors of different numbers")
    except StoreError:
        raise
    except Exception as error:  # of any sort: the files are as they were written, but not by this program
        raise IndexDamaged(f"the index in {store.folder} cannot be read ({error})", store.rebuild) from error
    found.originals = {entry.id: Path(entry.path) for entry in entries}
    return found


def compare(manifest: Manifest, expected: dict[str, Any], folder: Path) -> None:
    """Raise IndexStale, with the reason, where a manifest is not as `expectation` says."""
    for key, reason in _STALE.items():
        if manifest.get(key) != expected[key]:
            raise IndexStale(f"the index in {folder} is stale: {reason}", Store(folder).rebuild)


_STALE = {
    "sources": "the source files have changed since it was built",
    "settings": "it was built with other settings",
    "encoder": "it was built with another encoder",
    "model": "it was built with another reading model",
    "code": "it was built by another version of the program",
}

"""An index in memory: documents, rows, both legs. Built by `build`, opened here, asked by `qa`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import chunks, encoder, model, settings
from index.corpus import Corpus, decode
from index.dense import Dense
from index.encoder import Encoder
from index.errors import IndexDamaged, IndexStale, NotFound
from index.glossary import Glossary, Pair
from index.late import Late
from index.lexical import Lexical
from index.model import Model
from index.records import Document, Language, Paragraph, Section, Span
from index.repair.edits import Edit
from index.store import Store
from index.tokens import Tokenizer
from index.words import simplified


class Library:
    """An opened index.

    `rows` are its sentences, `paragraphs` its paragraphs; both legs score them by their places.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        tokenizer: Tokenizer,
        glossary: Glossary,
        terms: tuple[list[list[str]], list[list[str]]],
        dense: Dense,
        late: Late,
        encoder_name: str,
        fingerprint: str = "",
    ) -> None:
        self.documents = tuple(documents)
        self.tokenizer = tokenizer
        self.glossary = glossary
        self.terms = terms
        self.lexical = Lexical(*terms)
        self.dense = dense
        self.late = late
        self.encoder_name = encoder_name
        self.fingerprint = fingerprint
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

    def legs(self, question: str, language: Language) -> dict[str, NDArray[np.float64]]:
        """Each leg's scores of every row; the paragraph legs give a row its paragraph's score.

        The late leg looks at the best rows of the others only, where there are many: the rest share its
        least score.
        """
        of = np.array([row.paragraph_row for row in self.rows])
        lexical, lexical_paragraph = self.lexical.scores(self.tokenizer.terms(question))
        question = simplified(question)
        vector = self.encoder.queries([question])[0]
        dense, dense_paragraph = self.dense.scores(vector, language)
        legs = {
            "lexical": lexical,
            "lexical_paragraph": lexical_paragraph[of],
            "dense": dense.astype(np.float64),
            "dense_paragraph": dense_paragraph[of].astype(np.float64),
        }
        pool = _pool(list(legs.values()))
        scores = self.late.scores(self.model.ask(question), pool, *self.model.late)
        late = np.full(len(self.rows), scores.min())
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
        """The paragraph of that id (`3.1-P2`, or `document:3.1-P2`); NotFound otherwise."""
        name, _, number = id.rpartition(":")
        for document, paragraph in self.paragraphs:
            if paragraph.id == number and name in ("", document.id):
                return document, paragraph
        raise NotFound(f"no paragraph {id!r}", "run `yinzheng show` for the outline with every id")


def _pool(legs: Sequence[NDArray[np.float64]]) -> NDArray[np.int64]:
    """The rows that the late leg looks at: all, or the best of each other leg, in the library's order."""
    if len(legs[0]) <= settings.LATE_ROWS:
        return np.arange(len(legs[0]))
    best = [np.argsort(-leg, kind="stable")[: settings.LATE_ROWS // len(legs)] for leg in legs]
    return np.unique(np.concatenate(best))


def expectation(corpus: Corpus, encoder_name: str) -> dict[str, Any]:
    """What the manifest of an up-to-date index says of its making."""
    return {
        "settings": settings.shape(),
        "encoder": encoder_name,
        "model": model.load().fingerprint,
        "sources": corpus.fingerprint(),
        "code": _code(),
    }


def _code() -> str:
    """SHA-256 over the code that builds an index, so that a changed rule makes it stale."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def to_json(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Documents without their source text, as plain data."""
    return [
        {
            "id": document.id,
            "file": document.file,
            "title": document.title,
            "language": document.language,
            "sha256": document.sha256,
            "edits": [list(asdict(edit).values()) for edit in document.edits],
            "sections": [
                {
                    "number": section.number,
                    "titles": section.titles,
                    "heading": [section.heading.start, section.heading.end] if section.heading else None,
                    "paragraphs": [
                        {
                            "id": p.id,
                            "language": p.language,
                            "sentences": [[s.start, s.end] for s in p.sentences],
                        }
                        for p in paragraphs
                    ],
                }
                for section, paragraphs in document.sections()
            ],
        }
        for document in documents
    ]


def from_json(entry: dict[str, Any], source: str) -> Document:
    """A document from what `to_json` made of it and its source text."""
    paragraphs = []
    for part in entry["sections"]:
        heading = Span(*part["heading"]) if part["heading"] else None
        section = Section(part["number"], tuple(part["titles"]), heading)
        for item in part["paragraphs"]:
            spans = tuple(Span(*pair) for pair in item["sentences"])
            paragraphs.append(Paragraph(item["id"], section, spans[0].start, spans[-1].end, item["language"], spans))
    return Document(
        id=entry["id"],
        file=entry["file"],
        title=entry["title"],
        language=entry["language"],
        sha256=entry["sha256"],
        source=source,
        edits=tuple(Edit(*edit) for edit in entry["edits"]),
        paragraphs=tuple(paragraphs),
    )


def write(library: Library, folder: Path, corpus: Corpus) -> None:
    """Write everything an index holds into an empty folder."""
    (folder / "sources").mkdir()
    for source in corpus.sources:
        (folder / "sources" / source.file).write_bytes(corpus.read_bytes(source))
    _write_json(folder / "documents.json", to_json(library.documents))
    _write_json(folder / "terms.json", {"words": library.tokenizer.words, "chunks": library.terms})
    _write_json(folder / "glossary.json", [list(asdict(p).values()) for p in library.glossary.pairs])
    library.dense.write(folder)
    library.late.write(folder)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def read(folder: Path, expected: dict[str, Any] | None = None) -> Library:
    """The index in `folder`.

    Raises IndexMissing or IndexDamaged, and IndexStale where `expected` (see `expectation`) is given
    and the manifest says otherwise. A build that replaces the index meanwhile is waited out: the new
    one is then read.
    """
    store = Store(folder)
    manifest = store.manifest()
    while True:
        if expected is not None:
            compare(manifest, expected, folder)
        try:
            return _read(store, manifest)
        except IndexDamaged:
            now = store.manifest()
            if now["fingerprint"] == manifest["fingerprint"]:
                raise
            manifest = now


def _read(store: Store, manifest: dict[str, Any]) -> Library:
    """The index that a manifest describes."""
    data = store.data(manifest)
    try:
        terms = store.read_json(data, "terms.json")
        documents = []
        for entry in store.read_json(data, "documents.json"):
            path = data / "sources" / entry["file"]
            documents.append(from_json(entry, decode(path.read_bytes(), path)))
        return Library(
            documents=documents,
            tokenizer=Tokenizer(terms["words"]),
            glossary=Glossary(Pair(*pair) for pair in store.read_json(data, "glossary.json")),
            terms=(terms["chunks"][0], terms["chunks"][1]),
            dense=Dense.read(data),
            late=Late.read(data),
            encoder_name=manifest["encoder"],
            fingerprint=manifest["fingerprint"],
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexDamaged(f"the index in {store.folder} cannot be read ({error})", store.rebuild) from None


def compare(manifest: dict[str, Any], expected: dict[str, Any], folder: Path) -> None:
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

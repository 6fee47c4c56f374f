"""From documents to an index on disk, with progress: each document's part is made, or kept; then what all share.

The new index is made beside the old one and replaces it at the end, so a source or an encoder that fails
leaves the index as it was. Parts that were finished before a build was killed are used by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np

from index import opening, settings
from index.corpus import Corpus
from index.dense import encoder
from index.dense.encoder import Encoder, Vectors
from index.dense.leg import Dense
from index.dense.nearest import Kind
from index.disk import disk
from index.disk.members import Files
from index.disk.pack import Pack
from index.disk.stored import Stored
from index.documents import Documents
from index.engine.engine import OnServer
from index.errors import IndexDamaged, IndexTooLarge, InputError, SourceError
from index.formats.extract import Extract
from index.formats.file import load
from index.formats.readers import version
from index.formats.sandbox import Sandbox
from index.lexical.terms import Terms
from index.library import Library
from index.machine import memory
from index.milvus import commit as on_milvus
from index.model import model as reading
from index.records import Document
from index.scores.spread import Spread
from index.spelling import learn
from index.store import manifest as manifests
from index.store import part
from index.store.earlier import Earlier
from index.store.entry import Entry
from index.store.kept import Kept
from index.store.manifest import Manifest
from index.store.part import Name, Part, Progress
from index.store.shared import Made
from index.store.store import Store


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is to be made of; `read` gives its text and itself and may raise SourceError.

    `errata` stands for whatever else the document hangs on, beside its file.
    """

    name: Name
    path: str
    listed: bool
    errata: tuple[object, ...]
    read: Callable[[], tuple[Extract, Document]]


class Workshop:
    """Makes the parts of one index, with one encoder, and puts them together."""

    def __init__(self, store: Store, encoder_name: str, progress: Progress = silent, *, thorough: bool = True) -> None:
        """Thorough, it reads every part that is kept, and makes those anew that are damaged."""
        self.store, self._thorough = store, thorough
        self.encoder_name = encoder_name
        self.progress = progress
        self._known = self._kept()

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded when the first text is encoded."""
        return encoder.for_many(self.encoder_name)

    @cached_property
    def _earlier(self) -> Earlier:
        return Earlier(self.store, self._known.values(), self.encoder, reading.load())

    @cached_property
    def _made_by(self) -> tuple[str, ...]:
        return (opening.code(), self.encoder_name, reading.load().fingerprint)

    def _kept(self) -> dict[str, Entry]:
        """The entries of the index as it is, by their ids."""
        return {entry.id: entry for entry in self.store.entries()}

    def entry(self, source: Source) -> Entry:
        """The entry of a source, whose part is made unless there is one already."""
        key = part.key(source.name.sha256, source.errata, self._made_by)
        known = self._known.get(source.name.id)
        files = self._whole(key, known.digest if known and known.part == key else None)
        if files and known and (known.part, known.name, known.path) == (key, source.name, source.path):
            return known
        if files:
            extract, document, digest = part.read_extract(files), part.read_document(files, source.name), files.digest
        else:
            extract, document = source.read()
            made = Part.make(document, self.encoder, reading.load(), self.progress, self._earlier)
            digest = self.store.put(key, made.files(extract))
        return Entry.of(document, extract, path=source.path, listed=source.listed, part=key, digest=digest)

    def _whole(self, key: str, digest: str | None) -> Pack | None:
        """A part that is there already, as it was written."""
        try:
            files = self.store.part(key, digest)
            if self._thorough:
                files.check()
        except IndexDamaged:
            return None
        return files

    def commit(self, entries: Sequence[Entry], core: dict[str, Any]) -> Manifest:
        """Make these documents the index, and return its manifest."""
        kinds: Sequence[str] = ()
        files: Files = ()
        before, engine, loaded = self.store.said.get("engine"), core.get("engine"), None
        documents = [entry.to_json() for entry in entries]
        manifests.fit({"documents": documents})
        if entries:
            disk.room_for(len(entries))
            if engine:
                loaded = on_milvus.make(self.store, core, entries, self.encoder, self.progress)
                kinds, files, engine = loaded.kinds, loaded.files(), loaded.engine
            else:
                parts = [Kept(self.store.part(one.part, one.digest), one) for one in entries]
                made = merged(parts, self.encoder, self.progress, core.get("vectors"))
                kinds, files = made.dense.kinds, made.files()
            self.progress("writing", 0, 1)
        elif engine:
            engine = {key: value for key, value in engine.items() if key != "collection"}
        core = {**core, "dim": self.encoder.dim, "kinds": [*kinds], "engine": engine, "documents": documents}
        manifest = self.store.commit(files, core)
        self.progress("writing", 1, 1)
        if loaded:
            loaded.settle()
        if before and (not loaded or before["uri"] != loaded.engine["uri"]):
            on_milvus.loader(self.store, {"engine": before}, self.progress).forget()
        return manifest


def build(
    corpus: Corpus | None,
    folder: Path,
    encoder_name: str = settings.ENCODER,
    progress: Progress = silent,
    vectors: str | None = None,
    engine: Mapping[str, str] | None = None,
) -> Manifest:
    """Build the index of `corpus`, if any, and of what was added to it, in `folder`, and return its manifest.

    `vectors` is how the nearest are found from now on, by their number if it is "auto"; `engine` is where they lie, a
    server as the manifest has it, or nothing for this folder; None for as before. Raises SourceError, EncoderError,
    IndexTooLarge, EngineUnavailable or IndexUnwritable; the old index is then untouched.
    """
    store = Store(folder, lambda line: progress(line, 0, 1))
    with store.writing(), Sandbox() as sandbox:
        kept = store.core()
        if engine is not None and engine.get("uri") != (kept["engine"] or {}).get("uri"):
            kept |= {"engine": dict(engine) or None, "vectors": None}
        if vectors is not None:
            kept["vectors"] = None if vectors == "auto" else vectors
        ready(store, kept, progress)
        workshop = Workshop(store, encoder_name, progress)
        sources = [*listed(corpus, kept["removed"]), *added(store, sandbox)]
        entries = []
        for number, source in enumerate(sources):
            progress("reading", number, len(sources))
            entries.append(workshop.entry(source))
        progress("reading", len(entries), len(entries))
        expected = opening.expectation(corpus, encoder_name, kept["removed"])
        place = str(corpus.folder.resolve()) if corpus else None
        return workshop.commit(entries, {**expected, **kept, "folder": place})


def ready(store: Store, core: Mapping[str, Any], progress: Progress) -> None:
    """Raise EngineUnavailable or InputError now, before anything is read or encoded, where it could not be kept."""
    kinds = get_args(OnServer) if core["engine"] else get_args(Kind)
    if core["vectors"] not in (None, *kinds):
        raise InputError(
            f"vectors cannot be found by {core['vectors']!r} {'on Milvus' if core['engine'] else 'in a folder'}",
            f"expected auto, {', '.join(kinds)}",
        )
    if core["engine"]:
        on_milvus.loader(store, core, progress).answers()


def listed(corpus: Corpus | None, removed: Iterable[str] = ()) -> list[Source]:
    """The sources of a corpus, but for those that were removed; SourceError where a file is not what is listed."""
    without = frozenset(removed)
    if corpus is None:
        return []
    for source in corpus.sources:
        if source.id not in without:
            corpus.read(source)
    return [
        Source(
            name=Name(source.id, source.file, source.title, source.sha256),
            path=str(corpus.folder.resolve() / source.file),
            listed=True,
            errata=(source.language, *corpus.errata(source)),
            read=lambda source=source: (corpus.extract(source), corpus.document(source)),  # type: ignore[misc]
        )
        for source in corpus.sources
        if source.id not in without
    ]


def added(store: Store, sandbox: Sandbox) -> list[Source]:
    """The documents that were added by hand to an index.

    They are read from their files, and where those are gone or have changed, from the texts that the index keeps.
    """

    def read(entry: Entry) -> tuple[Extract, Document]:
        try:
            extract = _anew(entry, sandbox) or part.read_extract(store.part(entry.part, entry.digest))
        except (IndexDamaged, ValueError, KeyError) as error:
            raise IndexDamaged(
                f"the text of {entry.file} cannot be read from {store.folder} ({error})",
                f"run `yinzheng index remove {entry.id}` and add it again",
            ) from None
        return extract, part.document(entry.name, extract)

    return [
        Source(entry.name, entry.path, False, version(entry.format), lambda entry=entry: read(entry))  # type: ignore[misc]
        for entry in store.entries()
        if not entry.listed
    ]


def _anew(entry: Entry, sandbox: Sandbox) -> Extract | None:
    """The text of a document's file; None unless it is the file that was added."""
    try:
        loaded = load(Path(entry.path))
        return sandbox.read(loaded.data, entry.format) if loaded.sha256 == entry.sha256 else None
    except SourceError:
        return None


def make(documents: Sequence[Document], model: Encoder, progress: Progress = silent) -> Library:
    """The index of these documents, in memory."""
    return merge([Part.make(one, model, reading.load(), progress) for one in documents], model, progress)


def merge(parts: Sequence[Part | Kept], model: Encoder, progress: Progress = silent, fingerprint: str = "") -> Library:
    """The library of these parts, which are not none."""
    made = Library(parts, merged(parts, model, progress), model.name, fingerprint)
    made.encoder = model
    return made


def merged(
    parts: Sequence[Part | Kept], model: Encoder, progress: Progress = silent, vectors: Kind | None = None
) -> Made:
    """What the documents of these parts, which are not none, share; IndexTooLarge where memory is too small for it."""
    _fit(sum(sum(one.size) for one in parts), model.dim)
    progress("terms", 0, 1)
    documents = Documents(parts)
    spelling, own = learn(documents)
    sentences, paragraphs = documents.rows, documents.paragraphs
    row_languages = [row.paragraph.language for row in sentences]
    paragraph_languages = [paragraph.language for _, paragraph in paragraphs]
    terms = Terms.build(
        map(spelling.sentence, sentences),
        (spelling.paragraph(*pair, words) for pair, words in zip(paragraphs, own, strict=True)),
    )
    of = np.array([row.paragraph_row for row in sentences], np.int32)
    spread = Spread(of, np.array([language == "zh" for language in row_languages]))
    progress("terms", 1, 1)
    dense = Dense.build(
        model,
        (_together([one.sentences for one in parts]), row_languages),
        (_together([one.paragraphs for one in parts]), paragraph_languages),
        np.diff(spread.firsts),
        vectors,
    )
    return Made(spelling.tokenizer, spelling.glossary, terms, dense, spread)


def _fit(rows: int, dim: int) -> None:
    """Raise IndexTooLarge where so many vectors cannot be held as they are and centred, with their codes."""
    needed, room = rows * dim * (4 + 4 + 2), memory.available()
    if room is not None and needed > room:
        raise IndexTooLarge(
            f"to build this index takes {memory.said(needed)} of memory, {memory.said(room)} are free",
            "close what else is running, or make indexes of fewer documents; what was encoded is kept",
        )


def _together(vectors: Sequence[Stored]) -> Vectors:
    """All these rows in one array of their own."""
    found = np.empty((sum(map(len, vectors)), np.asarray(vectors[0][:1]).shape[1]), np.float32)
    at = 0
    for rows in vectors:
        found[at : at + len(rows)] = rows[0 : len(rows)]
        at += len(rows)
    return found

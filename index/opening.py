"""From a folder to an opened index, and whether it is what would be built today."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from index import settings
from index.corpus import Corpus
from index.disk import disk
from index.errors import IndexDamaged, IndexEmpty, IndexStale, IndexTooLarge
from index.library import Library
from index.machine import memory
from index.milvus import commit as on_milvus
from index.milvus.shelved import Shelved
from index.milvus.state import ReadState
from index.model import model
from index.store.entry import Entry
from index.store.kept import Kept
from index.store.manifest import Manifest
from index.store.shared import Read
from index.store.store import Store


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


def read(folder: Path, expected: Callable[[Manifest], dict[str, Any]] | None = None) -> Library:
    """The index in `folder`, whose files stay open: a build that replaces it does not touch what was opened.

    A small one (`settings.HELD_BYTES`) is read and checked as a whole and kept in memory; of a larger one, what a
    question needs is read when it is asked, and IndexDamaged comes then. Raises IndexMissing, IndexEmpty or
    IndexDamaged, and IndexStale where the manifest says otherwise than `expected` (see `expectation`) makes of it.
    Where a build replaces the index meanwhile, the new one is read.
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
    disk.room_for(len(entries) + len(manifest["files"]))
    parts = [Kept(store.part(entry.part, entry.digest), entry) for entry in entries]
    data = store.data(manifest)
    size = (sum(entry.sentences for entry in entries), sum(entry.paragraphs for entry in entries))

    def damaged(why: str) -> IndexDamaged:
        return IndexDamaged(f"the index in {store.folder} cannot be read ({why})", store.rebuild)

    shared: Read | ReadState
    if manifest.get("engine"):
        shared = on_milvus.read(store, manifest, Shelved(parts, [entry.part for entry in entries]), damaged)
    else:
        shared = Read(data, size, damaged)
    room = memory.available()
    if room is not None and shared.engine.memory > room:
        raise IndexTooLarge(
            f"the index in {store.folder} takes {memory.said(shared.engine.memory)} of memory, "
            f"{memory.said(room)} are free",
            "close what else is running, or search it on a machine with more memory",
        )
    found = Library(parts, shared, manifest["encoder"], manifest["fingerprint"])
    found.originals = {entry.id: Path(entry.path) for entry in entries}
    if data.size + sum(part.files.size for part in parts) <= settings.HELD_BYTES:
        data.hold()
        shared.look()
        for number, part in enumerate(parts):
            part.hold()
            found.documents.at(number)
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

"""An index on Milvus, made of its documents' parts: what its folder keeps, and what its manifest says of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from index.dense.encoder import Encoder
from index.disk import disk
from index.disk.members import Files
from index.engine.engine import OnServer
from index.errors import IndexDamaged, SourceError, StoreError
from index.milvus.collection import Collection
from index.milvus.load import Loader
from index.milvus.sending import Progress
from index.milvus.server import Server
from index.milvus.shelved import Shelved
from index.milvus.state import ReadState, State
from index.store.entry import Entry
from index.store.kept import Kept
from index.store.manifest import Manifest
from index.store.store import Store

DEFAULT: OnServer = "hnsw"


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What was made: what the folder keeps, how vectors are found, what the manifest says. `settle` comes after it."""

    state: State
    kind: OnServer
    engine: dict[str, Any]
    loader: Loader
    before: str
    gone: frozenset[str]

    @property
    def kinds(self) -> tuple[str, str]:
        """How the nearest sentences and paragraphs are found."""
        return self.kind, self.kind

    def files(self) -> Files:
        """The names and contents of the files that the folder keeps."""
        return self.state.files()

    def settle(self) -> None:
        """Delete what no index needs any more."""
        self.loader.settle(self.engine["collection"], self.before, self.gone)


def loader(store: Store, core: Mapping[str, Any], progress: Progress) -> Loader:
    """What loads the documents of an index whose manifest's core says so."""
    return Loader(store.folder, core["engine"]["uri"], core.get("vectors") or DEFAULT, store.rebuild, progress)


def make(store: Store, core: Mapping[str, Any], entries: Sequence[Entry], encoder: Encoder, progress: Progress) -> Made:
    """Load these documents, which are not none; only what changed, where that can be."""
    said, kind = core["engine"], core.get("vectors") or DEFAULT
    disk.room_for(len(entries) + len(store.entries()))
    now, own = shelved(store, entries), loader(store, core, progress)
    earlier = _earlier(store, core, kind, now)
    state = own.changed(*earlier, now) if earlier else None
    live = (store.said.get("engine") or {}).get("collection", "")
    name, texts = live, {entry.sha256 for entry in entries}
    gone = frozenset(one.part for one in store.entries() if one.part not in now.keys)
    if state is None:
        state, name = own.whole(now, encoder, live)
        # what is the same text, of which rows are made otherwise now, stays for whoever reads the collection before
        gone = frozenset(one.part for one in store.entries() if one.sha256 not in texts)
    return Made(state, kind, {**said, "collection": name}, own, live, gone)


def read(store: Store, manifest: Manifest, documents: Shelved, damaged: Callable[[str], IndexDamaged]) -> ReadState:
    """What the folder keeps of an index on Milvus, whose documents these are."""
    said, kind = manifest["engine"], manifest["kinds"][0]
    if kind not in get_args(OnServer):
        raise damaged(f"its vectors are of the kind {kind!r}")
    collection = Collection(Server(said["uri"]), said["collection"], store.rebuild)
    return ReadState(store.data(manifest), damaged, documents, collection, kind)


def shelved(store: Store, entries: Sequence[Entry], opened: Shelved | None = None) -> Shelved:
    """The parts of these documents, each open once: those that are `opened` are taken from there.

    SourceError where two are the same, which rows could not be told apart by.
    """
    known: dict[str, Entry] = {}
    for entry in entries:
        if entry.part in known:
            raise SourceError(f"{entry.file} is the same as {known[entry.part].file}", "remove one of them")
        known[entry.part] = entry
    there = dict(zip(opened.keys, opened.parts, strict=True)) if opened else {}
    parts = [there.get(one.part) or Kept(store.part(one.part, one.digest), one) for one in entries]
    return Shelved(parts, list(known))


def _earlier(store: Store, core: Mapping[str, Any], kind: OnServer, now: Shelved) -> tuple[State, str, Shelved] | None:
    """The state of the index as it is, its collection and its documents; None where it is of another make."""
    try:
        manifest = store.manifest()
        said = manifest.get("engine") or {}
        same = all(manifest.get(key) == core[key] for key in ("settings", "encoder", "code", "model"))
        if not same or said.get("uri") != core["engine"]["uri"] or manifest.get("kinds") != [kind, kind]:
            return None
        entries = store.entries()
        disk.room_for(len({entry.part for entry in entries} - set(now.keys)))
        before = shelved(store, entries, now)
        found = read(store, manifest, before, IndexDamaged)
        return found.state, str(said["collection"]), before
    except (StoreError, KeyError):
        return None

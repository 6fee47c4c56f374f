"""Documents into a collection: all of them, or those that came and went since.

Whoever reads sees the index as it was until its manifest is replaced, since rows are known by the keys of their parts.
A load that is killed is gone on with by the next: which parts have been sent stands in a file of the index's folder.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.centres import Centres
from index.dense.encoder import Encoder
from index.disk import disk
from index.documents import Documents
from index.engine.engine import OnServer
from index.errors import EngineUnavailable, IndexDamaged, IndexStale
from index.lexical.bags import TermIds
from index.milvus.collection import Collection
from index.milvus.frame import Frame
from index.milvus.rows import EMPTY
from index.milvus.sending import Progress, Removed, Sending, nothing
from index.milvus.server import Server
from index.milvus.shelved import Shelved
from index.milvus.state import State
from index.milvus.statistics import Counts, Statistics
from index.milvus.texts import Texts
from index.scores.spread import Spread
from index.spelling import Own, learn
from index.store.store import DRAFTS

# The id of an index among all that use a server, and what was sent of a collection that is not whole yet.
ID, SENT = "milvus.id", "milvus.sent-"


class Loader:
    """Loads the documents of one index, in `folder`, into collections of a server; `rebuild` is its command.

    EngineUnavailable where the server does not answer for `settings.MILVUS_LOAD` seconds; what was sent is not lost.
    """

    def __init__(
        self,
        folder: Path,
        uri: str,
        kind: OnServer = "hnsw",
        rebuild: str = "",
        progress: Progress = lambda *told: None,
    ) -> None:
        self._folder, self._kind, self._rebuild, self._progress = folder, kind, rebuild, progress
        self._server = Server(uri, settings.MILVUS_LOAD)

    def answers(self) -> None:
        """EngineUnavailable, soon, where the server does not answer: before anything is made for it."""
        with self._server.patient(settings.MILVUS_FIRST):
            self._server.call("list_collections")

    def whole(self, shelved: Shelved, encoder: Encoder, live: str = "") -> tuple[State, str]:
        """All of these documents, which are not none, in a collection of their own: the state, and its name.

        Never in the one of the name `live`, which is that of the index as it is: whoever reads it is not disturbed.
        """
        self._progress("terms", 0, 1)
        documents = Documents(shelved.parts)
        spelling, own = learn(documents)
        numbers = TermIds(free=EMPTY + 1)
        texts = Texts.of(documents, spelling, own, numbers)
        self._progress("terms", 1, 1)
        vectors = shelved.vectors(encoder.dim)
        pairs = list(zip(vectors, texts.chinese, strict=True))
        lengths = [int(np.maximum(np.diff(bags.starts), 1).sum()) / max(len(bags), 1) for bags in texts.bags]
        frame = Frame.of(
            spelling, encoder.name, (lengths[0], lengths[1]), Centres.of(encoder, *pairs), len(texts.paragraph_of)
        )
        name = f"{self._prefix}{frame.digest}_{self._kind.replace('-', '_')}"
        collection = self._collection(f"{name}_again" if name == live else name)
        sent = self._begun(collection, frame, sum(map(len, vectors)))
        send = Sending(collection, frame, texts, vectors, shelved)
        counts, moments = (Counts(), Counts()), nothing(frame.dim)
        path = self._sent(collection)

        def write(keys: Iterable[str]) -> None:
            disk.append(path, "".join(f"{key}\n" for key in keys).encode())

        moments = send.all(counts, moments, sent, write, self._progress)
        collection.settle()
        if collection.count() < send.rows:  # what was sent was lost after all
            send.all((Counts(), Counts()), moments, frozenset(), write, self._progress)
        self._complete(collection, send.rows, shelved.keys)
        collection.warm(frame.dim, self._kind, send.rows)
        spread = Spread(texts.paragraph_of, texts.chinese[0])
        return State(spelling, frame, Statistics.of(numbers, counts), moments, spread), collection.name

    def changed(self, state: State, name: str, before: Shelved, now: Shelved) -> State | None:
        """The collection of that name, which has the documents before, brought up to those now: its state.

        None where all is to be loaded anew: the collection is not as it was, or too much has come or gone. Nothing is
        taken out yet, see `settle`.
        """
        new, gone = now.only(set(now.keys) - set(before.keys)), before.only(set(before.keys) - set(now.keys))
        moved = int(new.firsts[-1, 0] + gone.firsts[-1, 0])
        frame, collection = replace(state.frame, changed=state.frame.changed + moved), self._collection(name)
        if frame.worn or not now.keys:
            return None
        try:
            collection.check(frame.stamp, sum(state.spread.sizes))
            removed = Removed(state, before, gone, collection)
        except (IndexDamaged, IndexStale):
            return None
        spelling, statistics = state.spelling, state.statistics
        counts = (statistics.counts[0].copy(), statistics.counts[1].copy())
        numbers = TermIds(
            dict(zip(statistics.vocabulary, statistics.dims.tolist(), strict=True)), len(statistics.counts[0].df)
        )
        moments, texts = state.moments, None
        if new.keys:
            documents = Documents(new.parts)
            own = Own(map(spelling.own, documents.paragraphs))
            spelling = spelling.seeing([*statistics.vocabulary, *own.seen])
            texts = Texts.of(documents, spelling, own, numbers)
            send = Sending(collection, frame, texts, new.vectors(frame.dim), new)
            moments = send.all(counts, moments, frozenset(), lambda keys: None, self._progress)
            collection.settle()
        self._complete(collection, int(before.firsts[-1].sum() + new.firsts[-1].sum()), {*before.keys, *new.keys})
        moments = removed.taken(counts, moments)
        known = Statistics.of(numbers, counts)
        if gone.keys:
            spelling = spelling.within(known.vocabulary)
        return State(spelling, frame, known, moments, _joined_spread(state.spread, before, texts, new, now))

    def settle(self, name: str, before: str, gone: Iterable[str]) -> None:
        """Once the manifest says so, delete what no index needs, as far as the server answers.

        The collection before this one stays until there is a next, for whoever has it open, without the parts that are
        gone.
        """
        for path in self._folder.glob(f"{SENT}*"):
            disk.remove(path)
        with self._afterwards():
            for one in self._collection("").others(self._prefix):
                if one.name == before:
                    one.delete(gone)
                elif one.name != name:
                    one.drop()

    def forget(self) -> None:
        """Delete all collections of this index, as far as the server answers: it is on another engine now."""
        with self._afterwards():
            for one in self._collection("").others(self._prefix):
                one.drop()

    @contextmanager
    def _afterwards(self) -> Iterator[None]:
        """The index is as it should be by now: a server that does not answer is said and no error."""
        try:
            with self._server.patient(settings.MILVUS_QUESTION):
                yield
        except EngineUnavailable as error:
            self._progress(
                f"{error}: what is gone is deleted there by the next change, or `yinzheng index build`", 0, 1
            )

    def _begun(self, collection: Collection, frame: Frame, rows: int) -> frozenset[str]:
        """The keys of the parts that were sent to a new collection, before a load was killed; it is made if need be."""
        try:
            collection.check(frame.stamp, 0)
        except (IndexDamaged, IndexStale):
            if collection.exists():
                collection.drop()
            disk.remove(self._sent(collection))
            collection.create(frame.dim, self._kind, rows, frame.stamp)
            return frozenset()
        try:
            return frozenset(self._sent(collection).read_text(encoding="ascii").split("\n")[:-1])
        except (OSError, ValueError):
            return frozenset()

    def _complete(self, collection: Collection, rows: int, keys: Iterable[str]) -> None:
        """Make sure that there are so many rows, which are those of these parts."""
        self._progress("checking", 0, 1)
        count = collection.count()
        if count > rows:
            collection.sweep(set(keys))
            count = collection.count()
        if count != rows:
            raise EngineUnavailable(
                f"the collection {collection.name} of {self._server.uri} has {count} rows, expected {rows}",
                "look at the server's log, and run the command again",
            )
        self._progress("checking", 1, 1)

    @property
    def _prefix(self) -> str:
        return f"yinzheng_{index_id(self._folder)}_"

    def _collection(self, name: str) -> Collection:
        return Collection(self._server, name, self._rebuild, strong=True)

    def _sent(self, collection: Collection) -> Path:
        return self._folder / f"{SENT}{collection.name}"


def _joined_spread(spread: Spread, before: Shelved, texts: Texts | None, new: Shelved, now: Shelved) -> Spread:
    """How the sentences of the documents now are spread, of which some were there before and some are new."""
    known: dict[str, tuple[NDArray[Any], NDArray[np.bool_]]] = {}
    sources = [(before, spread.paragraph_of, spread.chinese)]
    if texts is not None:
        sources.append((new, texts.paragraph_of.astype(np.int64), texts.chinese[0]))
    for shelved, of, chinese in sources:
        firsts = shelved.firsts
        for number, key in enumerate(shelved.keys):
            low, high = firsts[number, 0], firsts[number + 1, 0]
            known[key] = of[low:high] - firsts[number, 1], chinese[low:high]
    firsts = now.firsts
    of = np.concatenate([known[key][0] + firsts[number, 1] for number, key in enumerate(now.keys)])
    return Spread(of.astype(np.int32), np.concatenate([known[key][1] for key in now.keys]))


def index_id(folder: Path) -> str:
    """8 hexadecimal digits that tell an index from all others, drawn when it is first loaded."""
    path = folder / ID
    try:
        found = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        found = ""
    if not (len(found) == 8 and set(found) <= set("0123456789abcdef")):
        found = secrets.token_hex(4)
        draft = folder / f"{DRAFTS}id"
        disk.remove(draft)
        disk.write(draft, [found.encode()])
        disk.rename(draft, path)
        disk.settle(folder)
    return found

"""The documents of an index as their files are now, read anew, for quotes to be held against."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from index.corpus import Corpus
from index.errors import NotFound, SourceError
from index.formats import kinds
from index.formats.file import load, shown
from index.formats.sandbox import Sandbox
from index.records import Document
from index.store import part
from index.store.entry import Entry
from index.store.part import Name


class Originals:
    """Those that a corpus lists, if any, and those that were added by hand, by their entries."""

    def __init__(self, corpus: Corpus | None, entries: Iterable[Entry] = (), sandbox: Sandbox | None = None) -> None:
        self._corpus = corpus
        self._added = {entry.id: entry for entry in entries if not entry.listed}
        self._sandbox = sandbox or Sandbox()

    def document(self, id: str) -> Document:
        """The document, read from its file; SourceError where that cannot be, NotFound for an unknown one."""
        entry = self._added.get(id)
        if entry is not None:
            try:
                loaded = load(Path(entry.path))
                same = loaded.sha256 == entry.sha256
                extract = self._sandbox.read(loaded.data, entry.format if same else kinds.kind(entry.file, loaded.data))
            except SourceError as error:
                raise SourceError(f"{shown(entry.path)} {error}") from None
            return part.document(Name(id, entry.file, entry.title, loaded.sha256), extract)
        if self._corpus is None:
            raise NotFound(f"no document {id!r}", "run `yinzheng index info` for the list")
        return self._corpus.document(self._corpus.source(id))

    def plain(self, id: str) -> tuple[str, bytes] | None:
        """File name and bytes of a text file that `sources.toml` lists, whatever its hash; None for any other."""
        if id in self._added or self._corpus is None:
            return None
        try:
            source = self._corpus.source(id)
            return source.file, self._corpus.read_bytes(source)
        except (NotFound, SourceError):
            return None

    def close(self) -> None:
        """End the process that reads files."""
        self._sandbox.close()

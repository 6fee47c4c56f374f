"""An index that grows and shrinks: files are added, updated and removed, and one bad file never stops the rest.

Only what changed is read and encoded anew, told by the files' SHA-256; what all documents share is made again.
Who calls it prints the report.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import regex

from index import build, opening, settings
from index.build import Source, Workshop, silent
from index.corpus import Corpus
from index.errors import NotFound, SourceError
from index.formats import kinds
from index.formats.extract import Extract
from index.formats.file import Skipped, load, shown, walk
from index.formats.readers import version
from index.formats.sandbox import Sandbox
from index.records import Document
from index.store import part
from index.store.entry import Entry
from index.store.part import Name, Progress
from index.store.store import Store

What = Literal["added", "updated", "unchanged", "removed", "gone", "failed"]

# The characters of an id, which people type.
ID_CHARACTERS = 48


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: `file` is its name as it can be shown, `id` the document's, `why` the reason."""

    what: What
    file: str
    id: str = ""
    why: str = ""
    entry: Entry | None = None


@dataclass(slots=True)
class Report:
    """What became of every file, in order; `passed_over` counts files of folders that are of other kinds."""

    outcomes: list[Outcome] = field(default_factory=list)
    passed_over: int = 0
    manifest: dict[str, Any] = field(default_factory=dict)

    def of(self, *what: What) -> list[Outcome]:
        """Those of these sorts."""
        return [outcome for outcome in self.outcomes if outcome.what in what]


class Shelf:
    """The documents of the index in `folder`; `corpus` are those that `sources.toml` lists, if any."""

    def __init__(
        self,
        folder: Path,
        corpus: Corpus | None,
        encoder_name: str = settings.ENCODER,
        progress: Progress = silent,
        sandbox: Sandbox | None = None,
        engine: Mapping[str, str] | None = None,
    ) -> None:
        """`engine` is the server of a new index, as the manifest has it; None for its own folder."""
        self._engine = engine
        self._store = Store(folder, lambda line: progress(line, 0, 1))
        self._corpus = corpus
        self._encoder_name = encoder_name
        self._progress = progress
        self._sandbox = sandbox

    def add(self, paths: Sequence[Path]) -> Report:
        """Add files, folders and globs; a file that is there already is brought up to date.

        A folder is remembered, so that `update` finds what is new in it.
        """

        def change(shelf: _Change) -> None:
            files: list[Path] = []
            for found in walk(paths):
                if not isinstance(found, Skipped):
                    files.append(found.path)
                elif found.reason:
                    shelf.report.outcomes.append(Outcome("failed", found.name, why=found.reason))
                else:
                    shelf.report.passed_over += 1
            shelf.take(files)
            roots = [str(path.resolve()) for path in paths if os.path.isdir(path)]
            shelf.core["roots"] = list(dict.fromkeys([*shelf.core["roots"], *roots]))
            known = {_path_digest(file.absolute()) for file in files}
            shelf.core["left_out"] = [digest for digest in shelf.core["left_out"] if digest not in known]

        return self._change(change)

    def update(self, *, prune: bool = False) -> Report:
        """Read again what changed, and what is new in the folders that were added.

        A file that is gone keeps its document, unless `prune`.
        """

        def change(shelf: _Change) -> None:
            files = []
            for entry in shelf.added():
                if os.path.exists(entry.path):
                    files.append(Path(entry.path))
                else:
                    if prune:
                        shelf.drop(entry)
                    shelf.report.outcomes.append(
                        Outcome("removed" if prune else "gone", entry.file, entry.id, f"{shown(entry.path)} is gone")
                    )
            known = {str(path) for path in files}
            for found in walk([Path(root) for root in shelf.core["roots"]]):
                if isinstance(found, Skipped):
                    shelf.report.passed_over += not found.reason
                    if found.reason:
                        shelf.report.outcomes.append(Outcome("failed", found.name, why=found.reason))
                elif str(found.path) not in known and _path_digest(found.path) not in shelf.core["left_out"]:
                    files.append(found.path)
            shelf.take(files)
            # that a file is the same as another was said when it was added
            said = (replace(one, why="") if one.what == "unchanged" else one for one in shelf.report.outcomes)
            shelf.report.outcomes = list(said)

        return self._change(change)

    def remove(self, names: Sequence[str]) -> Report:
        """Remove documents by id, file name or path; NotFound, and nothing is removed, where one is unknown."""

        def change(shelf: _Change) -> None:
            for name in dict.fromkeys(names):
                for entry in shelf.named(name):
                    shelf.drop(entry)
                    if entry.listed:
                        shelf.core["removed"].append(entry.id)
                    elif any(Path(entry.path).is_relative_to(root) for root in shelf.core["roots"]):
                        shelf.core["left_out"].append(_path_digest(Path(entry.path)))
                    shelf.report.outcomes.append(Outcome("removed", entry.file, entry.id))

        return self._change(change)

    def _change(self, change: Callable[[_Change], None]) -> Report:
        """Make a change, and the index with it, in one step."""
        with self._store.writing(), self._sandbox or Sandbox() as sandbox:
            shelf = _Change(self._store, self._corpus, self._encoder_name, self._progress, sandbox, self._engine)
            before = (shelf.core | {}, self._store.entries())
            change(shelf)
            expected = opening.expectation(self._corpus, self._encoder_name, shelf.core["removed"])
            place = str(self._corpus.folder.resolve()) if self._corpus else None
            core = {**expected, **shelf.core, "folder": place}
            if self._is_current(core, shelf.entries, before):
                shelf.report.manifest = self._store.manifest()
            else:
                shelf.report.manifest = shelf.workshop.commit(shelf.entries, core)
        return shelf.report

    def _is_current(
        self, core: dict[str, Any], entries: list[Entry], before: tuple[dict[str, Any], list[Entry]]
    ) -> bool:
        """Whether the index on disk says the same already."""
        from index.errors import StoreError

        if entries != before[1]:
            return False
        try:
            manifest = self._store.manifest()
        except StoreError:
            return False
        return all(manifest.get(key) == value for key, value in core.items())


class _Change:
    """The documents of an index while they are changed."""

    def __init__(
        self,
        store: Store,
        corpus: Corpus | None,
        encoder_name: str,
        progress: Progress,
        sandbox: Sandbox,
        engine: Mapping[str, str] | None,
    ) -> None:
        self.report = Report()
        self.core = {key: list(value) if isinstance(value, list) else value for key, value in store.core().items()}
        if engine is not None and not store.said:
            self.core["engine"] = dict(engine) or None
        build.ready(store, self.core, progress)
        # of a library that does not fit here, all that is kept is not read for each document that comes
        self.workshop = Workshop(store, encoder_name, progress, thorough=not self.core["engine"])
        self._progress = progress
        self._sandbox = sandbox
        sources = [*build.listed(corpus, self.core["removed"]), *build.added(store, sandbox)]
        self.entries = [self.workshop.entry(source) for source in sources]

    def added(self) -> Iterator[Entry]:
        """The documents that were added by hand."""
        return (entry for entry in self.entries if not entry.listed)

    def named(self, name: str) -> list[Entry]:
        """The documents of that id, file name or path, of which there is at least one."""
        path = str(Path(name).absolute())
        found = [e for e in self.entries if e.id == name] or [
            e for e in self.entries if name in (e.file,) or e.path == path
        ]
        if not found:
            raise NotFound(f"no document {name!r}", "run `yinzheng index info` for the list")
        return found

    def drop(self, entry: Entry) -> None:
        """Leave a document out from now on."""
        self.entries = [other for other in self.entries if other.id != entry.id]

    def take(self, files: Sequence[Path]) -> None:
        """Read these files and put them among the documents; what cannot be read is reported."""
        for number, path in enumerate(files):
            self._progress(f"reading\t{shown(path.name)}", number, len(files))
            try:
                self.report.outcomes.append(self._taken(path.absolute()))
            except SourceError as error:
                self.report.outcomes.append(Outcome("failed", shown(path), why=str(error)))
        self._progress("reading", len(files), len(files))

    def _taken(self, path: Path) -> Outcome:
        loaded = load(path)
        old = next((entry for entry in self.entries if entry.path == str(path)), None)
        twin = next((entry for entry in self.entries if entry.sha256 == loaded.sha256), None)
        if twin is not None:
            why = "" if twin is old else f"it is the same as {twin.file}, which is {twin.id}"
            if old is not None and twin is not old:
                self.drop(old)
            return Outcome("unchanged", shown(path.name), twin.id, why)
        format = kinds.kind(path.name, loaded.data)
        extract = self._sandbox.read(loaded.data, format)
        file = shown(path.name)
        id = old.id if old else unused(path, {entry.id for entry in self.entries})
        name = Name(id, file, extract.title or Path(file).stem or file, loaded.sha256)
        entry = self.workshop.entry(Source(name, str(path), False, version(format), lambda: made(name, extract)))
        if old is None:
            self.entries.append(entry)
        else:
            self.entries[self.entries.index(old)] = entry
        return Outcome("updated" if old else "added", file, id, "; ".join(entry.notes), entry)


def made(name: Name, extract: Extract) -> tuple[Extract, Document]:
    """What was extracted, and the document made of it; SourceError where nothing in it could be quoted."""
    document = part.document(name, extract)
    if not any(paragraph.kind != "reference" for paragraph in document.paragraphs):
        raise SourceError("it has no text that could be quoted", "add a file with paragraphs in it")
    return extract, document


def unused(path: Path, taken: Iterable[str]) -> str:
    """An id for a file that none of those taken is: its name's letters and digits, and a number where need be."""
    stem = regex.sub(r"[^\p{L}\p{N}._]+", "-", path.stem)[:ID_CHARACTERS].strip("-.") or "document"
    known = set(taken)
    number, id = 1, stem
    while id in known:
        number += 1
        id = f"{stem}-{number}"
    return id


def _path_digest(path: Path) -> str:
    """What stands in the manifest for a file that was removed: not even its name is left."""
    return hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()

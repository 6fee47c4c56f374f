"""An index on disk: one folder, one manifest, one folder of data files named after their content.

    DIR/manifest.json         what the index says of itself (see `manifest`)
    DIR/manifest.copy.json    the same once more: where the manifest is damaged, a build knows from it what was added
    DIR/parts/<key>           what belongs to one document alone (see `part`), packed in one file (see `pack`)
    DIR/data-<hash>/…         what is made of all documents: terms, glossary, centred vectors
    DIR/.lock                 held by whoever writes (see `lock`)

A build writes new parts and a new data folder beside the old ones and then replaces `manifest.json`, in one
step: a reader sees the old index or the new one, never a mixture, and a build killed at any moment leaves the
last good index. What the new manifest does not name is deleted then. Everything is JSON or plain npy;
nothing is unpickled. Every block of a file is held against its sum when it is first read.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from index import settings
from index.disk import disk, lock, pack
from index.disk.disk import Content, File
from index.disk.members import Files, Members, pieces
from index.disk.pack import Pack
from index.disk.sums import Sum, Summing
from index.errors import IndexDamaged, IndexMissing, IndexStale, IndexTooLarge, IndexUnwritable
from index.store import manifest as manifests
from index.store.entry import Entry
from index.store.manifest import COPY, Manifest
from index.store.manifest import FILE as MANIFEST

PARTS = "parts"
# Where what is being written lies, below the folder, until it is whole.
DRAFTS = ".new-"


class Store:
    """The files of one index folder. `waiting` is told, in a line, when another process writes and is waited for."""

    def __init__(self, folder: Path, waiting: Callable[[str], None] = lambda line: None) -> None:
        self.folder = folder
        self._waiting = waiting

    @property
    def rebuild(self) -> str:
        """The command that mends this index."""
        return f"run `yinzheng index build --index {shlex.quote(str(self.folder))}`"

    # What is read.

    def manifest(self) -> Manifest:
        """The manifest, its format and its sum checked; IndexMissing, IndexStale or IndexDamaged otherwise."""
        path = self.folder / MANIFEST
        try:
            manifest = json.loads(self._written(MANIFEST))
        except (FileNotFoundError, NotADirectoryError):
            raise IndexMissing(f"no index in {self.folder}", self.rebuild) from None
        except OSError as error:
            raise IndexDamaged(f"{path} cannot be read ({error.strerror})", self.rebuild) from None
        except (ValueError, RecursionError) as error:
            raise IndexDamaged(f"{path} cannot be read ({error})", self.rebuild) from None
        if not isinstance(manifest, dict) or "format" not in manifest:
            raise IndexDamaged(f"{path} is no manifest of an index", self.rebuild)
        if manifest["format"] != settings.FORMAT:
            raise IndexStale(
                f"{self.folder} has index format {manifest['format']}, this version reads {settings.FORMAT}",
                self.rebuild,
            )
        if not manifests.is_signed(manifest) or not manifests.is_whole(manifest):
            raise IndexDamaged(f"{path} is damaged: it does not match its own sum", self.rebuild)
        return manifest

    def _written(self, name: str) -> bytes:
        """What stands in the manifest or in its copy; OSError where that cannot be read."""
        return disk.content(self.folder / name, manifests.BYTES_MAX)

    def stamp(self) -> tuple[int, ...]:
        """What tells one manifest file from the next, even where both say the same; empty where there is none."""
        with suppress(OSError):
            found = (self.folder / MANIFEST).stat()
            return found.st_ino, found.st_mtime_ns, found.st_ctime_ns
        return ()

    @property
    def said(self) -> Manifest:
        """What a build goes by: the manifest, stale or not, or its copy where it is damaged; empty without either."""
        found = [manifest for name in (MANIFEST, COPY) if (manifest := self._parsed(name))]
        whole = [manifest for manifest in found if "sum" not in manifest or manifests.is_signed(manifest)]
        return next(iter([*whole, *found]), {})

    def _parsed(self, name: str) -> Manifest:
        try:
            manifest = json.loads(self._written(name))
        except (OSError, ValueError, RecursionError):
            return {}
        return manifest if isinstance(manifest, dict) and manifests.is_said(manifest) else {}

    def entries(self) -> list[Entry]:
        """The documents of the index, even if it is stale; none where the manifest and its copy cannot be read."""
        try:
            return [Entry.from_json(value) for value in self.said.get("documents", [])]
        except (TypeError, ValueError):
            return []

    def core(self) -> dict[str, Any]:
        """What the user has said of the index, which outlives a build: see `manifest`."""
        said = self.said
        return {key: said.get(key, default) for key, default in manifests.NOTHING_SAID.items()}

    def part(self, key: str, digest: str | None = None) -> Pack:
        """The members of a part, whose sums have this SHA-256, if it is given; IndexDamaged where there is none."""
        path = self.folder / PARTS / key
        with self._readable(path):
            return Pack(File(path), self.rebuild, digest)

    def data(self, manifest: Manifest) -> Members:
        """The files that all documents share, opened; IndexDamaged where one is not there."""
        found = {}
        for name, value in manifest["files"].items():
            path = self.folder / manifest["data"] / name
            with self._readable(path):
                file, sum = File(path), Sum.from_json(value)
                if file.size != sum.size:
                    raise ValueError(f"it has {file.size} bytes, expected {sum.size}")
                found[name] = Content(file, 0, sum, self.rebuild)
        return Members(found)

    def check(self, manifest: Manifest) -> None:
        """Read every file of the index, and hold it against its sum; IndexDamaged where one is not as it was."""
        self.data(manifest).check()
        for value in manifest["documents"]:
            entry = Entry.from_json(value)
            self.part(entry.part, entry.digest).check()

    @contextmanager
    def _readable(self, path: Path) -> Iterator[None]:
        """That a file cannot be read as IndexDamaged, or as IndexTooLarge where too many are open."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise IndexTooLarge(
                    f"the index in {self.folder} has more files than may be open at once ({error.strerror})",
                    "raise that limit, as with `ulimit -n 65536`",
                ) from None
            raise IndexDamaged(f"{path} cannot be read ({error.strerror})", self.rebuild) from None
        except ValueError as error:
            shown = ascii(str(path)) if "\0" in str(path) else path
            raise IndexDamaged(f"{shown} is damaged ({error})", self.rebuild) from None

    def leftovers(self, manifest: Manifest) -> list[Path]:
        """What lies here and no manifest names: of the index before, or of a build that was killed."""
        named = manifests.named(manifest)
        found = [*self.folder.glob("data-*"), *(self.folder / PARTS).glob("*"), *self.folder.glob(f"{DRAFTS}*")]
        return sorted(path for path in found if path.name not in named)

    def copied(self) -> bool:
        """Whether the manifest's copy is the same as the manifest."""
        try:
            return self._written(COPY) == self._written(MANIFEST)
        except OSError:
            return False

    # What is written, within `writing`.

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one that writes.

        What a writer that was killed had still to delete is deleted first, and at a good end all that is not used:
        parts that it had finished wait till then, and are not made again.
        """
        disk.make(self.folder)
        with lock.alone(self.folder, self._waiting):
            self._clear()
            self._retire()
            try:
                yield
            except BaseException:
                with suppress(IndexUnwritable):
                    self._clear()
                raise
            self._sweep()

    def put(self, key: str, files: Files) -> str:
        """Make these files the part of that key; its digest (see `part`)."""
        draft, parts = self.folder / f"{DRAFTS}part", self.folder / PARTS
        disk.make(parts)
        disk.remove(draft)
        digest = pack.write(draft, files)
        disk.remove(parts / key)  # only a damaged one is written anew
        disk.rename(draft, parts / key)
        return digest

    def commit(self, files: Files, core: Mapping[str, Any]) -> Manifest:
        """Make these files, and the parts that `core` names, the index; `core` is the manifest without sums."""
        draft = self.folder / f"{DRAFTS}data"
        sums = {name: sum.to_json() for name, sum in sorted(_fill(draft, files).items())}
        content = hashlib.sha256(json.dumps(sums).encode()).hexdigest()
        manifest = manifests.signed({"format": settings.FORMAT, **core, "data": f"data-{content[:16]}", "files": sums})
        manifests.fit(manifest)
        disk.settle(draft)
        if self._is_there(manifest):
            disk.remove(draft)
        else:
            disk.remove(self.folder / manifest["data"])
            disk.rename(draft, self.folder / manifest["data"])
        if (self.folder / PARTS).is_dir():
            disk.settle(self.folder / PARTS)
        disk.settle(self.folder)  # all that the manifest names is there, whatever happens, before it names it
        self._replace(MANIFEST, manifests.to_bytes(manifest))
        return manifest

    def _replace(self, name: str, data: bytes) -> None:
        draft = self.folder / f"{DRAFTS}manifest"
        disk.write(draft, [data])
        disk.rename(draft, self.folder / name)
        disk.settle(self.folder)

    def _is_there(self, manifest: Manifest) -> bool:
        try:
            self.data(manifest).check()
        except IndexDamaged:
            return False
        return True

    def _clear(self) -> None:
        """Delete what a writer that did not come to its end was writing."""
        for draft in self.folder.glob(f"{DRAFTS}*"):
            disk.remove(draft)

    def _retire(self) -> None:
        """Delete what the index before had and this one has not, and then bring the manifest's copy up to date.

        The copy is that of the index before until this is done, by whichever writer comes next.
        """
        if self.copied():
            return
        with suppress(IndexMissing, IndexDamaged, IndexStale):
            manifest = self.manifest()
            before = manifests.named(self._parsed(COPY))
            self._delete(path for path in self.leftovers(manifest) if path.name in before)
            self._replace(COPY, self._written(MANIFEST))

    def _sweep(self) -> None:
        """Delete whatever the manifest does not name: also parts that were made for an index that never came to be."""
        self._retire()
        with suppress(IndexMissing, IndexDamaged, IndexStale):
            self._delete(self.leftovers(self.manifest()))

    @staticmethod
    def _delete(paths: Iterable[Path]) -> None:
        folders = set()
        for path in paths:
            disk.remove(path)
            folders.add(path.parent)
        for folder in folders:
            disk.settle(folder)


def _fill(folder: Path, files: Files) -> dict[str, Sum]:
    """Write files into a new folder; their sums."""
    disk.remove(folder)
    disk.make(folder)
    sums = {}
    for name, content in files:
        summing = Summing()
        disk.write(folder / name, summing.over(pieces(content)))
        sums[name] = summing.sum
    return sums

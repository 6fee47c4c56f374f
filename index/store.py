"""An index on disk: one folder, one manifest, one folder of data files named after their content.

    DIR/manifest.json         format, settings, encoder, documents, and the hash of every data file
    DIR/parts/<key>/…         what belongs to one document alone (see `part`)
    DIR/data-<hash>/…         what is made of all documents: terms, glossary, centred vectors

A build writes new parts and a new data folder beside the old ones and then replaces `manifest.json`, in one
step: a reader sees the old index or the new one, never a mixture, and a build killed at any moment leaves the
last good index. What the new manifest does not name is deleted then. Everything is JSON, FAISS or plain
npy; nothing is unpickled. Every file is hashed before it is trusted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import regex

from index import settings
from index.entry import Entry
from index.errors import IndexDamaged, IndexMissing, IndexStale, IndexUnwritable
from index.part import sha256

MANIFEST = "manifest.json"
PARTS = "parts"
# The folder of sources.toml, if any; the folders whose files were added; which listed documents were removed, by
# their ids, and which files of those folders, by the SHA-256 of their paths.
NOTHING_SAID: dict[str, Any] = {"folder": None, "roots": [], "removed": [], "left_out": []}


class Store:
    """The files of one index folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def rebuild(self) -> str:
        """The command that mends this index."""
        return f"run `yinzheng index build --index {shlex.quote(str(self.folder))}`"

    def manifest(self) -> dict[str, Any]:
        """The manifest, its format checked; IndexMissing, IndexStale or IndexDamaged otherwise."""
        path = self.folder / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise IndexMissing(f"no index in {self.folder}", self.rebuild) from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{path} cannot be read ({error})", self.rebuild) from None
        if not isinstance(manifest, dict) or "format" not in manifest:
            raise IndexDamaged(f"{path} is no manifest of an index", self.rebuild)
        if manifest["format"] != settings.FORMAT:
            raise IndexStale(
                f"{self.folder} has index format {manifest['format']}, this version reads {settings.FORMAT}",
                self.rebuild,
            )
        if manifest.get("fingerprint") != fingerprint(manifest):
            raise IndexDamaged(f"{path} does not match its own fingerprint", self.rebuild)
        return manifest

    def sources(self) -> str | None:
        """The folder the index was built from, even if the manifest is otherwise stale or damaged."""
        try:
            text = (self.folder / MANIFEST).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        match = regex.search(r'"folder": ("(?:[^"\\]|\\.)*")', text)
        return str(json.loads(match[1])) if match else None

    def _plain(self) -> dict[str, Any]:
        """The manifest as it stands, stale or not; empty where there is none that can be read."""
        try:
            manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return manifest if isinstance(manifest, dict) else {}

    @property
    def begun(self) -> bool:
        """Whether there is an index, even if it is stale or holds no document."""
        return "folder" in self._plain()

    def entries(self) -> list[Entry]:
        """The documents of the index, even if it is stale; none where the manifest cannot be read."""
        try:
            return [Entry.from_json(value) for value in self._plain().get("documents", [])]
        except ValueError:
            return []

    def core(self) -> dict[str, Any]:
        """What the user has said of the index, which outlives a build: see `NOTHING_SAID`."""
        plain = self._plain()
        return {key: plain.get(key, default) for key, default in NOTHING_SAID.items()}

    def part(self, key: str) -> Path:
        """The folder of a part."""
        return self.folder / PARTS / key

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """An empty folder to be filled, which then is the part of that key. Only within `writing`."""
        (self.folder / PARTS).mkdir(exist_ok=True)
        draft = self.folder / f".new-part-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            yield draft
            for path in draft.iterdir():
                _sync(path)
            shutil.rmtree(self.part(key), ignore_errors=True)
            os.rename(draft, self.part(key))
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def data(self, manifest: dict[str, Any]) -> Path:
        """The data folder of a manifest, each of its files checked against its hash."""
        folder = self.folder / str(manifest["data"])
        for name, expected in manifest["files"].items():
            path = folder / name
            try:
                found = sha256(path)
            except OSError as error:
                raise IndexDamaged(f"{path} cannot be read ({error.strerror})", self.rebuild) from None
            if found != expected:
                raise IndexDamaged(f"{path} is damaged: its SHA-256 is not the recorded one", self.rebuild)
        return folder

    def read_json(self, folder: Path, name: str) -> Any:
        """One JSON file of a checked data folder."""
        return json.loads((folder / name).read_text(encoding="utf-8"))

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """A new, empty data folder to fill; the caller then calls `commit`. One writer at a time."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / ".lock").open("w")
        except OSError as error:
            raise IndexUnwritable(
                f"the index cannot be written to {self.folder} ({error.strerror})",
                "name a folder of yours with --index DIR or YINZHENG_INDEX",
            ) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for leftover in self.folder.glob(".new-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            fresh = self.folder / f".new-{os.getpid()}"
            try:
                fresh.mkdir()
                yield fresh
            except OSError as error:
                raise IndexUnwritable(
                    f"the index cannot be written to {self.folder} ({error.strerror})",
                    "make room or name another folder with --index DIR",
                ) from None
            finally:
                shutil.rmtree(fresh, ignore_errors=True)

    def commit(self, fresh: Path, core: dict[str, Any]) -> dict[str, Any]:
        """Make a filled data folder the index; `core` is the manifest without files and hashes."""
        files = {}
        for path in sorted(p for p in fresh.rglob("*") if p.is_file()):
            files[str(path.relative_to(fresh))] = sha256(path)
            _sync(path)
        content = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
        data = f"data-{content[:16]}"
        manifest = {"format": settings.FORMAT, **core, "data": data, "files": files}
        manifest["fingerprint"] = fingerprint(manifest)
        if not self._holds(self.folder / data, files):
            shutil.rmtree(self.folder / data, ignore_errors=True)
            os.rename(fresh, self.folder / data)
        draft = self.folder / f".{MANIFEST}"
        draft.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _sync(draft)
        os.replace(draft, self.folder / MANIFEST)
        _sync(self.folder)
        for old in self.leftovers(manifest):
            shutil.rmtree(old, ignore_errors=True)
        return manifest

    def leftovers(self, manifest: dict[str, Any]) -> list[Path]:
        """Folders that a manifest does not name: of the index before, or of a build that was killed."""
        named = {manifest["data"], *(document["part"] for document in manifest.get("documents", []))}
        found = [*self.folder.glob("data-*"), *(self.folder / PARTS).glob("*"), *self.folder.glob(".new-*")]
        return sorted(path for path in found if path.name not in named)

    def _holds(self, folder: Path, files: dict[str, str]) -> bool:
        try:
            self.data({"data": folder.name, "files": files})
        except IndexDamaged:
            return False
        return True


def fingerprint(manifest: dict[str, Any]) -> str:
    """16 hexadecimal digits over a manifest, but for itself and where the sources were read."""
    core = {key: value for key, value in manifest.items() if key not in ("fingerprint", *NOTHING_SAID)}
    if isinstance(documents := core.get("documents"), list):
        core["documents"] = [
            {key: value for key, value in one.items() if key != "path"} if isinstance(one, dict) else one
            for one in documents
        ]
    text = json.dumps(core, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sync(path: Path) -> None:
    """Have a file or folder on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""What one browser session may ask: the library's documents, and those that it has brought itself.

A brought file is read in a process apart, encoded a batch at a time between other sessions' questions, and then
joined with the library, all in a thread of this room's own. `rooms` gives each session its room, `door` lets files in.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index import chunks
from index.build import merge
from index.dense.encoder import Encoder
from index.errors import InputError, NotFound, SourceError, YinzhengError
from index.formats import kinds
from index.formats.file import load, shown
from index.formats.sandbox import Sandbox
from index.model.model import Model
from index.records import Document, Listed
from index.shelf import made, unused
from index.store.part import Name, Part
from qa import settings
from qa.conversation.desk import Desk
from qa.conversation.file import File
from qa.web.cellar import keep

_log = logging.getLogger(__name__)

# The characters of a file's name that are kept.
_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Means:
    """What all rooms of a server work with.

    `reader` reads what is brought and `painter` draws pages, so that neither waits for the other. `keep` is where the
    operator wants copies of what was read; not `open`, nothing may be brought.
    """

    encoder: Encoder
    model: Model
    reader: Sandbox
    painter: Sandbox
    keep: Path | None = None
    open: bool = True


def too_large(size: float) -> str:
    """What is said of a file of so many bytes, where that is too many."""
    return f"has {size / 1e6:.0f} MB, at most {settings.UPLOAD_BYTES_MAX / 1e6:.0f} MB are read"


class _Gone(Exception):
    """The file was removed, or the room closed, while it was worked on."""


class Room:
    """One session's documents. What changes it may be called from any thread."""

    def __init__(self, base: Desk, means: Means, folder: Callable[[], Path]) -> None:
        """`folder` makes the room's own, when it is first needed."""
        self._base = base
        self._means = means
        self._new_folder = folder
        self._folder: Path | None = None
        self._files: list[File] = []
        self._numbers = itertools.count(1)
        self._coming: set[Path] = set()
        self._mutex = threading.RLock()
        self._thread: threading.Thread | None = None
        self._stale = False  # what can be asked is not what is there
        self._closed = False
        self._own: Desk | None = None
        self.desks: tuple[Desk, ...] = (base,)

    @property
    def files(self) -> list[File]:
        """The files that were brought, in their order, those that failed among them."""
        with self._mutex:
            return list(self._files)

    @property
    def holds(self) -> bool:
        """Whether it has files, or some are on their way."""
        with self._mutex:
            return bool(self._files or self._coming)

    @property
    def busy(self) -> bool:
        """Whether anything is being done."""
        return self._thread is not None

    @property
    def listed(self) -> tuple[Listed, ...]:
        """All that can be asked: the library's documents and this session's own."""
        return (*self._base.library.listed, *(document.listed for document in self._own_documents))

    @property
    def _own_documents(self) -> list[Document]:
        return [document for file in self.files if (document := file.document)]

    def document(self, id: str) -> Document:
        """The document of that id; NotFound for one that is not in this room."""
        for document in self._own_documents:
            if document.id == id:
                return document
        if self._base.library.documents.number(id) is not None:
            return self._base.library.document(id)
        raise NotFound(f"no document {id!r}", "it was removed")

    def desk(self, id: str) -> Desk:
        """The desk on which a document lies; the first where none has it."""
        return next((desk for desk in self.desks if desk.library.documents.number(id) is not None), self.desks[0])

    def page(self, document: Document, number: int) -> bytes:
        """A page of a document's file as PNG; SourceError where the file is gone or changed, or has no such page."""
        own = next((file for file in self.files if file.document is document), None)
        path = own.path if own else self._base.library.originals.get(document.id)
        if path is None:
            raise SourceError("its file is not known")
        try:
            loaded = load(path)
        except SourceError as error:
            raise SourceError(f"its file {error}") from None
        if loaded.sha256 != document.sha256:
            raise SourceError("its file has changed since it was read")
        return self._means.painter.page_image(loaded.data, number, settings.PAGE_SCALE)

    def admit(self, size: int) -> Path:
        """Where a file of so many bytes may be put; InputError where no more may come."""
        if not self._means.open:
            raise InputError("no documents can be added here", "ask who runs this server")
        if self._closed:
            raise InputError("this session has ended", "reload the page")
        self.admit_more(size)
        with self._mutex:
            there = sum(file.state != "failed" for file in self._files)
            if there + len(self._coming) >= settings.UPLOAD_FILES_MAX:
                raise InputError(f"there are {settings.UPLOAD_FILES_MAX} documents already", "remove some first")
            if self._folder is None:
                self._folder = self._new_folder()
            path = self._folder / f"{next(self._numbers)}"
            self._coming.add(path)
            return path

    def abandon(self, path: Path) -> None:
        """What was admitted does not come."""
        with self._mutex:
            self._coming.discard(path)
            with suppress(OSError):
                path.unlink(missing_ok=True)

    @staticmethod
    def admit_more(size: int) -> None:
        """Raise InputError where a file of so many bytes is too large."""
        if size > settings.UPLOAD_BYTES_MAX:
            raise InputError(too_large(size), "split it")

    def bring(self, name: str, path: Path) -> File:
        """Take in a file that was put where `admit` said; what comes of it is told by `files`."""
        plain = shown(PurePosixPath(name.replace("\\", "/")).name)[-_NAME_CHARACTERS:] or "document"
        file = File(int(path.name), plain, path)
        with self._mutex:
            self._coming.discard(path)
            if self._closed:
                path.unlink(missing_ok=True)
                raise InputError("this session has ended", "reload the page")
            failed = [one for one in self._files if one.state == "failed"]
            if len(failed) > settings.UPLOAD_FILES_MAX:
                self._files.remove(failed[0])
            self._files.append(file)
            self._start()
        return file

    def remove(self, number: int) -> None:
        """Forget a file and its document; nothing happens where there is none of that number."""
        with self._mutex:
            file = next((one for one in self._files if one.number == number), None)
            if file is None:
                return
            self._files.remove(file)
            file.path.unlink(missing_ok=True)
            if file.part:
                file.part = None
                self._stale = True
                if not any(one.part for one in self._files):
                    self._own, self.desks, self._stale = None, (self._base,), False
                else:
                    self._start()

    def close(self) -> None:
        """Forget everything."""
        with self._mutex:
            self._closed = True
            self._files.clear()
            self._own, self.desks = None, (self._base,)
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is being done; False where that takes longer."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return not self.busy

    # What the thread does.

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="room", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        joined = time.monotonic()
        try:
            while True:
                with self._mutex:
                    file = next((one for one in self._files if one.state == "waiting"), None)
                    if file is None and not self._stale:
                        self._thread = None
                        return
                if file is not None:
                    self._try(file)
                if self._stale and (file is None or time.monotonic() > joined + settings.JOIN_SECONDS):
                    self._join()
                    joined = time.monotonic()
        except BaseException:
            self._thread = None
            _log.exception("the documents of a session could not be joined")
            with self._mutex:
                self._stale = False
                for one in self._files:
                    if one.state != "ready":
                        self._fail(one, "could not be put among the documents; remove it and add it again")

    def _try(self, file: File) -> None:
        try:
            self._read(file)
        except _Gone:
            pass
        except YinzhengError as error:
            self._fail(file, str(error))
        except Exception:
            _log.exception("a file could not be read")
            self._fail(file, "could not be read: an internal error, which has been logged")

    def _fail(self, file: File, reason: str) -> None:
        with self._mutex:
            file.state, file.reason, file.part = "failed", reason, None
            with suppress(OSError):
                file.path.unlink(missing_ok=True)

    def _read(self, file: File) -> None:
        """Make a part of a file."""
        means = self._means
        self._go_on(file, "reading")
        loaded = load(file.path)
        for other in self._taken(file):
            if other.sha256 == loaded.sha256:
                raise SourceError(f"is the same as {other.file}", "ask that one")
        format = kinds.kind(file.name, loaded.data)
        extract = means.reader.read(loaded.data, format)
        if extract.places and len(extract.places.sizes) > settings.UPLOAD_PAGES_MAX:
            raise SourceError(
                f"has {len(extract.places.sizes)} pages, at most {settings.UPLOAD_PAGES_MAX} are read here", "split it"
            )
        id = unused(Path(file.name), [other.id for other in self._taken(file)])
        title = extract.title or Path(file.name).stem or file.name
        _, document = made(Name(id, file.name, title, loaded.sha256), extract)
        self._measure(document)
        if means.keep:
            stem = unused(Path(file.name), ())
            keep(means.keep, f"{time.strftime('%Y%m%d-%H%M%S')}-{stem}.{format}", loaded.data)
        made_of = Part.make(
            document, means.encoder, means.model, lambda stage, done, total: self._go_on(file, stage, done, total)
        )
        if extract.places is None:
            file.path.unlink(missing_ok=True)  # there is no page of it to be shown
        with self._mutex:
            self._go_on(file, "joining")
            file.notes = extract.notes
            file.part = made_of
            self._stale = True

    def _go_on(self, file: File, stage: str, done: int = 0, total: int = 0) -> None:
        with self._mutex:
            if self._closed or not any(one is file for one in self._files):
                raise _Gone
            file.state, file.done, file.total = stage, done, total  # type: ignore[assignment]

    def _taken(self, file: File) -> Iterator[Listed]:
        """The documents that are there beside this file's."""
        yield from self._base.library.listed
        for other in self.files:
            if other is not file and other.part:
                yield other.part.listed

    def _measure(self, document: Document) -> None:
        """Raise SourceError where a document would be too much with what is there."""
        new = len(chunks.rows([document])[0])
        there = sum(len(file.part.sentences) for file in self.files if file.part)
        if there + new > settings.UPLOAD_SENTENCES_MAX:
            raise SourceError(
                f"has {new} sentences; at most {settings.UPLOAD_SENTENCES_MAX} are read in a session, "
                f"{there} of them are taken",
                "remove other documents, split it, or have it added with `yinzheng index add`",
            )

    def _join(self) -> None:
        """Make a desk of all parts; what can be asked changes at once, when it is done."""
        means = self._means
        with self._mutex:
            files = [file for file in self._files if file.part]
            self._stale = False
        if not files:
            with self._mutex:
                self._own, self.desks = None, (self._base,)
            return
        base = self._base.library
        parts = [file.part for file in files if file.part]
        apart = len(base.rows) + sum(len(one.sentences) for one in parts) > settings.JOINED_SENTENCES_MAX
        digest = hashlib.sha256(repr((base.fingerprint, [one.document.sha256 for one in parts])).encode())
        library = merge(parts if apart else [*base.parts, *parts], means.encoder, fingerprint=digest.hexdigest()[:16])
        library.encoder = base.encoder  # questions are asked by who is at the head of the line already
        desk = Desk(library, self._base.lock, [] if apart else self._base.suggester.starting_points)
        with self._mutex:
            if self._closed:
                return
            self._own = desk
            self.desks = (self._base, desk) if apart else (desk,)
            for file in files:
                if file.part and file.state == "joining":
                    file.state = "ready"

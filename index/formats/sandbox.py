"""Reads files in a process of their own, so that a parser that crashes, hangs or runs wild takes nothing with it.

One process serves file after file (`worker`); it is ended and started anew when something goes wrong. Every failure is
a SourceError with its reason, and the next file is read as though nothing had been.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO
from zipfile import ZipFile

from index.errors import SourceError
from index.formats import limits, readers
from index.formats.extract import Extract, Format
from index.formats.file import shown
from index.formats.worker import LENGTH, REASON_MAX
from index.text import hidden

# The characters of a title: every citation repeats it.
_TITLE_MAX = 300

# The longest reply, packed and unpacked: the longest text, with the places of its characters, has a quarter of that.
_REPLY_MAX = 400_000_000
_BLOCK = 1 << 20
# Seconds for a process to end that has closed its pipe.
_PARTING = 2.0
_MEND = "check the file, or save it in another format"
_USELESS = "its reader gave nothing that can be used"
_PNG = b"\x89PNG\r\n\x1a\n"
# Where the package lies, by the name under which it was found, for a process that starts elsewhere.
_ROOT = str(Path(__file__).absolute().parents[2])


class _Failure(SourceError):
    """A failure that files which were read before may have a share in."""


class Sandbox:
    """One reading process at a time, started when it is first needed; use as a context or call `close`.

    May be shared by threads, which then wait for each other. `seconds` by the clock and `memory` in bytes are what one
    file may cost. `readers` names other modules for formats, for tests.
    """

    def __init__(
        self,
        seconds: float = limits.SECONDS_MAX,
        memory: int = limits.MEMORY_BYTES_MAX,
        readers: Mapping[str, str] | None = None,
    ) -> None:
        self._seconds, self._memory = seconds, memory
        self._readers = dict(readers or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._line: BinaryIO | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, data: bytes, format: Format) -> Extract:
        """What a file of that format holds; SourceError, with the reason, where it cannot be read."""
        if format not in self._readers and readers.READERS.get(format) is None:
            raise SourceError(f"is in the format {format}, which nothing here reads", "install the package that does")
        reply = self._asked({"do": "read", "format": format}, data)
        try:
            with ZipFile(BytesIO(reply)) as archive:
                if sum(member.file_size for member in archive.infolist()) > _REPLY_MAX:
                    raise ValueError("it is too long")
            extract = _clean(Extract.from_bytes(reply))
            if extract.format != format:
                raise ValueError(f"it calls itself {extract.format!r}")
        except Exception as error:
            raise SourceError(f"{_USELESS} ({shown(str(error)[:REASON_MAX])})", _MEND) from None
        if not extract.text.strip():
            raise SourceError("has no text", "check the file")
        if len(extract.text) > limits.TEXT_CHARACTERS_MAX:
            raise SourceError(f"has more than {limits.TEXT_CHARACTERS_MAX / 1e6:.0f} million characters", "split it")
        if not _is_text(extract.text) or not all(_is_text(edit.text) for edit in extract.edits):
            raise SourceError("has characters that are no text", _MEND)
        return extract

    def page_image(self, data: bytes, page: int, scale: float) -> bytes:
        """A page of a PDF, 1-based, as PNG; `scale` 1.0 is 72 dots an inch. SourceError where it cannot be drawn."""
        reply = self._asked({"do": "page", "page": page, "scale": scale}, data)
        if not reply.startswith(_PNG):
            raise SourceError(_USELESS, _MEND)
        return reply

    def close(self) -> None:
        """End the reading process."""
        with self._lock:
            self._end()

    def _asked(self, request: dict[str, object], data: bytes) -> bytes:
        """The answer to a request; what fails in a used process is tried once more in a new one."""
        with self._lock:
            used = self._process is not None and self._process.poll() is None
            try:
                return self._answer(request, data)
            except _Failure:
                if not used:
                    raise
            return self._answer(request, data)

    def _answer(self, request: dict[str, object], data: bytes) -> bytes:
        try:
            reply = self._exchange(json.dumps(request).encode(), data)
        except BaseException:
            self._end()
            raise
        mark, text = reply[:1], ""
        if mark == b"+":
            return reply[1:]
        text = shown(" ".join(reply[1 : 4 * REASON_MAX].decode("utf-8", "replace").split()))
        if mark == b"-":
            raise SourceError(text)
        self._end()  # whatever it did to itself, the next file gets a new one
        if text == "memory":
            raise _Failure(f"needs more than {self._memory / 1e9:.1f} GB of memory to be read", "split it")
        raise _Failure(text if mark == b"!" and text else _USELESS, _MEND)

    def _exchange(self, request: bytes, data: bytes) -> bytes:
        """Send a request and wait for the reply, for so many seconds in all."""
        process = self._started()
        deadline = time.monotonic() + self._seconds
        assert process.stdin is not None
        assert process.stdout is not None
        for message in (request, data):
            self._write(process.stdin, LENGTH.pack(len(message)), deadline)
            self._write(process.stdin, message, deadline)
        (size,) = LENGTH.unpack(self._read(process, process.stdout, LENGTH.size, deadline))
        if not 1 <= size <= _REPLY_MAX:
            raise _Failure(_USELESS, _MEND)
        return self._read(process, process.stdout, size, deadline)

    def _write(self, pipe: IO[bytes], data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            self._wait(pipe, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(pipe.fileno(), rest[:_BLOCK]) :]
            except BlockingIOError:
                continue
            except OSError:
                return  # it listens no more: what it says, or how it ended, is read next

    def _read(self, process: subprocess.Popen[bytes], pipe: IO[bytes], size: int, deadline: float) -> bytes:
        blocks, missing = [], size
        while missing:
            self._wait(pipe, select.POLLIN, deadline)
            block = os.read(pipe.fileno(), min(missing, _BLOCK))
            if not block:
                raise self._ended(process)
            blocks.append(block)
            missing -= len(block)
        return b"".join(blocks)

    def _wait(self, pipe: IO[bytes], event: int, deadline: float) -> None:
        poll = select.poll()  # and not select, which has no descriptors beyond 1023
        poll.register(pipe, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise self._too_long()

    def _too_long(self) -> SourceError:
        return SourceError(f"takes longer than {self._seconds:g} s to be read", _MEND)

    def _ended(self, process: subprocess.Popen[bytes]) -> SourceError:
        try:
            status = process.wait(_PARTING)
        except subprocess.TimeoutExpired:
            return _Failure(_USELESS, _MEND)
        if status == -signal.SIGXCPU:
            return self._too_long()
        names = {-known.value: known.name for known in signal.Signals}
        return _Failure(f"its reader crashed ({names.get(status, f'status {status}')})", _MEND)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            try:
                theirs, ours = os.pipe()
                self._line = os.fdopen(ours, "wb", buffering=0)
                try:
                    self._process = self._start(theirs)
                finally:
                    os.close(theirs)
            except OSError as error:
                raise SourceError(f"its reader cannot be started ({error.strerror})", "end other programs") from None
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        return self._process

    def _start(self, line: int) -> subprocess.Popen[bytes]:
        given = {
            "line": line,
            "memory": self._memory,
            "seconds": int(self._seconds),
            "limit": limits.FILE_BYTES_MAX,
            "readers": {**readers.modules(), "page": "index.formats.pdf.draw", **self._readers},
        }
        # the empty entry is the folder that Python was started in; -P keeps that of the new process out
        path = [str(Path(entry).absolute()) if entry else _ROOT for entry in sys.path]
        if _ROOT not in path:  # found by what an installer hooks in
            path.insert(0, _ROOT)
        environment = {
            "PYTHONPATH": os.pathsep.join(path),
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")},
        }
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "index.formats.worker", json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environment,
            cwd="/",
            pass_fds=(line,),
            start_new_session=True,
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        line, self._line = self._line, None
        if process is not None:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        if line is not None:
            line.close()


def _is_text(text: str) -> bool:
    """Whether a text can be written as UTF-8 and holds no NUL."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _clean(extract: Extract) -> Extract:
    """The extract with a title and notes of one line each; TypeError where its parts are of the wrong kinds."""
    texts = [extract.text, *extract.notes, *(edit.text for edit in extract.edits)]
    if not all(isinstance(text, str) for text in texts) or not isinstance(extract.title, str | None):
        raise TypeError("it has what is no text where text should be")
    title = _line(extract.title or "")
    if len(title) > _TITLE_MAX:
        title = title[: _TITLE_MAX - 1] + "…"
    return replace(extract, title=title or None, notes=tuple(map(_line, extract.notes)))


def _line(text: str) -> str:
    """A text in one line, without what is not seen, control characters and lone surrogates."""
    kinds = ((char, unicodedata.category(char)) for char in text)
    return hidden.without(
        "".join(" " if kind in ("Cc", "Zl", "Zp") else char for char, kind in kinds if kind != "Cs")
    ).strip()

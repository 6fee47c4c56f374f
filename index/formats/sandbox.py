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
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

from index.errors import SourceError
from index.formats import limits
from index.formats.extract import Extract, Format
from index.formats.worker import LENGTH

# The longest reply: the extract of the longest text, with the places of its characters.
_REPLY_MAX = 400_000_000
# The longest message that the worker takes: a file and its request.
_MESSAGE_MAX = limits.FILE_BYTES_MAX + 10_000
_MEND = "check the file, or save it in another format"


class Sandbox:
    """One reading process at a time, started when it is first needed; use as a context or call `close`.

    May be shared by threads, which then wait for each other. `readers` names other modules for formats, for tests.
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
        self._lock = threading.Lock()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, data: bytes, format: Format) -> Extract:
        """What a file of that format holds; SourceError, with the reason, where it cannot be read."""
        reply = self._asked({"do": "read", "format": format}, data)
        try:
            extract = Extract.from_bytes(reply)
        except Exception as error:
            raise SourceError(f"its reader gave nothing that can be used ({error})", _MEND) from None
        if extract.format != format or not extract.text.strip():
            raise SourceError("has no text", "check the file")
        if len(extract.text) > limits.TEXT_CHARACTERS_MAX:
            raise SourceError(f"has more than {limits.TEXT_CHARACTERS_MAX / 1e6:.0f} million characters", "split it")
        if any("\ud800" <= char <= "\udfff" or char == "\0" for char in set(extract.text)):
            raise SourceError("has characters that are no text", _MEND)
        return extract

    def page_image(self, data: bytes, page: int, scale: float) -> bytes:
        """A page of a PDF, 1-based, as PNG; `scale` 1.0 is 72 dots an inch. SourceError where it cannot be drawn."""
        return self._asked({"do": "page", "page": page, "scale": scale}, data)

    def close(self) -> None:
        """End the reading process."""
        with self._lock:
            self._end()

    def _asked(self, request: dict[str, object], data: bytes) -> bytes:
        with self._lock:
            try:
                reply = self._exchange(json.dumps(request).encode() + b"\n" + data)
            except BaseException:
                self._end()
                raise
            if reply[:1] == b"!":
                self._end()  # whatever it did to itself, the next file gets a fresh one
        text = reply[1:].decode("utf-8", "replace") if reply[:1] != b"+" else ""
        if reply[:1] == b"-":
            raise SourceError(text)
        if text == "memory":
            raise SourceError(f"needs more than {self._memory / 1e9:.1f} GB of memory to be read", "split it")
        if text:
            raise SourceError(text, _MEND)
        return reply[1:]

    def _exchange(self, message: bytes) -> bytes:
        """Send a message and wait for the reply, for so many seconds in all."""
        process = self._started()
        deadline = time.monotonic() + self._seconds
        assert process.stdin is not None
        assert process.stdout is not None
        self._write(process, process.stdin, LENGTH.pack(len(message)) + message, deadline)
        (size,) = LENGTH.unpack(self._read(process, process.stdout, LENGTH.size, deadline))
        if not 1 <= size <= _REPLY_MAX:
            raise SourceError("its reader gave nothing that can be used", _MEND)
        return self._read(process, process.stdout, size, deadline)

    def _write(self, process: subprocess.Popen[bytes], pipe: IO[bytes], data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise self._too_long()
            try:
                rest = rest[os.write(pipe.fileno(), rest[:65536]) :]
            except BlockingIOError:
                continue
            except (BrokenPipeError, OSError):
                raise self._crashed(process) from None

    def _read(self, process: subprocess.Popen[bytes], pipe: IO[bytes], size: int, deadline: float) -> bytes:
        blocks, missing = [], size
        while missing:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise self._too_long()
            block = os.read(pipe.fileno(), min(missing, 1 << 20))
            if not block:
                raise self._crashed(process)
            blocks.append(block)
            missing -= len(block)
        return b"".join(blocks)

    def _too_long(self) -> SourceError:
        return SourceError(f"takes longer than {self._seconds:.0f} s to be read", _MEND)

    @staticmethod
    def _crashed(process: subprocess.Popen[bytes]) -> SourceError:
        status = process.wait()
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return SourceError(f"its reader crashed ({how})", _MEND)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            given = {
                "memory": self._memory,
                "seconds": int(self._seconds),
                "limit": _MESSAGE_MAX,
                "readers": self._readers,
            }
            # -P keeps the current folder out of the path; an installed package is found without help
            environment = {
                "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry),
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "1",
                **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")},
            }
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "index.formats.worker", json.dumps(given)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

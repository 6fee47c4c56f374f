"""The process that reads files: it gets bytes and gives extracts, and can do next to nothing else.

Started by `sandbox` as `python -P -m index.formats.worker LIMITS`, it serves one request after another from its
standard input until that ends. Its memory and its time are limited, even when nobody is left to end it; it can write
no file and open no socket, and what a library prints goes nowhere. Messages are a length in eight bytes, and so
many bytes.

A request is a line of JSON and the file: {"do": "read", "format": "pdf"} or {"do": "page", "page": 1, "scale": 2.0}; a
reply begins with `+` and an extract or picture, with `-` and the two parts of a SourceError, or with `!` and
what went wrong.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import struct
import sys
from typing import BinaryIO

from index.errors import SourceError
from index.formats.extract import Extract

READERS = {
    "txt": "index.formats.txt",
    "md": "index.formats.markdown",
    "html": "index.formats.html",
    "docx": "index.formats.docx",
    "pdf": "index.formats.pdf",
}
LENGTH = struct.Struct(">Q")
# Files that a reader may have open, libraries' own among them.
_OPEN_MAX = 256


def confine(memory: int) -> None:
    """Give up what reading a file does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_MAX, _OPEN_MAX))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails, instead of the process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one
    sys.addaudithook(_refuse)


def begin(seconds: int) -> None:
    """Give the next request so much of the processor's time: the kernel ends a reader that never comes back."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec"):
        raise PermissionError(f"a reader may not do this ({event})")


def receive(stream: BinaryIO, limit: int) -> bytes | None:
    """One message; None at the end of the stream, ValueError for one that is cut off or longer than `limit`."""
    head = stream.read(LENGTH.size)
    if not head:
        return None
    if len(head) < LENGTH.size:
        raise ValueError("a message is cut off")
    (size,) = LENGTH.unpack(head)
    if size > limit:
        raise ValueError(f"a message has {size} bytes")
    data = stream.read(size)
    if len(data) < size:
        raise ValueError("a message is cut off")
    return data


def send(stream: BinaryIO, data: bytes) -> None:
    """Write one message."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def answer(message: bytes, readers: dict[str, str]) -> bytes:
    """The reply to one request."""
    head, _, data = message.partition(b"\n")
    request = json.loads(head)
    try:
        if request["do"] == "page":
            draw = importlib.import_module("index.formats.pdf.draw")
            return b"+" + bytes(draw.page_image(data, request["page"], request["scale"]))
        found = importlib.import_module(readers[request["format"]]).read(data)
        if not isinstance(found, Extract):
            raise TypeError("its reader gave no extract")
        return b"+" + found.to_bytes()
    except SourceError as error:
        return b"-" + str(error).encode("utf-8", "replace")
    except MemoryError:
        return b"!memory"
    except RecursionError:
        return b"!it is nested too deeply"
    except Exception as error:
        return b"!" + f"its reader failed: {type(error).__name__}: {error}".encode("utf-8", "replace")


def main() -> None:
    """Serve requests until standard input ends."""
    given = json.loads(sys.argv[1])
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    confine(given["memory"])
    readers = READERS | given.get("readers", {})
    while (message := receive(sys.stdin.buffer, given["limit"])) is not None:
        begin(given["seconds"])
        send(replies, answer(message, readers))


if __name__ == "__main__":
    main()

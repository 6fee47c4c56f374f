"""The process that reads files: it gets bytes and gives extracts, and can do next to nothing else (`confinement`).

Started by `sandbox` as `python -P -m index.formats.worker LIMITS`, it serves one request after another from its
standard input until that ends; what a library prints goes nowhere. Messages are a length in eight bytes, and so
many bytes.

A request is two messages, JSON and the file: {"do": "read", "format": "pdf"} or {"do": "page", "page": 1, "scale":
2.0}; a reply is one, which begins with `+` and an extract or picture, with `-` and the text of a SourceError, or with
`!` and what went wrong, after which this process ends.
"""

from __future__ import annotations

import importlib
import json
import os
import struct
import sys
from typing import BinaryIO

from index.errors import SourceError
from index.formats import confinement
from index.formats.extract import Extract

LENGTH = struct.Struct(">Q")
# The characters of an error that are told.
REASON_MAX = 1000


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


def send(stream: BinaryIO, mark: bytes, data: bytes) -> None:
    """Write one message: a reply's mark and what it marks."""
    stream.write(LENGTH.pack(len(mark) + len(data)) + mark)
    stream.write(data)
    stream.flush()


def answer(head: bytes, data: bytes, readers: dict[str, str]) -> tuple[bytes, bytes]:
    """The reply to one request: its mark, and what it marks."""
    try:
        request = json.loads(head)
        if request["do"] == "page":
            draw = importlib.import_module(readers["page"])
            return b"+", bytes(draw.page_image(data, request["page"], request["scale"]))
        found = importlib.import_module(readers[request["format"]]).read(data)
        if not isinstance(found, Extract):
            raise TypeError("it gave no extract")
        return b"+", found.to_bytes()
    except SourceError as error:
        return b"-", _told(str(error))
    except MemoryError:
        return b"!", b"memory"
    except RecursionError:
        return b"!", b"it is nested too deeply"
    except Exception as error:
        return b"!", _told(f"its reader failed: {type(error).__name__}: {error}")


def _told(reason: str) -> bytes:
    return reason[:REASON_MAX].encode("utf-8", "backslashreplace")


def main() -> None:
    """Serve requests until standard input ends."""
    given = json.loads(sys.argv[1])
    confinement.outlive_nobody(given["line"])
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.close(nothing)
    confinement.confine(given["memory"])
    mark = b""
    while mark != b"!":
        try:
            head, data = receive(requests, given["limit"]), receive(requests, given["limit"])
            if head is None or data is None:
                return
            confinement.budget(given["seconds"])
            mark, reply = answer(head, data, given["readers"])
            del data
        except MemoryError:
            mark, reply = b"!", b"memory"
        send(replies, mark, reply)


if __name__ == "__main__":
    main()

"""A reader that does what it is told, to see what the sandbox makes of it: `read` runs the file as a command."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from index.errors import SourceError
from index.formats.extract import Extract


def deep(n: int) -> int:
    return deep(n + 1) + 1


def read(data: bytes) -> Any:
    """Does what the first word says."""
    command, _, rest = data.decode().partition(" ")
    if command == "say":
        return Extract("txt", rest)
    if command == "refuse":
        raise SourceError("is odd", "make it even")
    if command == "fail":
        raise KeyError("x")
    if command == "sleep":
        time.sleep(600)
    if command == "spin":
        while True:
            pass
    if command == "grow":
        return Extract("txt", "x" * 10_000_000_000)
    if command == "deep":
        deep(0)
    if command == "crash":
        ctypes.string_at(0)
    if command == "leave":
        os._exit(7)
    if command == "print":
        print("noise" * 10_000)
        os.write(1, b"noise" * 10_000)
        sys.stderr.write("noise")
    if command == "write":
        Path(rest).write_text("written")
    if command == "connect":
        socket.create_connection(("127.0.0.1", int(rest)))
    if command == "run":
        subprocess.run(["touch", rest], check=True)
    if command == "nothing":
        return b"no extract"
    if command == "blank":
        return Extract("txt", " \n\t")
    if command == "other":
        return Extract("md", "text")
    if command == "surrogate":
        return Extract("txt", "a\udc80")
    if command == "nul":
        return Extract("txt", "a\0")
    if command == "pid":
        return Extract("txt", str(os.getpid()))
    if command == "environment":
        return Extract("txt", " ".join(sorted(os.environ)))
    return Extract("txt", "done")

"""A reader that does what it is told, to see what the sandbox makes of it: `read` runs the file as a command."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import index
from index.errors import SourceError
from index.formats.extract import Extract

KEPT: list[Any] = []


class Odd(Extract):
    """An extract that is sent as other bytes."""

    sent = b""

    def to_bytes(self) -> bytes:
        return self.sent


def odd(data: bytes) -> Extract:
    """An extract that arrives as `data`."""
    return type("Odder", (Odd,), {"sent": data})("txt", "x")


def deep(n: int) -> int:
    return deep(n + 1) + 1


def bomb() -> bytes:
    """A small archive of half a gigabyte."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive, archive.open("plain.npy", "w") as member:
        for _ in range(500):
            member.write(b" " * 1_000_000)
    return buffer.getvalue()


def native(name: str, *arguments: Any) -> str:
    """What the system's own library says, past all that Python could forbid."""
    library = ctypes.CDLL(None, use_errno=True)
    result = getattr(library, name)(*arguments)
    return "ok" if result >= 0 else os.strerror(ctypes.get_errno())


def native_connect(port: int) -> str:
    address = socket.AF_INET.to_bytes(2, sys.byteorder) + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    library = ctypes.CDLL(None)
    return native("connect", library.socket(socket.AF_INET, socket.SOCK_STREAM, 0), address, len(address))


def page_image(data: bytes, page: int, scale: float) -> bytes:
    """What is given, as though it were a picture."""
    return data


def read(data: bytes) -> Any:
    """Does what the first word says."""
    command, _, rest = data.decode().partition(" ")
    if command == "say":
        return Extract("txt", rest)
    if command == "length":
        return Extract("txt", str(len(rest)))
    if command == "long":
        return Extract("txt", "x" * int(rest))
    if command == "refuse":
        raise SourceError("is odd", "make it even")
    if command == "fail":
        raise KeyError("x")
    if command == "shout":
        raise ValueError("\x1b[31m\u202e\n" + "x" * 5_000_000)
    if command == "sleep":
        time.sleep(600)
    if command == "spin":
        while True:
            pass
    if command == "grow":
        return Extract("txt", "x" * 10_000_000_000)
    if command == "fill":
        blocks = []
        while True:
            blocks.append(bytearray(int(rest)))
    if command == "keep":
        KEPT.append(bytearray(int(rest)))
    if command == "once":
        KEPT.append(1)
        if len(KEPT) > 1:
            raise ValueError("it worked but once")
    if command == "deep":
        deep(0)
    if command == "crash":
        ctypes.string_at(0)
    if command == "signal":
        signal.raise_signal(int(rest))
    if command == "leave":
        os._exit(7)
    if command == "exit":
        sys.exit(3)
    if command == "close":
        os.closerange(3, 200)
        time.sleep(600)
    if command == "flood":
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, b"\xff" * 8)
            except OSError:
                continue
    if command == "input":
        return Extract("txt", f"[{sys.stdin.read()}{os.read(0, 100)!r}]")
    if command == "print":
        print("noise" * 10_000)
        os.write(1, b"noise" * 10_000)
        sys.stderr.write("noise")
    if command == "write":
        Path(rest).write_text("written")
    if command == "remove":
        Path(rest).unlink()
    if command == "move":
        Path(rest).rename(rest + ".moved")
    if command == "folder":
        Path(rest).mkdir()
    if command == "native-write":
        return Extract("txt", native("open", rest.encode(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    if command == "native-remove":
        return Extract("txt", native("unlink", rest.encode()))
    if command == "native-run":
        return Extract("txt", native("execl", b"/bin/true", b"true", None))
    if command == "native-connect":
        return Extract("txt", native_connect(int(rest)))
    if command == "connect":
        socket.create_connection(("127.0.0.1", int(rest)))
    if command == "datagram":
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(rest)))
    if command == "look-up":
        socket.gethostbyname("localhost")
    if command == "run":
        subprocess.run(["touch", rest], check=True)
    if command == "spawn":
        os.posix_spawn("/bin/sh", ["sh", "-c", f"echo x > {rest}"], {})
    if command == "fork" and not os.fork():
        time.sleep(600)
    if command == "nothing":
        return b"no extract"
    if command == "garbage":
        return odd(b"\x93NUMPY garbage" if rest else b"garbage")
    if command == "bomb":
        return odd(bomb())
    if command == "number":
        return Extract("txt", 5)  # type: ignore[arg-type]
    if command == "blank":
        return Extract("txt", " \n\t")
    if command == "other":
        return Extract("md", "text")
    if command == "surrogate":
        return Extract("txt", "a\udc80")
    if command == "nul":
        return Extract("txt", "a\0")
    if command == "remarks":
        return Extract("txt", "x", title="a\0\udc80\n第一章\u3000b\x1b ", notes=("c\nd\x1b[0m",))
    if command == "pid":
        return Extract("txt", str(os.getpid()))
    if command == "environment":
        return Extract("txt", " ".join(sorted(os.environ)))
    if command == "descriptors":
        return Extract("txt", " ".join(sorted(os.readlink(f"/proc/self/fd/{n}") for n in range(64) if is_open(n))))
    if command == "package":
        return Extract("txt", str(Path(index.__file__).parent))
    return Extract("txt", "done")


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True

"""HTTP by hand: requests that no decent client would send, and what comes back, as it comes."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

# What every response says, whatever it answers.
POLICY = {
    "content-security-policy": r"default-src 'self'; .*frame-ancestors 'self'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": r"camera=\(\), .*microphone=\(\).*",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    """What came back: nothing that can be read has the status 0. Of a header that came twice, all values."""

    status: int
    headers: Mapping[str, list[str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)

    def faults(self) -> list[str]:
        """Where the headers are not as they must be."""
        found = [name for name, form in POLICY.items() if not re.fullmatch(form, "|".join(self.headers.get(name, [])))]
        return found + [name for name in ("server", "x-powered-by") if name in self.headers]


def connect(url: str, seconds: float = 10) -> socket.socket:
    at = urlsplit(url)
    return socket.create_connection((at.hostname or "", at.port or 80), timeout=seconds)


def read(connection: socket.socket, most: int = 4_000_000) -> Reply:
    """What comes until the server ends it, says nothing for longer than the connection's time, or `most` is there."""
    came = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        while len(came) < most and (part := connection.recv(65536)):
            came += part
            head, ended, body = came.partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^content-length: (\d+)", head)
            if ended and length and len(body) >= int(length[1]):
                break
    return parsed(came)


def parsed(came: bytes) -> Reply:
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/1\.[01] (\d{3})", first)
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    return Reply(int(status[1]) if status else 0, headers, body)


def raw(url: str, sent: bytes, seconds: float = 10) -> Reply:
    """What these very bytes give."""
    with connect(url, seconds) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        return read(connection)


def ask(
    url: str,
    method: str,
    target: str,
    body: bytes | Any = b"",
    headers: Mapping[str, str] = MappingProxyType({}),
    seconds: float = 10,
) -> Reply:
    """What a request gives; a body that is no bytes is sent as JSON. The target is sent as it is, ASCII or not."""
    if not isinstance(body, bytes):
        body, headers = json.dumps(body).encode(), {**JSON, **headers}
    said = {"Host": urlsplit(url).netloc, "Connection": "close", **headers}
    if body or method == "POST":
        said.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return raw(url, f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + body, seconds)

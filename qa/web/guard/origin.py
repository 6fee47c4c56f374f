"""Who has a reader's browser ask: this server's own page, or a page of another site that the reader has open as well.

A page of another site may send requests here but not read what comes back, unless it has its own name lead to this
machine (DNS rebinding); so a server that this machine alone can reach answers to the machine's own names only. Where
readers log in, such a page has no cookie of theirs, and any name will do.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

_SAFE = ("GET", "HEAD", "OPTIONS")
_LOCAL = ("localhost", "127.0.0.1", "::1")


def local(host: str) -> bool:
    """Whether what listens there can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Origin:
    """Refuses requests to a name that is not this server's with 421, and what another site's page sends with 403.

    `names` are those that a proxy is reached by; with `local` only they and the machine's own are answered.
    """

    def __init__(self, app: Any, names: Collection[str] = (), *, local: bool = False) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)
        self.local = local

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The application's response, or a refusal of one line."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if refused := self._refused(scope):
            from starlette.responses import PlainTextResponse

            status, said = refused
            await PlainTextResponse(f"{said}\n", status)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refused(self, scope: Any) -> tuple[int, str] | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host, _ = _place(f"//{headers.get(b'host', '')}")
        if self.local and host not in _LOCAL and host not in self.names and not local(host):
            return 421, f"this server has no name {host[:80]!r}; the option --name gives it one"
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        if scope.get("method") in _SAFE:
            return None
        if site is not None:  # a browser says it, and no page can
            own = site in ("same-origin", "none")
        else:
            said = _place(origin or "")
            own = origin is None or said == _place(f"//{headers.get(b'host', '')}") or said[0] in self.names
        return None if own else (403, "a page of another site may not ask here")


def _place(address: str) -> tuple[str, int | None]:
    """The host and the port of an address, nothing where it cannot be read."""
    try:
        found = urlsplit(address)
        port = found.port or {"http": 80, "https": 443}.get(found.scheme)
        return (found.hostname or "").lower(), None if port in (80, 443) else port
    except ValueError:
        return "", None

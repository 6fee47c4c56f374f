"""How a name and a password let somebody in: on the page by Gradio's form, for programs by HTTP Basic (RFC 7617).

Whoever guesses is slowed down by address, before a hash is computed; guesses from very many addresses at once are not.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
import time
from typing import Any

import regex

from qa import settings
from qa.web.guard.limits import address_of
from qa.web.guard.users import Users

_PAGE = regex.compile(r"/login/?")


class Tries:
    """How many wrong log-ins an address has made lately; one that is being checked counts until it was right."""

    def __init__(self, most: int = settings.LOGINS_WRONG_MAX) -> None:
        from limits import parse
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        self._limit = parse(f"{most} per {settings.LOGINS_WRONG_MINUTES} minutes")
        self._counter = FixedWindowRateLimiter(MemoryStorage())

    def begin(self, address: str) -> int:
        """0 where an address may try; else the seconds after which it may."""
        if self._counter.hit(self._limit, address):
            return 0
        return max(1, math.ceil(float(self._counter.get_window_stats(self._limit, address).reset_time) - time.time()))

    def right(self, address: str) -> None:
        """The last try was no wrong one."""
        self._counter.hit(self._limit, address, cost=-1)


class PageLogin:
    """Counts the wrong log-ins of the page's form, and refuses more with 429; an ASGI middleware."""

    def __init__(self, app: Any, tries: Tries) -> None:
        self.app = app
        self.tries = tries

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The application's response, or 429."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _PAGE.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        address = address_of(scope)
        if wait := self.tries.begin(address):
            await _later(wait, scope, receive, send)
            return

        async def note(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                self.tries.right(address)
            await send(message)

        await self.app(scope, receive, note)


class BasicAuth:
    """Lets in only requests with a user's name and password; an ASGI middleware."""

    def __init__(self, app: Any, users: Users, tries: Tries) -> None:
        self.app = app
        self.users = users
        self.tries = tries

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The application's response, 401, or 429 after too many wrong ones."""
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name, password = _credentials(dict(scope["headers"]).get(b"authorization", b""))
        known = bool(name) and self.users.remembers(name, password)
        if name and not known:
            address = address_of(scope)
            if wait := self.tries.begin(address):
                await _later(wait, scope, receive, send)
                return
            known = await asyncio.to_thread(self.users.check, name, password)
            if known:
                self.tries.right(address)
        if known:
            await self.app(scope, receive, send)
            return
        challenge = {"WWW-Authenticate": 'Basic realm="yinzheng", charset="UTF-8"'}
        await PlainTextResponse("log in first\n", 401, challenge)(scope, receive, send)


async def _later(wait: int, scope: Any, receive: Any, send: Any) -> None:
    from starlette.responses import JSONResponse

    said = {"detail": f"too many wrong log-ins; try again in {math.ceil(wait / 60)} min"}
    await JSONResponse(said, 429, {"Retry-After": str(wait)})(scope, receive, send)


def _credentials(header: bytes) -> tuple[str, str]:
    kind, _, value = header.partition(b" ")
    if kind.lower() != b"basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password

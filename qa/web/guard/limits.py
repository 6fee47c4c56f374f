"""What a client may send, and what every response says to the browser: ASGI middlewares.

Streams pass untouched. Only requests that put work in (POST) count against the rate.
"""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import regex

from qa.page import words

_log = logging.getLogger(__name__)
_Message = MutableMapping[str, Any]
_App = Callable[[Any, Any, Any], Awaitable[None]]

# No page, script, picture or connection from anywhere but this server. Gradio needs the two `unsafe-`:
# its page starts from inline scripts, and its components compile their templates.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
]
# What is the same for everybody, and may be kept by a browser or a proxy.
_PUBLIC = ("/assets/", "/static/", "/favicon.ico", "/theme.css")
_SAME_SITE = regex.compile(rb"(?i);\s*samesite=\w+")

# Digits of a length that are read; no body has more.
_DIGITS_MAX = 18


class Headers:
    """Adds the page's policy to every response, and keeps what is private out of every cache.

    A cookie goes with no request that a page of another site makes: Gradio lets its own go with all.
    """

    def __init__(self, app: _App) -> None:
        self.app = app

    async def __call__(self, scope: _Message, receive: Any, send: Any) -> None:
        """The application's response to a request, with the policy; 500 where it has none."""
        started = False

        async def add(message: _Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                own = [
                    (name, _SAME_SITE.sub(b"", value) + b"; SameSite=Lax" if name == b"set-cookie" else value)
                    for name, value in message.get("headers", ())
                ]
                if not scope["path"].startswith(_PUBLIC) and not any(name == b"cache-control" for name, _ in own):
                    own.append((b"cache-control", b"no-store"))
                message["headers"] = [*own, *_HEADERS]
                started = True
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, receive, add)
        except Exception:
            if started:
                raise
            from starlette.responses import PlainTextResponse

            _log.exception("a request could not be answered")
            await PlainTextResponse(f"{words.of('failed', 'en')}\n", 500, {"Connection": "close"})(scope, receive, add)


class BodyLimit:
    """Refuses a request whose body is larger than `bytes_max` with 413, by what it says or by what comes.

    `larger` are the paths to which more may be sent, and how much. Where the response has begun already it is cut off.
    """

    def __init__(self, app: _App, bytes_max: int, larger: Mapping[str, int] = MappingProxyType({})) -> None:
        self.app = app
        self.bytes_max = bytes_max
        self.larger = larger

    async def __call__(self, scope: _Message, receive: Any, send: Any) -> None:
        """The application's response to a request, or 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.larger.get(scope.get("path", ""), self.bytes_max)
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or len(said) > _DIGITS_MAX or int(said) > most:
            await self._refuse(most, scope, receive, send)
            return
        came = 0
        started = refused = False

        async def count() -> _Message:
            nonlocal came, refused
            message: _Message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                if not started and not refused:
                    refused = True
                    await self._refuse(most, scope, receive, send)
                raise _TooLarge
            return message

        async def note(message: _Message) -> None:
            nonlocal started
            if not refused:  # what the application makes of a body that was cut off is no answer: FastAPI says 400
                started = True
                await send(message)

        try:
            await self.app(scope, count, note)
        except Exception:  # _TooLarge, or what the application makes of it
            if came <= most:
                raise

    @staticmethod
    async def _refuse(most: int, scope: _Message, receive: Any, send: Any) -> None:
        from starlette.responses import PlainTextResponse

        said = f"the request is larger than {most} bytes\n"
        await PlainTextResponse(said, 413, {"Connection": "close"})(scope, receive, send)


class _TooLarge(Exception):
    """More came than may come."""


class OpenLimit:
    """Refuses a client address's requests beyond `most` at once with 429: pages that listen hold theirs open."""

    def __init__(self, app: _App, most: int) -> None:
        self.app = app
        self.most = most
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: _Message, receive: Any, send: Any) -> None:
        """The application's response to a request, or 429."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        client = address_of(scope)
        if self.open[client] >= self.most:
            await busy(1, scope, receive, send)
            return
        self.open[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open[client] -= 1
            if not self.open[client]:
                del self.open[client]


class RateLimit:
    """Refuses a client address's POST requests beyond `per_minute` with 429 and `Retry-After`.

    An address's first request begins its minute, and until that is over `per_minute` pass, however they come.
    A question on the page is two of them, and opening it one more, so that with the default of 600 a team of fifty
    behind one address may ask at once, and five questions a minute each. Behind a proxy the address is the one
    that it forwards, where uvicorn trusts the proxy. An address is forgotten after its minute.
    """

    def __init__(self, app: _App, per_minute: int) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        self.app = app
        self.limit = RateLimitItemPerMinute(per_minute)
        self.storage = MemoryStorage()
        # The moving window of `limits` never forgets an address.
        self.counter = FixedWindowRateLimiter(self.storage)

    async def __call__(self, scope: _Message, receive: Any, send: Any) -> None:
        """The application's response to a request, or 429."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        client = address_of(scope)
        if self.counter.hit(self.limit, client):
            await self.app(scope, receive, send)
            return
        wait = max(1, math.ceil(self.counter.get_window_stats(self.limit, client).reset_time - time.time()))
        await busy(wait, scope, receive, send)


def address_of(scope: _Message) -> str:
    """The address that a request came from; nothing where the server does not know it."""
    return str((scope.get("client") or ("",))[0])


async def busy(wait: int, scope: _Message, receive: Any, send: Any, status: int = 429) -> None:
    """The refusal of a client that asks too much, for so many seconds."""
    from starlette.responses import PlainTextResponse

    said = f"{words.of('busy', 'zh')} {words.of('busy', 'en')}\n"
    await PlainTextResponse(said, status, {"Retry-After": str(wait)})(scope, receive, send)

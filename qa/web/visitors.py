"""Whose a session is: each browser is known by a cookie of its own, and a session is that of who used it first.

Gradio lets a client choose the name of its session, and whoever says that name is taken for it: its conversation could
be read, its answers taken and its page ended by anybody who has seen the name in a log. Programs have no cookie; what
they keep on the server is no more than the answer that they wait for, under a name that is made at random.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from typing import Any

import regex

COOKIE = "yinzheng"
_NAME = regex.compile(r"[A-Za-z0-9_-]{43}")
# As many sessions as Gradio keeps the state of.
_SESSIONS_MAX = 10_000
_A_YEAR = 365 * 24 * 3600


class Visitors:
    """Who has used which session. To be asked from any thread."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._mutex = threading.Lock()

    def owns(self, visitor: str, session: str) -> bool:
        """Whether a session is this visitor's; one that nobody has used yet is so from now on."""
        with self._mutex:
            owner = self._owners.setdefault(session, visitor)
            self._owners.move_to_end(session)
            if len(self._owners) > _SESSIONS_MAX:
                self._owners.popitem(last=False)
            return owner == visitor

    @staticmethod
    def visitor(headers: dict[bytes, bytes]) -> tuple[str, str]:
        """The name that a browser's cookie has, and one for the browser where it has none."""
        known = cookies(headers).get(COOKIE, "")
        return (known, "") if _NAME.fullmatch(known) else ("", secrets.token_urlsafe(32))

    @staticmethod
    def greeting(name: str, send: Any) -> Any:
        """A `send` that gives the browser its name; not where it has one."""
        if not name:
            return send
        cookie = f"{COOKIE}={name}; HttpOnly; Path=/; Max-Age={_A_YEAR}; SameSite=Lax".encode()

        async def add(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
            await send(message)

        return add


def cookies(headers: dict[bytes, bytes]) -> dict[str, str]:
    """The cookies of a request; none where they cannot be read."""
    try:
        return {key: one.value for key, one in SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).items()}
    except CookieError:
        return {}

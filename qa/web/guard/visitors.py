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

from qa import settings

COOKIE = "yinzheng"
_NAME = regex.compile(r"[A-Za-z0-9_-]{43}")
# As many sessions as Gradio keeps the state of, by its own default.
_SESSIONS_MAX = 10_000
_A_YEAR = 365 * 24 * 3600


class Visitors:
    """Who has used which session. To be asked from any thread.

    Of one address so many are remembered, those that were used last, and Gradio keeps the state of no others: some
    70 KB each, under names that whoever asks makes up.
    """

    def __init__(self) -> None:
        self._owners: dict[str, OrderedDict[str, str]] = {}  # by address, by session
        self._addresses: dict[str, str] = {}  # by session
        self._mutex = threading.Lock()

    def owns(self, visitor: str, session: str, address: str = "", *, claims: bool = True) -> bool:
        """Whether a session is this visitor's; one that nobody has used yet is so from now on, if it is claimed."""
        with self._mutex:
            if session not in self._addresses:
                if claims:
                    self._addresses[session] = address
                    self._owners.setdefault(address, OrderedDict())[session] = visitor
                    self._forget_beyond(address)
                return True
            here = self._owners[self._addresses[session]]
            if here[session] != visitor:
                return False
            here.move_to_end(session)
            return True

    def knows(self, session: str) -> bool:
        """Whether a session is anybody's."""
        return session in self._addresses

    def _forget_beyond(self, address: str) -> None:
        if len(self._addresses) > _SESSIONS_MAX:
            address = max(self._owners, key=lambda one: len(self._owners[one]))
        elif len(self._owners[address]) <= settings.SESSIONS_MAX_ADDRESS:
            return
        oldest, _ = self._owners[address].popitem(last=False)
        del self._addresses[oldest]
        if not self._owners[address]:
            del self._owners[address]

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

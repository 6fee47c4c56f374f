"""Which addresses are answered, to whom: an ASGI middleware before the page, the API, MCP and `/documents`.

Gradio serves some eighty routes, among them files, a proxy and an editor of its own code. Only those that the page
and the documented clients call are open; the others, and those that a later Gradio may add, are not found. What is
posted to an event is read here once, so that Gradio meets nothing that its own page could not have sent: above all no
value in the form of its `FileData`, for which it would copy any file of this machine, or fetch one from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

import regex

from qa.web.guard.limits import address_of
from qa.web.guard.visitors import Visitors

_NAME = r"[A-Za-z0-9_-]{1,64}"
# Whoever is not logged in may have these: the log-in form itself, what it is drawn with, and whether the server lives.
_ANYBODY = (
    ("GET", r"/(?:assets|static)(?:/[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*)+"),
    ("GET", r"/(?:favicon\.ico|theme\.css|robots\.txt|manifest\.json|health)"),
    ("GET HEAD", r"/"),
    ("POST", r"/login/?"),
    ("GET", r"/logout"),
    ("GET POST DELETE", r"/(?P<rpc>mcp)/"),  # which asks for a name and a password itself
)
_USERS = (
    ("GET", r"/config/?"),
    ("GET", r"/gradio_api/info/?"),
    ("GET", rf"/gradio_api/heartbeat/(?P<session>{_NAME})"),
    ("GET", r"/gradio_api/queue/data"),
    ("POST", r"/gradio_api/(?P<event>run/predict|queue/join)/?"),
    ("POST", r"/gradio_api/(?P<call>cancel|reset|call/(?:ask|search|show)/?)"),
    # Gradio takes what stands here for an event, and where it knows none, for a session.
    ("GET", rf"/gradio_api/(?P<answer>call)/(?:ask|search|show)/(?P<session>{_NAME})"),
    ("GET HEAD POST", r"/documents"),
)
_ROUTES = [
    (frozenset(methods.split()), regex.compile(form), closed)
    for routes, closed in ((_ANYBODY, False), (_USERS, True))
    for methods, form in routes
]
# What Gradio's page and `gradio_client` say of an event.
_KEYS = {"data", "event_data", "fn_index", "trigger_id", "session_hash", "event_id", "simple_format"}
_SESSION = regex.compile(_NAME)
# No value of the page lies deeper: a kept conversation's turns, their records, quotes, highlights.
_DEPTH_MAX = 20


class Gate:
    """Lets a request in to an open route, if its client may have it.

    `functions` are the numbers of the page's events; `user` tells who is logged in, from the headers of a request;
    with `closed` nobody else is let in.
    """

    def __init__(
        self,
        app: Any,
        visitors: Visitors,
        functions: Collection[int],
        user: Callable[[dict[bytes, bytes]], str | None],
        *,
        closed: bool,
    ) -> None:
        self.app = app
        self.visitors = visitors
        self.functions = frozenset(functions)
        self.user = user
        self.closed = closed

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The application's response, or a refusal of one line."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            if scope["type"] != "http":
                raise _Refused(404, "not found")
            found, inside = _route(scope["method"], scope["path"])
            headers = dict(scope["headers"])
            user = self.user(headers)
            if inside and self.closed and user is None:
                raise _Refused(401, "log in first")
            part = found.groupdict()
            session = part.get("session") or _asked(scope)
            if scope["method"] == "POST" and part.keys() & {"event", "call", "rpc"}:
                body = await _whole(receive)
                receive = _again(body, receive)
                value = _read(body)
                if "rpc" not in part:
                    session = self._session(value, strict="event" in part)
            visitor, made = self.visitors.visitor(headers)
            address = address_of(scope)
            if session and not self.visitors.owns(user or visitor, session, address, claims="answer" not in part):
                raise _Refused(403, "this session is another's; reload the page")
        except _Refused as refused:
            await _answer(refused, scope, receive, send)
            return
        await self.app(scope, receive, self.visitors.greeting(made, send) if scope["path"] == "/" else send)

    def _session(self, body: Any, *, strict: bool) -> str | None:
        """The session that a body names, where it is what a client sends; `strict`, what a page sends of an event."""
        if not isinstance(body, dict):
            raise _Refused(400, "the body is no JSON object")
        _look_through(body)
        session = body.get("session_hash")
        if session is not None and not (isinstance(session, str) and _SESSION.fullmatch(session)):
            raise _Refused(400, "session_hash is no name of a session")
        if strict:
            if unknown := set(body) - _KEYS:
                raise _Refused(400, f"{min(unknown)[:40]!r} is not expected")
            number, trigger = body.get("fn_index"), body.get("trigger_id")
            if type(number) is not int or number not in self.functions:
                raise _Refused(400, "fn_index names no event")
            if trigger is not None and type(trigger) is not int:
                raise _Refused(400, "trigger_id is no number")
            if session is None:
                raise _Refused(400, "session_hash is missing")
        if "data" in body and not isinstance(body["data"], list):
            raise _Refused(400, "data is no list")
        return session


class _Refused(Exception):
    """Why a request is not let in."""

    def __init__(self, status: int, reason: str, allow: str = "") -> None:
        super().__init__(reason)
        self.status, self.reason, self.allow = status, reason, allow


def _route(method: str, path: str) -> tuple[Any, bool]:
    """The match of an open route, and whether it is closed to who is not logged in."""
    for methods, form, closed in _ROUTES:
        if found := form.fullmatch(path):
            if method not in methods:
                raise _Refused(405, f"{' or '.join(sorted(methods))} is expected", ", ".join(sorted(methods)))
            return found, closed
    raise _Refused(404, "not found")


def _asked(scope: Any) -> str | None:
    """The session that a query names."""
    from starlette.datastructures import QueryParams

    asked = QueryParams(scope["query_string"]).getlist("session_hash")
    if not asked:
        if scope["path"] == "/gradio_api/queue/data":
            raise _Refused(400, "session_hash is missing")
        return None
    if len(asked) > 1 or not _SESSION.fullmatch(asked[0]):
        raise _Refused(400, "session_hash is no name of a session")
    return str(asked[0])


async def _whole(receive: Any) -> bytes:
    """The body of a request, which `BodyLimit` keeps small."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(400, "the request was cut off")
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:
    """A `receive` that tells a body which has been read, and then what comes."""
    told = False

    async def tell() -> Any:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return tell


def _read(body: bytes) -> Any:
    """The value that a body spells, of which all can be spelled again."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        value = json.loads(body.decode("utf-8"), parse_constant=refuse)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")  # neither 1e999 nor half a character
    except (ValueError, RecursionError):
        raise _Refused(400, "the body is not JSON") from None
    return value


def _look_through(body: dict[str, Any]) -> None:
    """Refuses a body that holds a file at any depth, or is too deep to be looked through."""
    level: list[Any] = [body]
    for _ in range(_DEPTH_MAX):
        if any(isinstance(value, dict) and "meta" in value for value in level):
            raise _Refused(400, "no files are taken here")
        level = [
            part
            for value in level
            if isinstance(value, dict | list)
            for part in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise _Refused(400, "the body is too deep")


async def _answer(refused: _Refused, scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    from starlette.responses import JSONResponse

    headers = {"Allow": refused.allow} if refused.allow else {}
    await JSONResponse({"detail": refused.reason}, refused.status, headers)(scope, receive, send)

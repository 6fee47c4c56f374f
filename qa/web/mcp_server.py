"""The tools for programs that speak MCP, over streamable HTTP; each result is the record of `--json` itself.

Gradio has an MCP server of its own, which gives a record as Python prints it, not as JSON.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from index.errors import YinzhengError
from qa.page import words

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

    from qa.web.users import Users

_log = logging.getLogger(__name__)


def server(tools: Sequence[Callable[..., dict[str, Any]]], host: str) -> FastMCP:
    """An MCP server of these tools, without sessions; `streamable_http_app` of it is to be mounted.

    Served on this machine alone, it answers no page that pretends to be this machine (DNS rebinding).
    """
    from mcp.server.fastmcp import FastMCP
    from mcp.server.transport_security import TransportSecuritySettings

    local = _local(host)
    names = ["127.0.0.1", "localhost", "[::1]"]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=local,
        allowed_hosts=[*names, *(f"{name}:*" for name in names)],
        allowed_origins=[f"http://{name}{port}" for name in names for port in ("", ":*")],
    )
    made = FastMCP(
        "yinzheng",
        instructions="Verbatim, cited quotes from documents in Chinese and English, or an honest refusal.",
        stateless_http=True,
        json_response=True,
        streamable_http_path="/",
        transport_security=security,
        log_level="WARNING",
    )
    for tool in tools:
        made.add_tool(_aside(tool), name=tool.__name__)
    return made


def _aside(tool: Callable[..., dict[str, Any]]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A tool that runs in a thread of its own, and whose unforeseen errors tell nothing but that there was one."""
    from mcp.server.fastmcp.exceptions import ToolError

    @wraps(tool)
    async def call(**named: Any) -> dict[str, Any]:
        try:
            return await asyncio.to_thread(tool, **named)
        except YinzhengError as error:
            raise ToolError(str(error)) from None
        except Exception:
            _log.exception("%s failed", tool.__name__)
            raise ToolError(words.of("failed", "en")) from None

    return call


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class BasicAuth:
    """Lets in only requests with a user's name and password (RFC 7617); an ASGI middleware."""

    def __init__(self, app: Callable[..., Awaitable[None]], users: Users) -> None:
        self.app = app
        self.users = users

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The application's response, or 401."""
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name, password = _credentials(dict(scope["headers"]).get(b"authorization", b""))
        known = bool(name) and await asyncio.to_thread(self.users.check, name, password)
        if known:
            await self.app(scope, receive, send)
            return
        challenge = {"WWW-Authenticate": 'Basic realm="yinzheng", charset="UTF-8"'}
        await PlainTextResponse("log in first\n", 401, challenge)(scope, receive, send)


def _credentials(header: bytes) -> tuple[str, str]:
    kind, _, value = header.partition(b" ")
    if kind.lower() != b"basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password

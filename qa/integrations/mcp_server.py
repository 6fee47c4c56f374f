"""The tools for programs that speak MCP; each result is the record of `--json` itself.

`qa.web.server` serves it over streamable HTTP, `mcp_stdio` over standard input and output. Gradio has an MCP server of
its own, which gives a record as Python prints it, not as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from importlib import metadata
from typing import TYPE_CHECKING, Any

from index.errors import YinzhengError
from qa import settings
from qa.page import words

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

_log = logging.getLogger(__name__)


def server(tools: Sequence[Callable[..., dict[str, Any]]]) -> FastMCP:
    """An MCP server of these tools, without sessions where it is served over HTTP.

    Pages that pretend to be this machine (DNS rebinding) are `origin`'s to refuse, here as everywhere.
    """
    from mcp.server.fastmcp import FastMCP
    from mcp.server.transport_security import TransportSecuritySettings
    from mcp.types import ToolAnnotations

    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    made = FastMCP(
        "yinzheng",
        instructions="Verbatim, cited quotes from documents in Chinese and English, or an honest refusal.",
        stateless_http=True,
        json_response=True,
        streamable_http_path="/",
        transport_security=security,
        log_level="WARNING",
    )
    with contextlib.suppress(metadata.PackageNotFoundError):  # a clone that is not installed
        made._mcp_server.version = metadata.version("yinzheng")  # or clients are told the version of `mcp`
    waiting = threading.BoundedSemaphore(settings.QUEUE_MAX)
    # Nothing is changed and nothing outside is asked: clients need not have each call allowed.
    reads = ToolAnnotations(readOnlyHint=True, openWorldHint=False)
    for tool in tools:
        made.add_tool(_aside(tool, waiting), name=tool.__name__, annotations=reads)
    return made


def _aside(
    tool: Callable[..., dict[str, Any]], waiting: threading.BoundedSemaphore
) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A tool that runs in a thread of its own, and whose unforeseen errors tell nothing but that there was one.

    `waiting` says how many calls may wait at once; further ones are refused.
    """
    from mcp.server.fastmcp.exceptions import ToolError

    @wraps(tool)
    async def call(**named: Any) -> dict[str, Any]:
        if not waiting.acquire(blocking=False):
            raise ToolError(words.of("busy", "en"))
        try:
            return await asyncio.to_thread(tool, **named)
        except YinzhengError as error:
            raise ToolError(str(error)) from None
        except Exception:
            _log.exception("%s failed", tool.__name__)
            raise ToolError(words.of("failed", "en")) from None
        finally:
            waiting.release()

    return call

"""MCP over standard input and output, for a client that starts `yinzheng mcp` by itself.

An index as it lies is opened before the protocol begins, which takes a second: what is wrong with it is then said where
clients look when a server does not start. The default index, where it has to be built first (some 20 seconds), is built
behind the protocol, and calls wait for it: clients give `initialize` as little as 5 seconds, and a call far more.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any

from index.errors import YinzhengError
from index.library import Library
from index.machine.line import Line
from index.store.part import Progress
from qa import service, settings
from qa.integrations import mcp_server
from qa.integrations.tools import tools

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

# Bytes that are read at once: what a pipe holds.
_PIPE = 65_536


def channel() -> tuple[int, int]:
    """Standard input and output, for the protocol alone, as two files of their own.

    From now on whatever else is printed goes to standard error, and whoever else reads finds nothing, also in processes
    that are started.
    """
    sys.stdout.flush()
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def serve(
    opened: Library | None,
    progress: Callable[[], AbstractContextManager[Progress]],
    failed: Callable[[YinzhengError], None],
    incoming: int,
    outgoing: int,
) -> None:
    """Answer what comes in until it ends, and what was asked until then is answered.

    Without an opened index the default one is built, and `failed` told if that cannot be done; so is every call.
    """
    ended = threading.Event()

    def ready() -> Library:
        library = opened or _built(progress, ended, failed)
        _ = library.encoder, library.model.load()  # now, so that the first question does not wait for them
        return library

    async def speak() -> None:
        try:
            await _speak(mcp_server.server(tools(coming.result, Line(settings.AT_ONCE))), incoming, outgoing)
        finally:
            ended.set()  # before the threads of calls are waited for, which wait for the index

    with ThreadPoolExecutor(1) as apart:
        coming = apart.submit(ready)
        try:
            asyncio.run(speak())
        except* (BrokenPipeError, ConnectionResetError):
            # the client has gone: that is the end, too, and what it did not take goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), outgoing)


class _Ended(Exception):
    """Stops a build that nobody waits for any more."""


def _built(
    progress: Callable[[], AbstractContextManager[Progress]],
    ended: threading.Event,
    failed: Callable[[YinzhengError], None],
) -> Library:
    """The default index, which is built while the protocol has not ended."""
    with progress() as told:

        def report(stage: str, done: int, total: int) -> None:
            if ended.is_set():
                raise _Ended
            told(stage, done, total)

        try:
            return service.open_library(None, report)
        except YinzhengError as error:
            failed(error)
            raise


async def _speak(server: FastMCP, incoming: int, outgoing: int) -> None:
    """The protocol, which ends with what comes in, once everything that was asked is answered.

    The server by itself drops what it is still answering.
    """
    import anyio
    from mcp.server.stdio import stdio_server
    from mcp.shared.message import SessionMessage
    from mcp.types import JSONRPCRequest

    written: Any = anyio.wrap_file(os.fdopen(outgoing, "w", encoding="utf-8", newline="\n"))
    lines: Any = _lines(incoming)
    to_server, heard = anyio.create_memory_object_stream[Any](0)
    said, to_client = anyio.create_memory_object_stream[Any](0)
    asked: set[object] = set()
    changed = anyio.Condition()

    async def hear() -> None:
        async with to_server:
            async for one in read:
                if isinstance(one, SessionMessage) and isinstance(one.message.root, JSONRPCRequest):
                    asked.add(one.message.root.id)
                await to_server.send(one)
            async with changed:
                while asked:
                    await changed.wait()

    async def tell() -> None:
        async with write:
            async for one in to_client:
                await write.send(one)
                async with changed:
                    asked.discard(getattr(one.message.root, "id", None))
                    changed.notify_all()

    async with stdio_server(lines, written) as (read, write), anyio.create_task_group() as both:
        both.start_soon(hear)
        both.start_soon(tell)
        inner = server._mcp_server  # FastMCP itself speaks on the process's own input and output only
        await inner.run(heard, said, inner.create_initialization_options())


async def _lines(file: int) -> AsyncIterator[str]:
    """What comes in, line by line, whatever its bytes; no thread waits for it, so that Ctrl+C ends it."""
    import anyio

    rest = b""
    while True:
        with suppress(PermissionError):  # a plain file is never waited for
            await anyio.wait_readable(file)
        try:
            data = os.read(file, _PIPE)
        except ConnectionResetError:
            data = b""
        *lines, rest = (rest + data).split(b"\n") if data else (rest, b"")
        for line in filter(bytes.strip, lines):
            yield line.decode("utf-8", "replace")
        if not data:
            return

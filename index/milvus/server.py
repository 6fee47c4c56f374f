"""A Milvus server, called through pymilvus: what goes wrong is said in a line, what will pass is tried again."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import regex

from index import settings
from index.errors import EngineRefused, EngineUnavailable, InputError, PackageMissing

# Where a token is looked for: `user:password`, or what the server's keeper gave. It is never written down.
TOKEN = "MILVUS_TOKEN"
# Codes of Milvus that say it will answer later: not ready, not available, too many requests, too much at once.
_PASSING = {1, 2, 4, 8}
_NOT_LOADED = 101
# gRPC's own waits grow to two minutes while a server is down, which is as long as it is then thought to be down. And a
# server may take a client's signs of life within five minutes for an attack, and says so on the terminal.
_CHANNEL = {
    "grpc.keepalive_time_ms": 300_000,
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 1_000,
}
# The first wait before a call is tried again, in seconds; the next is twice as long.
_WAIT, _WAIT_MOST = 0.25, 5.0


def checked(uri: str) -> str:
    """An address as it is kept; InputError for one that is no `http://HOST:PORT`, or that has a password in it."""
    if "@" in uri:
        raise InputError("the address of Milvus has a password in it", f"put `user:password` into {TOKEN} instead")
    try:
        parts = urlsplit(uri)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        sound = False
    if not sound:
        raise InputError(f"the address of Milvus is {uri!r}", "expected one such as http://127.0.0.1:19530")
    return parts.geturl().rstrip("/")


class Server:
    """The Milvus at an address, which is called when it is first needed. Threads may share it.

    EngineUnavailable where it does not answer for `patience` seconds, refuses, or is of another version;
    PackageMissing without pymilvus.
    """

    def __init__(self, uri: str, patience: float = settings.MILVUS_QUESTION) -> None:
        self.uri, self.patience = checked(uri), patience
        self._lock = threading.Lock()

    def call(self, what: str, *given: Any, **named: Any) -> Any:
        """What a method of pymilvus's client gives; a collection that is not loaded is, as after some restarts."""

        def call(client: Any) -> Any:
            return getattr(client, what)(*given, timeout=self._limit, **named)

        def loaded(client: Any) -> Any:
            try:
                return call(client)
            except _failures() as error:
                if not _unloaded(error):
                    raise
                client.load_collection(given[0], timeout=self._limit)
                return call(client)

        return self._tried(loaded)

    def pages(self, collection: str, **named: Any) -> Iterator[Any]:
        """The rows of a collection, some at a time."""
        found = self.call("query_iterator", collection, **named)
        try:
            while page := self._tried(lambda client: found.next()):
                yield page
        finally:
            found.close()

    @property
    def _limit(self) -> float:
        return min(settings.MILVUS_CALL, self.patience)

    @property
    def _client(self) -> Any:
        with self._lock:
            return self._connected

    @cached_property
    def _connected(self) -> Any:
        token = os.environ.get(TOKEN, "")
        client = _library().MilvusClient(uri=self.uri, token=token, timeout=self._limit, grpc_options=_CHANNEL)
        version = str(client.get_server_version(timeout=self._limit))
        found = regex.search(r"(\d+)\.(\d+)", version)
        if found and tuple(map(int, found.groups())) < settings.MILVUS_LEAST:
            least = ".".join(map(str, settings.MILVUS_LEAST))
            raise EngineUnavailable(f"Milvus at {self.uri} is {version}, expected {least} or newer", "upgrade it")
        return client

    def _tried(self, call: Callable[[Any], Any]) -> Any:
        wait, until = _WAIT, time.monotonic() + self.patience
        while True:
            try:
                return call(self._client)
            except _failures() as error:
                left = until - time.monotonic()
                if not _passing(error):
                    raise EngineRefused(f"Milvus at {self.uri} refused ({_said(error)})", "look at its log") from None
                if left <= 0:
                    raise EngineUnavailable(
                        f"Milvus at {self.uri} does not answer ({_said(error)})", "start it, or look at its log"
                    ) from None
                time.sleep(min(wait, max(left, 0.0)))
                wait = min(2 * wait, _WAIT_MOST)

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Wait so long for an answer meanwhile."""
        before, self.patience = self.patience, seconds
        try:
            yield
        finally:
            self.patience = before


def _library() -> Any:
    try:
        import pymilvus
    except ImportError:
        raise PackageMissing("pymilvus is not installed", "run `pip install 'yinzheng[milvus]'`") from None
    # it writes every failure with its whole traceback, also one that is tried again
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
    return pymilvus


def _failures() -> tuple[type[Exception], ...]:
    import grpc

    return _library().MilvusException, grpc.RpcError


def _passing(error: Exception) -> bool:
    """Whether a call may be answered later."""
    code: Any = getattr(error, "code", None)
    if callable(code):  # gRPC's own
        return code().name in (
            "UNAVAILABLE",
            "DEADLINE_EXCEEDED",
            "RESOURCE_EXHAUSTED",
            "CANCELLED",
        )
    return code in _PASSING and "UNIMPLEMENTED" not in str(error)


def _unloaded(error: Exception) -> bool:
    """Whether a collection has to be loaded before it is asked."""
    return getattr(error, "code", None) == _NOT_LOADED or "is in state 'released'" in str(error)


def _said(error: Exception) -> str:
    """What an error says, in few words."""
    if callable(code := getattr(error, "code", None)):
        return str(code().name).lower().replace("_", " ")
    said = str(getattr(error, "message", "")).strip() or str(error).strip() or type(error).__name__
    return "no connection" if said.startswith("Fail connecting") else said.splitlines()[0][:200]

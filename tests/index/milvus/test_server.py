"""Calls of a server: what will pass is tried again for a while, what is refused is not, and each is said in a line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from in_memory import MilvusException, RpcError, without_pymilvus

from index import settings
from index.errors import EngineUnavailable, InputError, PackageMissing, YinzhengError
from index.milvus import server as servers
from index.milvus.server import Server, checked

URI = "http://127.0.0.1:19530"
SECRET = "root:open-sesame"


class Client:
    """Pymilvus's client: each call gives, or raises, what is next; the last again and again."""

    def __init__(self, *next: Any, version: str = "v2.6.1") -> None:
        self.next, self.version = list(next), version
        self.made: dict[str, Any] = {}
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, **named: Any) -> Client:
        self.made = named
        return self

    def get_server_version(self, timeout: float) -> str:
        return self.version

    def load(self, *given: Any, **named: Any) -> Any:
        self.calls.append((given, named))
        found = self.next.pop(0) if len(self.next) > 1 else self.next[0]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, which takes no time."""
    waits: list[float] = []
    monkeypatch.setattr(servers, "time", SimpleNamespace(monotonic=lambda: sum(waits), sleep=waits.append))
    return waits


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch, slept: list[float]) -> Callable[..., Client]:
    fake = without_pymilvus(monkeypatch)

    def put(*next: Any, **named: Any) -> Client:
        client = Client(*next, **named)
        monkeypatch.setattr(fake, "MilvusClient", client)
        return client

    return put


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        (URI, URI),
        (URI + "/", URI),
        ("https://milvus.example:443/a/b//", "https://milvus.example:443/a/b"),
        ("http://[::1]:19530", "http://[::1]:19530"),
        (f"{URI}\n", URI),
    ],
)
def test_addresses(uri: str, kept: str) -> None:
    assert checked(uri) == kept
    assert checked(kept) == kept


@pytest.mark.parametrize(
    "uri",
    ["", "milvus.db", "127.0.0.1:19530", "http://127.0.0.1", "http://:1", "ftp://a:1", "http://a:x", "http://[:1"],
)
def test_what_is_no_address(uri: str) -> None:
    with pytest.raises(
        InputError, match=r"^the address of Milvus is '.*'; expected one such as http://127.0.0.1:19530$"
    ):
        checked(uri)


@pytest.mark.parametrize(
    "uri",
    [f"http://{SECRET}@a:1", f"http://{SECRET}@a", f"http://{SECRET}@a:x", f"{SECRET}@a:1", "http://open-sesame@a:1"],
)
def test_a_password_is_not_taken_and_not_shown(uri: str) -> None:
    with pytest.raises(InputError, match="has a password in it; put `user:password` into MILVUS_TOKEN") as caught:
        checked(uri)
    assert "sesame" not in str(caught.value)


PASSING = [
    *(pytest.param(MilvusException(code, "not ready"), "not ready", id=f"code {code}") for code in (1, 2, 4, 8)),
    *(
        pytest.param(RpcError(name), name.lower().replace("_", " "), id=name)
        for name in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED")
    ),
]
REFUSED = [
    pytest.param(MilvusException(100, "collection not found\nTraceback\n  x"), "collection not found", id="code 100"),
    pytest.param(MilvusException(65535, ""), "MilvusException", id="no message"),
    pytest.param(MilvusException(65535, " \n"), "MilvusException", id="an empty message"),
    pytest.param(MilvusException(1, "[UNIMPLEMENTED] unknown method"), "[UNIMPLEMENTED] unknown method", id="unknown"),
    *(
        pytest.param(RpcError(name), name.lower(), id=name)
        for name in ("UNAUTHENTICATED", "INTERNAL", "UNIMPLEMENTED", "UNKNOWN")
    ),
]


@pytest.mark.parametrize(("error", "said"), PASSING)
def test_what_will_pass_is_tried_again(
    serving: Callable[..., Client], slept: list[float], error: Exception, said: str
) -> None:
    client = serving(error, error, "found")
    assert Server(URI, 10).call("load", "a", limit=3) == "found"
    assert client.calls == [(("a",), {"limit": 3, "timeout": 10})] * 3
    assert slept == [0.25, 0.5]


@pytest.mark.parametrize(("error", "said"), PASSING)
def test_patience_has_an_end(serving: Callable[..., Client], slept: list[float], error: Exception, said: str) -> None:
    client = serving(error)
    with pytest.raises(EngineUnavailable) as caught:
        Server(URI, 20).call("load")
    assert str(caught.value) == f"Milvus at {URI} does not answer ({said}); start it, or look at its log"
    assert caught.value.__suppress_context__
    assert sum(slept) == pytest.approx(20)
    assert max(slept) == 5
    assert 5 < len(client.calls) < 12


@pytest.mark.parametrize(("error", "said"), REFUSED)
def test_what_is_refused_is_not_tried_again(
    serving: Callable[..., Client], slept: list[float], error: Exception, said: str
) -> None:
    client = serving(error)
    with pytest.raises(EngineUnavailable) as caught:
        Server(URI, 20).call("load")
    assert str(caught.value).startswith(f"Milvus at {URI} refused (")
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert (len(client.calls), slept) == (1, [])


def test_another_error_is_none_of_ours(serving: Callable[..., Client]) -> None:
    serving(KeyError("a bug"))
    with pytest.raises(KeyError):
        Server(URI).call("load")


def test_a_call_has_no_longer_than_there_is_patience(serving: Callable[..., Client], slept: list[float]) -> None:
    client = serving(MilvusException(1, "not ready"))
    server = Server(URI, 300)
    with server.patient(2), pytest.raises(EngineUnavailable):
        server.call("load")
    assert sum(slept) == pytest.approx(2)
    client.next = ["found"]
    client.calls.clear()
    server.call("load")
    assert [named["timeout"] for _, named in client.calls] == [settings.MILVUS_CALL]


def test_pages_come_until_there_are_no_more(serving: Callable[..., Client]) -> None:
    pages: list[Any] = [["a"], MilvusException(2, "not ready"), ["b"], []]
    closed: list[bool] = []

    def following() -> Any:
        found = pages.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    serving(SimpleNamespace(next=following, close=lambda: closed.append(True)))
    Client.query_iterator = Client.load  # type: ignore[attr-defined]
    try:
        assert list(Server(URI).pages("one", batch_size=1)) == [["a"], ["b"]]
    finally:
        del Client.query_iterator  # type: ignore[attr-defined]
    assert closed == [True]


@pytest.mark.parametrize("version", ["v2.3.21", "2.3", "v1.0.0-dev"])
def test_an_old_server_is_told(serving: Callable[..., Client], version: str) -> None:
    serving("found", version=version)
    with pytest.raises(EngineUnavailable, match=rf"is {version}, expected 2\.4 or newer; upgrade it$"):
        Server(URI).call("load")


@pytest.mark.parametrize("version", ["v2.4.0", "2.10.1", "v3.0-rc", "milvus-lite"])
def test_a_newer_one_is_asked(serving: Callable[..., Client], version: str) -> None:
    serving("found", version=version)
    assert Server(URI).call("load") == "found"


def test_the_token_is_passed_and_never_said(
    serving: Callable[..., Client], slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_TOKEN", SECRET)
    client = serving(MilvusException(1, "auth check failure"))
    with pytest.raises(YinzhengError) as caught:
        Server(URI, 1).call("load")
    assert client.made["token"] == SECRET
    assert client.made["uri"] == URI
    assert "sesame" not in str(caught.value) + repr(vars(Server(URI)))


def test_without_pymilvus_the_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(PackageMissing, match=r"^pymilvus is not installed; run `pip install 'yinzheng\[milvus\]'`$"):
        Server(URI).call("load")


def test_pymilvus_writes_no_log(serving: Callable[..., Client]) -> None:
    serving("found")
    Server(URI).call("load")
    assert not logging.getLogger("pymilvus").isEnabledFor(logging.CRITICAL)

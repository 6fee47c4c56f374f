"""Malformed calls: of the page's events, of the HTTP API, of MCP, of HTTP itself. Each is refused in one clean line."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from wire import JSON, Reply, ask, raw

if TYPE_CHECKING:
    from served import Served

# What tells of the server's insides.
_INSIDE = ("Traceback", 'File "', "site-packages", "/qa/", "gradio.", "object at 0x", "Error:", "pydantic")


def clean(reply: Reply, *statuses: int) -> None:
    assert reply.status in statuses, reply.text[:300]
    assert not [word for word in _INSIDE if word in reply.text], reply.text[:300]
    assert reply.faults() == []


def deep(left: bytes, right: bytes, depth: int = 100_000) -> bytes:
    return b'{"data":' + left * depth + right * depth + b"}"


NO_JSON = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"data"',
    b"7",
    b"{'data': []}",
    b'{"data": [NaN]}',
    b'{"data": [Infinity]}',
    b'{"data": [-Infinity, 3]}',
    b'{"data": [1e999]}',
    b'{"data": [' + b"9" * 10_000 + b"]}",
    b'{"data": ["\xff\xfe"]}',
    b'{"data": ["\\ud800"]}',
    b'{"data": ["\\udc00\\ud800"], "session_hash": "x"}',
    b'{"\\ud800": 1, "data": []}',
    b'\xef\xbb\xbf{"data": ["x"]}',
    '{"data": ["x"]}'.encode("utf-16"),
    b'{"data": ["x"]}\x00',
    b'{"data": ["\x00"]}',
    b'{"data": "x"}',
    b'{"data": {"0": "x"}}',
    b'{"data": null}',
    deep(b"[", b"]"),
    deep(b'{"a":', b"}", 5_000),
    deep(b"[", b"]", 200),
    b"question=x",
    b"--b\r\nContent-Disposition: form-data; name=data\r\n\r\nx\r\n--b--",
]


@pytest.mark.parametrize("target", ["call/ask", "call/search/", "run/predict", "queue/join", "cancel", "reset"])
def test_a_body_that_is_no_json_is_refused(served: Served, target: str) -> None:
    for body in NO_JSON:
        reply = ask(served.url, "POST", f"/gradio_api/{target}", body, JSON)
        clean(reply, 400, 422)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_only_json_is_read(served: Served, kind: str) -> None:
    """A form of another site can send these, and nothing else."""
    headers = {"Content-Type": kind} if kind else {}
    for target in ("call/ask", "run/predict", "queue/join", "cancel", "reset"):
        body = b'{"data": ["x"], "fn_index": 0, "session_hash": "kind", "event_id": "x"}'
        clean(ask(served.url, "POST", f"/gradio_api/{target}", body, headers), 422, 400)


ODD: list[tuple[str, Any]] = [
    *[("fn_index", value) for value in (-1, 10**6, 2**63, 10**300, 1.5, "0", "save", None, True, [], {}, [0], "../x")],
    *[("trigger_id", value) for value in (1.5, "x", [], {}, True)],
    *[
        ("session_hash", value)
        for value in (None, "", 7, [], {}, True, "a/b", "../..", "x" * 65, "é", "a b", "\x00", "a\n")
    ],
    *[("data", value) for value in (None, "x", {}, 7)],
    *[(name, 1) for name in ("batched", "oauth_token", "__class__", "", "x" * 10_000, "Data")],
]


@pytest.mark.parametrize("target", ["run/predict", "queue/join"])
@pytest.mark.parametrize(("name", "value"), ODD)
def test_what_no_page_says_of_an_event_is_refused(served: Served, target: str, name: str, value: Any) -> None:
    body = {"data": [], "fn_index": 0, "session_hash": "odd", name: value}
    clean(ask(served.url, "POST", f"/gradio_api/{target}", body), 400)


@pytest.mark.parametrize("data", [[], [None] * 50, [{}] * 3, ["x" * 100_000] * 3])
def test_an_event_with_wrong_values_says_nothing_of_the_server(served: Served, data: list[Any]) -> None:
    """Gradio answers some with 500 and an empty reason; what counts is that nothing is told and nothing breaks."""
    (gradio,) = [route.app for route in _inner(served).routes if hasattr(getattr(route, "app", None), "get_blocks")]
    events = [number for number, function in gradio.get_blocks().fns.items() if not function.queue]
    assert len(events) >= 10
    for number in events:
        for event_data in (None, {}, [], "x", {"document": {}, "number": [], "index": "x", "text": 7, "language": []}):
            body = {"data": data, "fn_index": number, "session_hash": "wrong", "event_data": event_data}
            clean(ask(served.url, "POST", "/gradio_api/run/predict", body), 200, 500)


def _inner(served: Served) -> Any:
    found = served.app
    while not hasattr(found, "routes"):
        found = found.app
    return found


WRONG: list[tuple[str, list[Any]]] = [
    *[("ask", [value]) for value in (None, 7, True, [], {}, ["x"], {"a": 1}, 1e308)],
    *[("ask", ["x", top]) for top in (0, -1, 51, 1.5, 10**300, "3", True, [], {}, 1e308)],
    *[("search", ["x", 3, documents]) for documents in (7, [], {}, "nothing", "../../etc/passwd", "sle\x00")],
    *[("search", ["x", 3, "", lang]) for lang in (7, [], {}, "fr", "zh\x00", "\u202e")],
    *[("show", [paragraph]) for paragraph in (7, [], "9-P9", "../../etc/passwd", "\x00", "x" * 100_000, "3.1-P2' --")],
]


@pytest.mark.parametrize(("tool", "data"), WRONG)
def test_an_argument_of_a_wrong_type_is_one_line(served: Served, tool: str, data: list[Any]) -> None:
    event = ask(served.url, "POST", f"/gradio_api/call/{tool}", {"data": data}).json()["event_id"]
    said = ask(served.url, "GET", f"/gradio_api/call/{tool}/{event}", seconds=20)
    clean(said, 200)
    assert said.text.count("event: error") == 1
    assert "Internal error" not in said.text


def test_more_or_fewer_arguments_than_there_are(served: Served) -> None:
    for data in ([], ["x"] * 5, ["x"] * 10_000):
        reply = ask(served.url, "POST", "/gradio_api/call/ask", {"data": data})
        if reply.status == 200:
            reply = ask(served.url, "GET", f"/gradio_api/call/ask/{reply.json()['event_id']}", seconds=20)
        clean(reply, 200, 400, 422)


# MCP


def rpc(method: str, params: Any = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, **({} if params is None else {"params": params}), **more}


def call(name: Any, arguments: Any) -> dict[str, Any]:
    return rpc("tools/call", {"name": name, "arguments": arguments})


MCP = {**JSON, "Accept": "application/json, text/event-stream"}
RPC: list[Any] = [
    {},
    [],
    [rpc("tools/list"), rpc("tools/list")],
    [rpc("tools/list")] * 500,
    7,
    None,
    "tools/list",
    rpc("tools/list", jsonrpc="1.0"),
    rpc("tools/list", id={}),
    rpc("tools/list", id=1.5),
    rpc(""),
    rpc("no/such"),
    rpc("tools/list", []),
    rpc("tools/list", "x"),
    rpc("tools/list", {"cursor": {}}),
    rpc("initialize", {}),
    rpc("initialize", {"protocolVersion": 7, "capabilities": [], "clientInfo": None}),
    rpc("resources/read", {"uri": "file:///etc/passwd"}),
    rpc("prompts/get", {"name": "../x"}),
    rpc("logging/setLevel", {"level": "x"}),
    rpc("tools/call"),
    rpc("tools/call", {}),
    call("nothing", {}),
    call("__class__", {}),
    call(7, {}),
    call("ask", []),
    call("ask", {}),
    call("ask", {"question": 7}),
    call("ask", {"question": None}),
    call("ask", {"question": ["x"]}),
    call("ask", {"question": "x", "top": 0}),
    call("ask", {"question": "x", "top": "many"}),
    call("ask", {"question": "x", "top": 10**300}),
    call("ask", {"question": "x", "top": 1.5}),
    call("ask", {"question": "x", "lang": "fr"}),
    call("ask", {"question": "x", "documents": 7}),
    call("show", {"paragraph": "../../etc/passwd"}),
    call("show", {"paragraph": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}),
    call("search", {"query": "x", "top": -1}),
]


@pytest.mark.parametrize("number", range(len(RPC)))
def test_a_wrong_call_of_mcp_is_an_error_of_its_own(served: Served, number: int) -> None:
    reply = ask(served.url, "POST", "/mcp/", RPC[number], MCP)
    assert reply.status in (200, 202, 400, 404, 406), reply.text[:300]
    assert not [word for word in ("Traceback", 'File "', "site-packages", "object at 0x") if word in reply.text]
    assert reply.faults() == []
    if reply.status == 200:
        said = reply.json()
        assert "error" in said or said["result"]["isError"], reply.text[:300]
        assert "root:" not in reply.text


def test_a_body_that_is_no_json_is_refused_by_mcp(served: Served) -> None:
    for body in NO_JSON:
        reply = ask(served.url, "POST", "/mcp/", body, MCP)
        assert reply.status == 400, reply.text[:300]
        assert not [word for word in ("Traceback", 'File "', "site-packages") if word in reply.text]


# HTTP


def sent(served: Served, first: bytes, *lines: bytes, body: bytes = b"") -> bytes:
    host = b"Host: " + urlsplit(served.url).netloc.encode()
    return b"\r\n".join([first, host, b"Connection: close", *lines, b"", b""]) + body


HTTP: list[tuple[bytes, tuple[bytes, ...], bytes]] = [
    (b"GET /", (), b""),
    (b"", (), b""),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (), b""),  # TLS
    (b"PRI * HTTP/2.0", (), b"SM\r\n\r\n"),
    (b"GET http://canary.test/ HTTP/1.1", (), b""),
    (b"GET \xff\xfe HTTP/1.1", (), b""),
    (b"GET /\x00 HTTP/1.1", (), b""),
    (b"CONNECT canary.test:443 HTTP/1.1", (), b""),
    (b"G\xc3\x89T / HTTP/1.1", (), b""),
    (b"GET " + b"/" + b"a" * 100_000 + b" HTTP/1.1", (), b""),
    (b"GET /health HTTP/1.1", tuple(b"X-%d: a" % number for number in range(20_000)), b""),
    (b"GET /health HTTP/1.1", (b"no colon",), b""),
    (b"GET /health HTTP/1.1", (b"X : a",), b""),
    (b"GET /health HTTP/1.1", (b"X: a\x00b",), b""),
    (b"GET /health HTTP/1.1", (b"Host: other.test",), b""),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Content-Length: -1",), b"{}"),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Content-Length: 5", b"Content-Length: 6"), b"{}   "),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Content-Length: 1e3",), b"{}"),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Content-Length: 99999999999",), b"{}"),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Transfer-Encoding: chunked",), b"zz\r\n{}\r\n0\r\n\r\n"),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Transfer-Encoding: gzip",), b"{}"),
    (b"POST /gradio_api/call/ask HTTP/1.1", (b"Transfer-Encoding: chunked",), b"f" * 30 + b"\r\n{}"),
]


@pytest.mark.parametrize("number", range(len(HTTP)))
def test_what_is_no_http_is_refused(served: Served, number: int) -> None:
    first, lines, body = HTTP[number]
    reply = raw(served.url, sent(served, first, *lines, body=body), seconds=5)
    assert 400 <= reply.status < 500, reply
    assert "Traceback" not in reply.text
    assert ask(served.url, "GET", "/health").status == 200


def test_http_1_0_is_served(served: Served) -> None:
    reply = raw(served.url, b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert reply.status == 200
    assert raw(served.url, b"GET /health HTTP/1.0\r\n\r\n").status == 421  # it does not say whom it asks


@pytest.mark.parametrize("target", ["/", "/mcp/", "/gradio_api/queue/join", "/gradio_api/queue/data", "/ws", "/health"])
def test_nothing_is_upgraded(served: Served, target: str) -> None:
    for kind in ("websocket", "h2c", "TLS/1.0"):
        headers = {
            "Connection": "Upgrade",
            "Upgrade": kind,
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        }
        reply = ask(served.url, "GET", target, headers=headers, seconds=5)
        assert reply.status in (200, 400, 404, 405, 406), (kind, reply.status)
        assert reply.faults() == []


def test_noise_breaks_nothing(served: Served) -> None:
    """Bytes at random, and good requests with a few of their bytes changed, from a fixed seed."""
    chance = random.Random(20)
    good = sent(
        served, b"POST /gradio_api/call/ask HTTP/1.1", b"Content-Type: application/json", b"Content-Length: 15",
        body=json.dumps({"data": ["x"]}).encode(),
    )  # fmt: skip
    for number in range(60):
        noise = bytearray(chance.randbytes(chance.randrange(1, 400)) if number % 3 == 0 else good)
        for _ in range(chance.randrange(1, 4) if number % 3 else 0):
            noise[chance.randrange(len(noise))] = chance.randrange(256)
        reply = raw(served.url, bytes(noise), seconds=0.1)
        assert reply.status < 500, bytes(noise)
        assert "Traceback" not in reply.text
    assert ask(served.url, "GET", "/health").status == 200

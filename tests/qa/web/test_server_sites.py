"""Other sites' pages, names that lead here by a trick, what one address may have open, errors that say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from test_server_routes import OPEN, concrete
from wire import ask, parsed

from qa.web.guard import origin
from qa.web.guard.limits import OpenLimit
from qa.web.server import Place

if TYPE_CHECKING:
    from said import Run
    from served import Served


# Other sites' pages

FOREIGN: list[dict[str, str]] = [
    {"Origin": "http://evil.test"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://127.0.0.1"},  # of another port
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost:7860"},
    {"Origin": "http://127.0.0.1.evil.test"},
    {"Origin": "file://"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "own"},
    {"Sec-Fetch-Site": "x"},
]

POSTS = sorted(path for path, methods in OPEN.items() if "POST" in methods or methods == "*")


@pytest.mark.parametrize("path", POSTS)
def test_a_page_of_another_site_can_change_nothing(served: Served, path: str) -> None:
    for headers in FOREIGN:
        headers = {name: served.url if value == "own" else value for name, value in headers.items()}
        for kind in ("application/json", "text/plain"):
            body = b'{"data": ["x"], "fn_index": 0, "session_hash": "foreign", "event_id": "x"}'
            reply = ask(served.url, "POST", concrete(path), body, {**headers, "Content-Type": kind})
            assert reply.status == 403, (path, headers, reply.text)
            assert "access-control-allow-origin" not in reply.headers
            assert reply.faults() == []


def test_a_page_of_another_site_can_read_nothing(served: Served) -> None:
    for path in sorted(OPEN):
        for headers in FOREIGN:
            for method in ("GET", "OPTIONS"):
                asked = {**headers, "Access-Control-Request-Method": "POST"} if method == "OPTIONS" else headers
                reply = ask(
                    served.url, method, concrete(path).replace("heartbeat/something", "heartbeat/a b"), b"", asked
                )
                assert "access-control-allow-origin" not in reply.headers, (path, headers)


def test_the_servers_own_page_and_programs_are_let_in(served: Served) -> None:
    for headers in ({}, {"Origin": served.url}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert ask(served.url, "POST", "/gradio_api/call/ask", {"data": ["", 3]}, headers).status == 200


HOSTS = [
    "evil.test",
    "evil.test:7860",
    "127.0.0.1.evil.test",
    "localhost.evil.test",
    "192.168.0.7",
    "",
    "a@b",
    "[::1",
    "0.0.0.0",
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_name_that_leads_here_by_a_trick_is_not_answered(served: Served, host: str) -> None:
    """DNS rebinding: a page of evil.test has its name lead to 127.0.0.1, and is of the same origin then."""
    for path, methods in OPEN.items():
        method = "POST" if "POST" in methods else "GET"
        reply = ask(served.url, method, concrete(path), b"{}" if method == "POST" else b"", {"Host": host})
        assert reply.status == 421, path
        assert reply.faults() == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:99", "[::1]", "[::1]:7860", "127.1.2.3"]
)
def test_the_machines_own_names_are_answered(served: Served, host: str) -> None:
    assert ask(served.url, "GET", "/health", headers={"Host": host}).status == 200


def over(app: Any, headers: dict[str, str], method: str = "GET") -> int:
    """What an application in this process answers."""
    import asyncio

    async def run() -> int:
        transport = httpx.ASGITransport(app, client=("1.2.3.4", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://yinzheng.test") as http:
            return (await http.request(method, "/", headers=headers)).status_code

    return asyncio.run(run())


async def fine(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


HERE, THERE = "ask.example.org", "https://ask.example.org"


@pytest.mark.parametrize(
    ("names", "local", "headers", "method", "status"),
    [
        # A proxy on this machine hands on the name that it is asked for, or says another.
        ([], True, {"Host": HERE}, "GET", 421),
        (["Ask.example.org"], True, {"Host": f"{HERE}:443"}, "GET", 200),
        ([HERE], True, {"Host": "localhost", "Origin": THERE}, "POST", 200),
        ([], False, {"Host": HERE}, "GET", 200),
        ([], False, {"Host": HERE, "Origin": THERE}, "POST", 200),
        ([], False, {"Host": HERE, "Origin": "https://evil.test"}, "POST", 403),
        ([], False, {"Host": f"{HERE}:8443", "Origin": f"{THERE}:8443"}, "POST", 200),
        ([], False, {"Host": HERE, "Origin": f"{THERE}:8443"}, "POST", 403),
        ([], False, {"Host": "localhost:7860", "Origin": THERE, "Sec-Fetch-Site": "same-origin"}, "POST", 200),
    ],
)
def test_by_what_name_a_proxy_is_asked(
    names: list[str], local: bool, headers: dict[str, str], method: str, status: int
) -> None:
    assert over(origin.Origin(fine, names, local=local), headers, method) == status


def test_the_command_line_names_a_proxy(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa import service
    from qa.web import server

    told: list[Place] = []
    monkeypatch.setattr(server, "serve", lambda library, place, ready: told.append(place))
    monkeypatch.setattr(service, "open_library", lambda folder, progress: None)
    assert run("chat").status == 0
    assert run("chat", "--name", HERE, "--name", "other.example.org").status == 0
    assert [place.names for place in told] == [(), (HERE, "other.example.org")]


@pytest.mark.parametrize(
    ("told", "hosts"),
    [
        (True, ["127.0.0.1", "127.9.9.9", "localhost", "::1"]),
        (False, ["0.0.0.0", "::", "192.168.1.2", "example.org", ""]),
    ],
)
def test_what_this_machine_alone_can_reach(told: bool, hosts: list[str]) -> None:
    assert [origin.local(host) for host in hosts] == [told] * len(hosts)


def test_an_error_that_nobody_foresaw_says_nothing_and_has_the_headers(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.web.guard import gate

    def fail(*named: Any) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(gate, "_route", fail)
    reply = ask(served.url, "GET", "/health")
    assert (reply.status, reply.text) == (500, "Internal error; it has been logged.\n")
    assert reply.faults() == []


def test_one_address_has_no_more_requests_open_than_it_may() -> None:
    import asyncio

    gate_ = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await gate_.wait()
        await fine(scope, receive, send)

    async def run() -> tuple[list[int], int, int, int]:
        app = OpenLimit(slow, 3)
        one = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("1.2.3.4", 1)), base_url="http://t")
        other = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("5.6.7.8", 1)), base_url="http://t")
        held = [asyncio.create_task(one.get("/")) for _ in range(3)]
        await asyncio.sleep(0.05)
        refused = await asyncio.wait_for(one.get("/"), 5)
        beside = asyncio.create_task(other.get("/"))
        await asyncio.sleep(0.05)
        gate_.set()
        codes = [(await task).status_code for task in held]
        again = (await one.get("/")).status_code
        return codes, refused.status_code, (await beside).status_code, again + len(app.open)

    assert asyncio.run(run()) == ([200] * 3, 429, 200, 200)


def test_the_wire_reads_what_it_should() -> None:
    """The tests' own reader of responses."""
    reply = parsed(b"HTTP/1.1 404 Not Found\r\nServer: x\r\nA: 1\r\na: 2\r\n\r\nbody")
    assert (reply.status, reply.headers["a"], reply.body) == (404, ["1", "2"], b"body")
    assert "server" in reply.faults()
    assert "content-security-policy" in reply.faults()
    assert parsed(b"").status == 0
    assert urlsplit("http://127.0.0.1:1").port == 1

"""Limits of size and rate, and the headers of every response, over a tiny application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.middleware.base import BaseHTTPMiddleware

from qa import settings
from qa.web.guard.limits import BodyLimit, Headers, RateLimit


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the number of bytes that came."""
    came = 0
    while scope["method"] == "POST":
        message = await receive()
        came += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(came).encode()})


def send(
    app: Any, *requests: tuple[str, Any], client: str = "1.2.3.4", path: str = "/", headers: Any = None
) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return [await http.request(method, path, content=content, headers=headers) for method, content in requests]

    return asyncio.run(run())


async def chunks(*sizes: int) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


@pytest.mark.parametrize(
    ("content", "status"), [(b"x" * 100, 200), (b"x" * 101, 413), (chunks(60, 40), 200), (chunks(60, 41), 413)]
)
def test_a_body_is_measured_by_what_it_says_and_by_what_comes(content: Any, status: int) -> None:
    (response,) = send(BodyLimit(echo, 100), ("POST", content))
    assert response.status_code == status
    assert response.text == ("100" if status == 200 else "the request is larger than 100 bytes\n")


def test_more_may_come_where_files_are_handed_in() -> None:
    app = BodyLimit(echo, 100, larger={"/documents": 1_000})
    for path, size, status in (("/documents", 1_000, 200), ("/documents", 1_001, 413), ("/documents/x", 101, 413)):
        for content in (b"x" * size, chunks(size - 50, 50)):
            (response,) = send(app, ("POST", content), path=path)
            assert response.status_code == status
    (response,) = send(app, ("POST", b"x" * 1_001), path="/documents")
    assert response.text == "the request is larger than 1000 bytes\n"


def test_what_a_framework_makes_of_a_cut_body_is_not_the_answer() -> None:
    """FastAPI answers 400 where its body cannot be read; behind a middleware of Starlette it fails in a group."""
    inner, outer = FastAPI(), FastAPI()
    inner.add_middleware(BaseHTTPMiddleware, dispatch=lambda request, call_next: call_next(request))

    @inner.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    @outer.post("/")
    def parsed(value: dict[str, Any]) -> dict[str, Any]:
        return value

    outer.mount("/in", inner)
    for path in ("/", "/in/"):
        (small, large) = send(
            BodyLimit(outer, 100),
            ("POST", b"{}"),
            ("POST", chunks(60, 60)),
            path=path,
            headers={"content-type": "application/json"},
        )
        assert (small.status_code, large.status_code) == (200, 413), path


def test_a_stream_passes_as_it_comes_and_is_cut_off_where_too_much_follows() -> None:
    sent: list[Any] = []
    came = iter([60, 60])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            message = await receive()
            await send({"type": "http.response.body", "body": message["body"], "more_body": True})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * next(came), "more_body": True}

    async def put(message: Any) -> None:
        sent.append(message)

    asyncio.run(BodyLimit(app, 100)({"type": "http", "method": "POST", "headers": []}, receive, put))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 200


def test_an_error_of_the_application_is_not_hidden() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise RuntimeError("its own")

    with pytest.raises(RuntimeError, match="its own"):
        send(BodyLimit(broken, 100), ("POST", b"x" * 100))


@pytest.mark.parametrize("length", [b"-1", b"", b"1e3", b"101", b"9" * 5_000])
def test_a_length_that_is_too_great_or_no_number_is_refused(length: bytes) -> None:
    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", length)]}
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def put(message: Any) -> None:
        sent.append(message)

    asyncio.run(BodyLimit(echo, 100)(scope, receive, put))
    assert sent[0]["status"] == 413


def test_only_what_puts_work_in_counts_and_by_client() -> None:
    app = RateLimit(echo, 2)
    codes = [r.status_code for r in send(app, ("POST", b""), ("GET", None), ("POST", b""), ("GET", None))]
    assert codes == [200] * 4
    refused, seen = send(app, ("POST", b""), ("GET", None))
    assert (refused.status_code, seen.status_code) == (429, 200)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "请求太多" in refused.text
    assert "Too many requests" in refused.text
    (other,) = send(app, ("POST", b""), client="5.6.7.8")
    assert other.status_code == 200


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that is told, to be set."""
    now = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.mark.parametrize("later", [0.0, 17.3, 59.9])
def test_after_the_seconds_that_are_told_requests_pass_again(clock: list[float], later: float) -> None:
    app = RateLimit(echo, 3)
    assert [r.status_code for r in send(app, *[("POST", b"")] * 3)] == [200] * 3
    clock[0] += later
    (refused,) = send(app, ("POST", b""))
    assert refused.status_code == 429
    clock[0] += int(refused.headers["Retry-After"]) + 0.01
    assert [r.status_code for r in send(app, *[("POST", b"")] * 4)] == [200] * 3 + [429]


def test_a_team_behind_one_address_asks_at_once() -> None:
    """Fifty open the page and ask five questions each: one request to open it, two a question."""
    app = RateLimit(echo, settings.REQUESTS_PER_MINUTE)

    async def run() -> list[int]:
        transport = httpx.ASGITransport(app, client=("1.2.3.4", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            found = await asyncio.gather(*(http.post("/") for _ in range(50 * (1 + 2 * 5))))
        return [response.status_code for response in found]

    assert set(asyncio.run(run())) == {200}


def test_an_address_is_forgotten_after_its_minute(clock: list[float]) -> None:
    app = RateLimit(echo, 3)
    for number in range(50):
        send(app, ("POST", b""), client=f"10.0.0.{number}")
    clock[0] += 61
    deadline = time.monotonic() + 5
    while len(app.storage.storage) > 1 and time.monotonic() < deadline:  # it is swept beside the next requests
        send(app, ("POST", b""), client="1.2.3.4")
        time.sleep(0.02)
    assert len(app.storage.storage) == 1


def test_headers_stand_on_every_response() -> None:
    (response,) = send(Headers(echo), ("GET", None))
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_what_is_no_request_passes() -> None:
    passed: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["type"])

    for made in (Headers(app), BodyLimit(app, 1), RateLimit(app, 1)):
        asyncio.run(made({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"] * 3

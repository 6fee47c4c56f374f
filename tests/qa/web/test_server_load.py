"""Clients that are slow, go away, or ask too much: each is cut off or refused, and others are served meanwhile."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from wire import ask, connect, raw, read

from index.library import Library
from qa import settings
from qa.web import server
from qa.web.guard.waiting import Waiting, address
from qa.web.server import Place, serving

pytestmark = pytest.mark.slow

WHO = "CAAR-NK 细胞是谁构建的？"
MANY = 200


class Running:
    """A server whose patience is short: its address, and Gradio's application and queue within it."""

    def __init__(self, url: str, app: Any) -> None:
        self.url = url
        while not hasattr(app, "routes"):
            app = app.app
        self.gradio = app.routes[-1].app
        self.queue = self.gradio.get_blocks()._queue

    def idle(self, seconds: float = 120) -> bool:
        """Waits until nothing is asked any more."""
        end = time.monotonic() + seconds
        while (len(self.queue) or any(self.queue.active_jobs)) and time.monotonic() < end:
            time.sleep(0.05)
        return not len(self.queue)


@pytest.fixture(scope="module")
def running(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("load")
    made: list[Any] = []
    create = server.create
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "create", lambda library, place: made.append(create(library, place)) or made[-1])
        patch.setattr(server, "_SWEEP_SECONDS", 0.5)
        patch.setattr(settings, "PATIENCE_SECONDS", 2.0)
        patch.setattr(settings, "UNREAD_SECONDS", 2.0)
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        patch.setenv("XDG_CACHE_HOME", str(folder))
        with serving(library, Place(port=0, feedback=folder / "f", per_minute=10**7)) as url:
            yield Running(url, made[0])


def from_(host: str) -> dict[str, str]:
    """What a proxy on this machine says of where a request comes from."""
    return {"X-Forwarded-For": host}


def answered(running: Running, host: str = "10.9.9.9") -> bool:
    """Whether another client's question is answered, and the server says that it lives."""
    health = ask(running.url, "GET", "/health", headers=from_(host), seconds=10)
    joined = ask(running.url, "POST", "/gradio_api/call/ask", {"data": [WHO, 1]}, from_(host), seconds=10)
    if health.status != 200 or joined.status != 200:
        return False
    event = joined.json()["event_id"]
    said = ask(running.url, "GET", f"/gradio_api/call/ask/{event}", headers=from_(host), seconds=60)
    return "event: complete" in said.text and '"answered": true' in said.text


def head(running: Running, *lines: str, first: str = "POST /gradio_api/call/ask HTTP/1.1") -> bytes:
    return "\r\n".join([first, f"Host: {urlsplit(running.url).netloc}", *lines, ""]).encode()


# What a slow client has sent, and what it goes on to send, a byte at a time.
SLOW: dict[str, tuple[Callable[[Running], bytes], bytes]] = {
    "nothing": (lambda running: b"", b""),
    "half a line": (lambda running: b"GET /hea", b""),
    "headers that do not end": (lambda running: head(running, first="GET /health HTTP/1.1"), b"X-A: b\r\n"),
    "a body that trickles": (lambda running: head(running, "Content-Length: 100000") + b"\r\n", b" "),
    "a body that does not come": (lambda running: head(running, "Content-Length: 9") + b"\r\n", b""),
    "chunks without an end": (lambda running: head(running, "Transfer-Encoding: chunked") + b"\r\n", b"1\r\nx\r\n"),
    "a document that trickles": (
        lambda running: head(running, "Content-Length: 100000", first="POST /documents HTTP/1.1") + b"\r\n",
        b"x",
    ),
    "a second request that does not end": (
        lambda running: head(running, first="GET /health HTTP/1.1") + b"\r\nGET /health HT",
        b"T",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_are_cut_off_and_others_are_served(running: Running, kind: str) -> None:
    first, more = SLOW[kind]
    opened = [connect(running.url) for _ in range(MANY)]
    try:
        for connection in opened:
            connection.sendall(first(running))
        ended = threading.Event()

        def trickle() -> None:
            while more and not ended.wait(0.2):
                for connection in opened:
                    with contextlib.suppress(OSError):
                        connection.send(more)

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            assert answered(running)
            end = time.monotonic() + 15
            cut = sum(_is_ended(connection, max(0.01, end - time.monotonic())) for connection in opened)
        finally:
            ended.set()
            thread.join()
        assert cut == MANY
    finally:
        for connection in opened:
            connection.close()
    assert answered(running)


def _is_ended(connection: socket.socket, seconds: float) -> bool:
    """Whether the server ends a connection, after whatever it may have said."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_who_is_slow_but_goes_on_is_waited_for(running: Running) -> None:
    """A telephone line; and a page that only listens, longer than a request may take to come."""
    listening = connect(running.url, 3)
    listening.sendall(head(running, first="GET /gradio_api/heartbeat/listens HTTP/1.1") + b"\r\n")
    came = b""
    while b"ALIVE" not in came:
        came += listening.recv(65536)
    body = json.dumps({"data": [WHO + " " * 12_000, 1]}).encode()
    with connect(running.url, 30) as slow:
        said = ("Connection: close", "Content-Type: application/json", f"Content-Length: {len(body)}")
        slow.sendall(head(running, *said) + b"\r\n")
        for at in range(0, len(body), 1_000):
            time.sleep(0.3)  # 3,300 bytes a second, four seconds in all
            slow.sendall(body[at : at + 1_000])
        assert read(slow).status == 200
    listening.settimeout(0.2)
    with pytest.raises(TimeoutError):  # it is still there, and has nothing to say
        listening.recv(1)
    listening.close()


def held(running: Running, connections: list[socket.socket]) -> int:
    """How many of these connections the server has not cut off, by the kernel's table."""
    port, ours = urlsplit(running.url).port, {one.getsockname()[1] for one in connections}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ends = [(int(row[1][-4:], 16), int(row[2][-4:], 16), row[3]) for row in rows]
    return sum(mine == port and theirs in ours and state == "01" for mine, theirs, state in ends)


def test_a_response_that_is_not_read_is_not_waited_for(running: Running) -> None:
    page = ask(running.url, "GET", "/").text
    script = max(
        (part.split('"')[0] for part in page.split('"./assets/')[1:]),
        key=lambda name: len(ask(running.url, "GET", f"/assets/{name}").body),
    )
    whole = len(ask(running.url, "GET", f"/assets/{script}").body)
    opened: list[socket.socket] = []
    for _ in range(MANY // 4):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(10)
        connection.connect((urlsplit(running.url).hostname or "", urlsplit(running.url).port or 0))
        for _ in range(200):  # one after the other, so that it is more than what systems keep of what was sent
            connection.sendall(head(running, first=f"GET /assets/{script} HTTP/1.1") + b"\r\n")
        opened.append(connection)
    assert answered(running)
    # A slow machine begins to wait for a reader later: each is cut off at some time, and nothing is read until then.
    deadline = time.monotonic() + 4 * settings.UNREAD_SECONDS
    while left := held(running, opened):
        assert time.monotonic() < deadline, f"{left} are waited for still"
        time.sleep(1)
    for connection in opened:
        came = 0
        with contextlib.suppress(OSError):
            while part := connection.recv(1_000_000):
                came += len(part)
        assert came < 200 * whole
        connection.close()
    assert answered(running)


LIES: list[tuple[str, bytes, bytes]] = [
    ("Content-Length: 1", b'{"data": ["x"]}', b"less than comes"),
    ("Content-Length: 2000001", b"", b"more than may come"),
    ("Content-Length: 1999999", b"{}", b"more than comes"),
    ("Transfer-Encoding: chunked", b"200000\r\n" + b"x" * 0x200000 + b"\r\n0\r\n\r\n", b"chunks of too much"),
    ("Transfer-Encoding: chunked", b"1\r\nx\r\n" * 20_000, b"chunks without an end"),
    ("Expect: 100-continue\r\nContent-Length: 3000000", b"", b"asks first, for too much"),
]


@pytest.mark.parametrize("number", range(len(LIES)))
def test_a_body_of_another_length_than_it_says(running: Running, number: int) -> None:
    line, body, _ = LIES[number]
    replies = []
    for _ in range(20):
        sent = head(running, "Content-Type: application/json", line) + b"\r\n" + body
        replies.append(raw(running.url, sent, seconds=0.3).status)
    assert set(replies) <= {0, 400, 413, 422}, replies  # 0: nothing yet, and nothing ever
    assert answered(running)


def test_clients_that_go_away_in_the_middle(running: Running) -> None:
    """At a moment from a fixed seed: within the head, the body, or the answer."""
    chance = random.Random(7)
    body = json.dumps({"data": [WHO, 1]}).encode()
    sent = head(running, "Content-Type: application/json", f"Content-Length: {len(body)}") + b"\r\n" + body
    for number in range(MANY):
        with connect(running.url) as connection:
            connection.sendall(sent[: chance.randrange(1, len(sent) + 1)])
            if number % 2:  # reset, not closed
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    for number in range(MANY):
        with connect(running.url) as connection:
            listening = f"GET /gradio_api/heartbeat/gone{number} HTTP/1.1"
            connection.sendall(head(running, from_line(number), first=listening) + b"\r\n")
            connection.recv(chance.randrange(1, 400))
    assert running.idle()
    assert answered(running)


def from_line(number: int) -> str:
    return f"X-Forwarded-For: 10.1.0.{number % 200}"


def test_one_address_cannot_hold_more_than_its_share_open(running: Running) -> None:
    """A thousand pages that listen, from one address."""
    opened, codes = [], Counter[int]()
    try:
        for number in range(settings.OPEN_MAX_ADDRESS + 50):
            connection = connect(running.url, 5)
            opened.append(connection)
            listening = f"GET /gradio_api/heartbeat/open{number} HTTP/1.1"
            connection.sendall(head(running, "X-Forwarded-For: 10.7.7.7", first=listening) + b"\r\n")
            codes[int(connection.recv(64).split()[1])] += 1
        assert codes[200] == settings.OPEN_MAX_ADDRESS
        assert codes[429] == 50
        assert answered(running)
    finally:
        for connection in opened:
            connection.close()
    deadline = time.monotonic() + 10
    while ask(running.url, "GET", "/health", headers=from_("10.7.7.7")).status != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answered(running, "10.7.7.7")  # what it held is free again


def memory() -> int:
    """Megabytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1_024


def test_a_thousand_questions_at_once(running: Running) -> None:
    """Some are queued, the rest refused cleanly; another address is answered before them; then all is as it was."""
    assert answered(running)
    before, codes = memory(), Counter[int]()
    begun, met = threading.Event(), []

    def flood() -> None:
        for _ in range(250):
            reply = ask(running.url, "POST", "/gradio_api/call/ask", {"data": [WHO, 1]}, from_("10.6.6.6"))
            codes[reply.status] += 1
            assert reply.faults() == []
            if reply.status == 503:
                assert reply.headers["retry-after"]
                assert "Too many requests" in reply.text
                begun.set()

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    for _ in range(3):
        assert answered(running)
        met.append(len(running.queue))
    for thread in threads:
        thread.join()
    assert sum(codes.values()) == 1_000
    assert set(codes) == {200, 503}
    assert codes[503] >= 500
    assert min(met) > settings.QUEUE_MAX_ADDRESS // 3  # it did not wait for those who came before
    assert running.idle()
    assert answered(running, "10.6.6.6")
    time.sleep(2)  # what is over is swept
    assert not [one for one in running.gradio.state_holder.session_data if len(one) == 32]  # named as events are
    assert memory() - before < 60


def test_questions_through_mcp_have_a_limit_too(running: Running) -> None:
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": WHO}},
    }
    accept = {"Accept": "application/json, text/event-stream"}
    said: list[str] = []

    def put(number: int) -> None:
        reply = ask(running.url, "POST", "/mcp/", body, {**accept, **from_(f"10.5.0.{number % 10}")}, seconds=120)
        said.append("refused" if "Too many requests" in reply.text else str(reply.status))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(settings.QUEUE_MAX + 60)]
    for thread in threads:
        thread.start()
    assert answered(running)
    for thread in threads:
        thread.join()
    counted = Counter(said)
    assert set(counted) == {"200", "refused"}
    assert counted["200"] >= settings.QUEUE_MAX
    assert answered(running)


class Event:
    """As much of Gradio's as the order needs."""

    def __init__(self, host: str, number: int) -> None:
        class client:  # noqa: N801
            pass

        client.host = host  # type: ignore[attr-defined]
        self.request = type("request", (), {"client": client})
        self.said = f"{host}{number}"


def test_addresses_take_turns() -> None:
    """a asks five times, then b twice, then c once, then a again: each address in its own order."""
    queue = Waiting()
    for host, number in [("a", 1), ("a", 2), ("a", 3), ("a", 4), ("a", 5), ("b", 1), ("b", 2), ("c", 1), ("a", 6)]:
        queue.append(Event(host, number))
    assert [event.said for event in queue] == ["a1", "b1", "c1", "a2", "b2", "a3", "a4", "a5", "a6"]
    assert queue.of("a") == 6
    assert address(queue[1]) == "b"

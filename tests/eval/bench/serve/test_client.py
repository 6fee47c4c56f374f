"""How questions end that are asked over HTTP, of servers made here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from eval.bench.serve.client import Client

SAID: dict[str, tuple[int, str]] = {
    "busy": (503, "Too many requests"),
    "rate": (429, "Too many requests"),
    "wrong": (500, "oh"),
    "nonsense": (200, "no JSON"),
    "other": (200, '{"other": 1}'),
}


@pytest.fixture
def answering() -> Iterator[tuple[str, list[str]]]:
    """A server that says what `SAID` has for a question: its address, and the addresses of those who asked."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["X-Forwarded-For"])
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, text = SAID.get(body["data"][0], (200, json.dumps({"event_id": body["data"][0]})))
            self.send(status, text)

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if name == "cut":
                self.close_connection = True
            elif name == "error":
                self.send(200, "event: error\ndata: null\n\n")
            else:
                self.send(200, f'event: heartbeat\ndata: null\n\nevent: complete\ndata: [{{"question": "{name}"}}]\n\n')

        def send(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hosts
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("question", "end"),
    [
        ("what", "answered"),
        ("busy", "busy"),
        ("rate", "busy"),
        ("wrong", "failed"),
        ("nonsense", "failed"),
        ("other", "failed"),
        ("cut", "failed"),
        ("error", "failed"),
    ],
)
def test_how_questions_end(answering: tuple[str, list[str]], question: str, end: str) -> None:
    reply = Client(answering[0]).ask(question)
    assert reply.end == end
    assert bool(reply.record) is (end == "answered")


def test_each_client_has_an_address(answering: tuple[str, list[str]]) -> None:
    url, hosts = answering
    client = Client(url)
    replies = [client.ask("what", number) for number in (0, 1, 300)]
    assert hosts == ["10.0.0.0", "10.0.0.1", "10.0.1.44"]
    assert len({reply.record for reply in replies}) == 1
    assert client.ask("who").record != replies[0].record


def test_a_server_that_is_not_there_and_one_that_says_nothing(answering: tuple[str, list[str]]) -> None:
    assert Client("http://127.0.0.1:1").ask("what").end == "failed"

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            ended.wait(10)

        def log_message(self, *said: Any) -> None:
            pass

    ended = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert Client(f"http://127.0.0.1:{server.server_port}", seconds=0.1).ask("what").end == "timed out"
    ended.set()
    server.shutdown()
    server.server_close()

"""The routes that files come in by: whose they are, how much may come, and that Gradio's own are closed."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from index import opening
from qa import settings
from qa.conversation.desk import Desk
from qa.web.door import PATH, limits, open_door
from qa.web.guard.limits import BodyLimit
from qa.web.rooms import Rooms

if TYPE_CHECKING:
    from said import Run
    from served import Served

HARBOUR = b"The harbour master is called Olga Brandt.\n"


@pytest.fixture
def rooms(tiny: Path, tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Desk(opening.read(tiny), points=[]), tmp_path / "uploads")
    yield made
    made.close()


def send(rooms: Rooms, *requests: tuple[str, Any, dict[str, str]]) -> list[httpx.Response]:
    app = FastAPI()
    open_door(app, rooms)
    app.add_middleware(BodyLimit, bytes_max=100, larger=limits())

    async def run() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            return [
                await http.request(method, PATH, content=content, headers=head) for method, content, head in requests
            ]

    return asyncio.run(run())


def test_a_file_comes_in_by_its_rooms_token(rooms: Rooms) -> None:
    token, room = rooms.enter("", None, "p")
    head = {"X-Yinzheng-Room": token, "X-Yinzheng-Name": quote("港口 notes.txt")}
    (taken,) = send(rooms, ("POST", HARBOUR, head))
    assert taken.json() == {"number": 1}
    assert room.settle(60)
    (state,) = send(rooms, ("GET", None, head))
    assert not state.json()["busy"]
    assert "港口 notes.txt" in state.json()["html"]
    assert 'data-state="ready"' in state.json()["html"]
    assert state.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("head", [{}, {"X-Yinzheng-Room": ""}, {"X-Yinzheng-Room": "a guess"}])
def test_without_a_token_nothing_is_told_or_taken(rooms: Rooms, tmp_path: Path, head: dict[str, str]) -> None:
    rooms.enter("", None, "p")
    told, taken = send(rooms, ("GET", None, head), ("POST", HARBOUR, head))
    assert (told.status_code, taken.status_code) == (403, 400)
    assert taken.json() == {"reason": "this session has ended; reload the page"}
    assert not [path for path in (tmp_path / "uploads").rglob("*") if path.is_file() and path.name != ".lock"]


async def stream(*sizes: int) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


def test_a_file_is_measured_by_what_comes(rooms: Rooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "UPLOAD_BYTES_MAX", 1_000)
    token, room = rooms.enter("", None, "p")
    head = {"X-Yinzheng-Room": token}
    said, came = send(rooms, ("POST", b"x" * 1_001, head), ("POST", stream(600, 600), head))
    assert (said.status_code, came.status_code) == (413, 413)
    assert room.files == []
    assert not [path for path in (tmp_path / "uploads").rglob("*") if path.is_file() and path.name != ".lock"]
    (taken,) = send(rooms, ("POST", stream(600, 400), head))
    assert taken.status_code == 200


def test_gradios_own_upload_is_closed(served: Served) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'
    request = urllib.request.Request(
        f"{served.url}/gradio_api/upload", body, {"Content-Type": "multipart/form-data; boundary=b"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 404


def test_a_brought_file_cannot_be_fetched_by_its_path(served: Served) -> None:
    import platformdirs

    folder = platformdirs.user_cache_path("yinzheng") / "uploads"
    (running,) = [path for path in folder.iterdir() if path.is_dir()]
    secret = running / "secret.txt"
    secret.write_text("private")
    try:
        for address in (f"/gradio_api/file={secret}", f"/file={secret}", f"/documents/{secret.name}"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(served.url + address, timeout=10)
            assert refused.value.code in (403, 404)
    finally:
        secret.unlink()


def test_the_command_line_says_what_is_let_in(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from qa import service
    from qa.web import server

    told: list[server.Place] = []
    monkeypatch.setattr(server, "serve", lambda library, place, ready: told.append(place))
    monkeypatch.setattr(service, "open_library", lambda folder, progress: None)
    assert run("chat").status == 0
    assert run("chat", "--no-uploads").status == 0
    assert run("chat", "--keep-uploads", tmp_path / "kept").status == 0
    assert [(place.uploads, place.keep_uploads) for place in told] == [
        (True, None),
        (False, None),
        (True, tmp_path / "kept"),
    ]


def test_what_the_api_may_be_told_to_ask(served: Served) -> None:
    from gradio_client import Client

    client = Client(served.url, verbose=False)
    whole = client.predict("CAAR-NK 细胞是谁构建的？", api_name="/ask")
    one = client.predict("CAAR-NK 细胞是谁构建的？", 3, "sle-cell-therapy", "zh", api_name="/ask")
    assert [quote["text"] for quote in one["quotes"]] == [quote["text"] for quote in whole["quotes"]]
    english = client.predict("CAAR-NK 细胞是谁构建的？", documents="sle-cell-therapy", lang="en", api_name="/ask")
    texts = [quote["text"] for quote in (*english["quotes"], *english["nearest"])]
    assert not any("Meng" in text for text in texts)
    found = client.predict("CAR-T", 50, lang="en", api_name="/search")
    assert {hit["paragraph"] for hit in found["hits"]} == {"en-P1"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"documents": "sle-cell-therapy, nothing"}, "no document 'nothing'"),
        ({"documents": 3}, "documents is 3; expected a text"),
        ({"lang": "fr"}, "language is 'fr'; expected zh, en or none"),
    ],
)
def test_what_the_api_cannot_ask_is_one_line(served: Served, changes: dict[str, Any], said: str) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    for tool, name in (("/ask", "question"), ("/search", "query")):
        with pytest.raises(AppError, match=said):
            Client(served.url, verbose=False).predict(**{name: "CAR-T"}, **changes, api_name=tool)


def test_an_old_call_by_hand_still_does(served: Served) -> None:
    def fetch(address: str, data: bytes | None = None) -> str:
        request = urllib.request.Request(served.url + address, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            return str(response.read().decode())

    event = json.loads(fetch("/gradio_api/call/ask", b'{"data": ["What is CAR-T?"]}'))["event_id"]
    assert fetch(f"/gradio_api/call/ask/{event}").startswith("event: complete")

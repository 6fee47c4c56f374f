"""Every route that the server has, ours and Gradio's: which are open, that none reads a file or asks another host."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wire import Reply, ask

if TYPE_CHECKING:
    from served import Served

CANARY = "canary-5b1f0d"
# A host that does not exist: whoever looks up its name would have asked it.
ELSEWHERE = "canary.test"

OPEN = {
    "/": "GET HEAD",
    "/assets/{path:path}": "GET",
    "/config": "GET",
    "/config/": "GET",
    "/documents": "GET HEAD POST",
    "/favicon.ico": "GET",
    "/gradio_api/call/{api_name}": "POST",
    "/gradio_api/call/{api_name}/": "POST",
    "/gradio_api/call/{api_name}/{event_id}": "GET",
    "/gradio_api/cancel": "POST",
    "/gradio_api/heartbeat/{session_hash}": "GET",
    "/gradio_api/info": "GET",
    "/gradio_api/info/": "GET",
    "/gradio_api/queue/data": "GET",
    "/gradio_api/queue/join": "POST",
    "/gradio_api/reset": "POST",
    "/gradio_api/run/{api_name}": "POST",
    "/gradio_api/run/{api_name}/": "POST",
    "/health": "GET",
    "/login": "POST",
    "/login/": "POST",
    "/logout": "GET",
    "/manifest.json": "GET",
    "/mcp/": "*",
    "/robots.txt": "GET",
    "/static/{path:path}": "GET",
    "/theme.css": "GET",
}
# What Gradio serves beside: files, a proxy, uploads, streams, an editor, histories, all of it closed.
CLOSED = {
    "/gradio_api/api/{api_name}": "POST",
    "/gradio_api/api/{api_name}/": "POST",
    "/gradio_api/app_id": "GET",
    "/gradio_api/app_id/": "GET",
    "/gradio_api/call/v2/{api_name}": "POST",
    "/gradio_api/call/v2/{api_name}/": "POST",
    "/gradio_api/call/v2/{api_name}/{event_id}": "GET",
    "/gradio_api/component_server": "POST",
    "/gradio_api/component_server/": "POST",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}": "GET",
    "/gradio_api/deep_link": "GET",
    "/gradio_api/dev/reload": "GET",
    "/gradio_api/file/{path:path}": "GET",
    "/gradio_api/file={path_or_url:path}": "GET HEAD",
    "/gradio_api/login_check": "GET",
    "/gradio_api/login_check/": "GET",
    "/gradio_api/openapi.json": "GET",
    "/gradio_api/process_recording": "POST",
    "/gradio_api/proxy={url_path:path}": "GET HEAD",
    "/gradio_api/queue/status": "GET",
    "/gradio_api/reset/": "POST",
    "/gradio_api/runs": "GET",
    "/gradio_api/runs/": "GET",
    "/gradio_api/startup-events": "GET",
    "/gradio_api/stream/{event_id}": "POST",
    "/gradio_api/stream/{event_id}/close": "POST",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file": "GET",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8": "GET",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}": "GET",
    "/gradio_api/theme.css": "GET",
    "/gradio_api/token": "GET",
    "/gradio_api/token/": "GET",
    "/gradio_api/undo-vibe-edit": "POST",
    "/gradio_api/undo-vibe-edit/": "POST",
    "/gradio_api/upload": "POST",
    "/gradio_api/upload_progress": "GET",
    "/gradio_api/user": "GET",
    "/gradio_api/user/": "GET",
    "/gradio_api/vibe-code": "GET POST",
    "/gradio_api/vibe-code/": "GET POST",
    "/gradio_api/vibe-edit": "POST",
    "/gradio_api/vibe-edit/": "POST",
    "/gradio_api/vibe-starter-queries": "POST",
    "/gradio_api/vibe-starter-queries/": "POST",
    "/mcp": "*",
    "/monitoring": "GET",
    "/monitoring/summary": "GET",
    "/monitoring/{key}": "GET",
    "/openapi.json": "GET HEAD",
    "/pwa_icon": "GET",
    "/pwa_icon/{size}": "GET",
    "/svelte/{path:path}": "GET",
}


def application(served: Served) -> Any:
    """The FastAPI application within the middlewares."""
    found = served.app
    while not hasattr(found, "routes"):
        found = found.app
    return found


def routes(app: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Each address and method, of mounted applications and included routers too."""
    for route in app.routes:
        if inner := getattr(route, "original_router", None):
            yield from routes(inner, before)
        elif hasattr(route, "app") and type(route).__name__ == "Mount":
            inside = route.app
            while not hasattr(inside, "routes"):
                inside = inside.app
            if before + route.path:
                yield before + route.path, "*"
            yield from routes(inside, before + route.path)
        else:
            for method in sorted(route.methods or ["*"]):
                yield before + route.path, method


def test_no_route_is_served_that_nobody_has_looked_at(served: Served) -> None:
    """A new one is closed already; it is to be written down here, and opened where the page needs it."""
    found = set(routes(application(served)))
    known = {
        (path, method) for table in (OPEN, CLOSED) for path, methods in table.items() for method in methods.split()
    }
    assert found - known == set()
    assert len(found) >= 60  # the walk has not lost its way


def concrete(path: str) -> str:
    """An address of a route, with something harmless for each of its parts."""
    some = {
        "api_name": "predict" if "/run/" in path else "ask",
        "component_id": "1",
        "size": "64",
        "ext": "ts",
        "environment": "client",
    }
    return re.sub(r"\{(\w+)(?::path)?\}", lambda part: some.get(part[1], "something"), path)


@pytest.mark.parametrize("path", sorted(CLOSED))
def test_a_closed_route_is_not_found(served: Served, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        reply = ask(served.url, method, concrete(path), b"{}" if method == "POST" else b"")
        assert reply.status in (404, 405), (method, path)
        assert reply.faults() == []


@pytest.mark.parametrize("path", sorted(OPEN))
def test_an_open_route_takes_its_methods_alone(served: Served, path: str) -> None:
    allowed = {"*": "GET POST DELETE"}.get(OPEN[path], OPEN[path]).split()
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"):
        if method in allowed:
            continue
        reply = ask(served.url, method, concrete(path))
        assert reply.status == 405, (method, path)
        assert reply.headers["allow"]
        assert reply.faults() == []


@pytest.fixture(scope="module")
def planted(served: Served, index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Files of this machine with a secret: wherever the server keeps its own, where it runs, and at home."""
    home = tmp_path_factory.mktemp("home")
    made: list[Path] = []

    def plant(folder: Path, name: str = "canary.txt") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CANARY)
        made.append(folder / name)

    (running,) = [path for path in (served.folder / "yinzheng" / "uploads").iterdir() if path.is_dir()]
    for folder in (home, home / "run", index_folder, running, served.folder / "gradio", served.folder / "yinzheng"):
        plant(folder)
    plant(home, ".netrc")
    plant(home, "users")
    link = served.folder / "gradio" / "link.txt"
    link.symlink_to(home / "canary.txt")
    made.append(link)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home / "run")
        patch.setenv("HOME", str(home))
        yield made
    for path in made:
        path.unlink()


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts whose addresses were asked for."""
    names: list[str] = []
    own = socket.getaddrinfo

    def note(host: Any, *arguments: Any, **named: Any) -> Any:
        names.append(str(host))
        return own(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", note)
    return names


PLACES = [
    "/",
    "/assets/",
    "/static/",
    "/static/img/",
    "/svelte/",
    "/file=",
    "/file/",
    "/proxy=",
    "/documents/",
    "/health/",
    "/mcp/",
    "/theme.css/",
    "/favicon.ico/",
    "/pwa_icon/",
    "/monitoring/",
    "/config/",
    "/login/",
    "/gradio_api/",
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/gradio_api/proxy=",
    "/gradio_api/stream/",
    "/gradio_api/call/ask/",
    "/gradio_api/heartbeat/",
    "/gradio_api/custom_component/x/client/",
    "/gradio_api/run-history/records/x/",
    "/gradio_api/upload_progress?upload_id=",
    "/config?deep_link=",
    "/?deep_link=",
    "/?view=",
    "/documents?path=",
]
DOTS = [
    "../" * 12,
    "..%2f" * 12,
    "%2e%2e/" * 12,
    "%2e%2e%2f" * 12,
    "%252e%252e%252f" * 12,
    "..%5c" * 12,
    "..\\" * 12,
    "....//" * 12,
    "..;/" * 12,
    "..%c0%af" * 12,
    "..%ef%bc%8f" * 12,
    "img/../" + "../" * 12,
    "/",
    "//",
    "%2f",
    "file:///",
    "file%3A///",
    "%00",
    "x%00/" + "../" * 12,
    "~/",
    "",
]


@pytest.mark.parametrize("place", PLACES)
def test_no_address_reads_a_file(served: Served, planted: list[Path], looked_up: list[str], place: str) -> None:
    tried = 0
    paths = [*(planted if "?" not in place else planted[:1]), Path("/etc/passwd")]  # a page is long to read
    for dots in DOTS:
        for path in paths:
            reply = ask(served.url, "GET", f"{place}{dots}{str(path).lstrip('/')}", seconds=3)
            tried += 1
            _has_nothing(reply, f"{place}{dots}{path}")
    for address in (f"http://{ELSEWHERE}/x", f"https://{ELSEWHERE}/x", f"http:%2f%2f{ELSEWHERE}", f"//{ELSEWHERE}/x"):
        reply = ask(served.url, "GET", f"{place}{address}", seconds=3)
        _has_nothing(reply, address)
    assert tried == len(DOTS) * len(paths) >= 40
    assert not [name for name in looked_up if "canary" in name]


def _has_nothing(reply: Reply, what: str) -> None:
    assert 0 < reply.status < 500, what
    assert CANARY not in reply.text, what
    assert "root:" not in reply.text, what
    assert reply.faults() == [], what


def functions(served: Served) -> dict[int, Any]:
    """The page's events by their numbers."""
    (gradio,) = [
        route.app for route in application(served).routes if hasattr(getattr(route, "app", None), "get_blocks")
    ]
    return dict(gradio.get_blocks().fns)


def file_data(path: str, **more: Any) -> dict[str, Any]:
    """What Gradio takes for a file of its own."""
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


def nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def files(planted: list[Path]) -> list[Any]:
    first = str(planted[0])
    return [
        file_data("/etc/passwd"),
        file_data(first),
        file_data("canary.txt", orig_name="../x"),
        file_data(str(planted[-1])),
        file_data(first, is_stream=True),
        file_data(f"http://{ELSEWHERE}/x"),
        file_data("x", url=f"http://{ELSEWHERE}/x"),
        {"user": None, "turns": [{"record": {"quotes": [file_data(first)]}}]},
        nested(file_data(first), 15),
        nested(file_data(first), 40),
    ]


def kept_files(served: Served) -> set[Path]:
    return {path for path in (served.folder / "gradio").rglob("*") if path.is_file()}


def test_no_event_takes_a_file_of_this_machine_or_fetches_one(
    served: Served, planted: list[Path], looked_up: list[str]
) -> None:
    """Each event of the page, private ones too, at once and by the queue, with a file in the place of each input.

    Gradio copies such a file to where `/file=` serves it, without a look at where it lies.
    """
    before, tried = kept_files(served), 0
    for number, function in functions(served).items():
        for value in files(planted):
            body = {"data": [value] * max(1, len(function.inputs)), "fn_index": number, "session_hash": f"file{number}"}
            for target in ("/gradio_api/run/predict", "/gradio_api/queue/join"):
                reply = ask(served.url, "POST", target, body)
                tried += 1
                assert reply.status == 400, (number, reply.text)
                assert reply.json()["detail"] in ("no files are taken here", "the body is too deep")
    assert tried > 300
    assert kept_files(served) == before
    assert not [name for name in looked_up if "canary" in name]


@pytest.mark.parametrize("tool", ["ask", "search", "show"])
def test_no_tool_takes_a_file_either(served: Served, planted: list[Path], looked_up: list[str], tool: str) -> None:
    before = kept_files(served)
    for value in files(planted):
        reply = ask(served.url, "POST", f"/gradio_api/call/{tool}", {"data": [value]})
        assert reply.status == 400
        assert reply.json()["detail"] in ("no files are taken here", "the body is too deep")
    assert kept_files(served) == before
    assert not [name for name in looked_up if "canary" in name]

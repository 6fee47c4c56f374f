"""Who gets in: names and passwords, right, wrong and forged; and what every response says."""

from __future__ import annotations

import base64
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest
from test_server_routes import OPEN, concrete
from wire import JSON, Reply, ask

from index.library import Library
from qa import settings
from qa.web.guard import login
from qa.web.guard.users import Users, add
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from served import Served

PASSWORD = "correct horse 电池"
RPC = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
MCP = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def guarded(served: Served, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for one user, `ana`; after `served`, whose surroundings last longer than these."""
    import bcrypt

    folder = tmp_path_factory.mktemp("guarded")
    make = bcrypt.gensalt
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bcrypt, "gensalt", lambda rounds=4: make(4))
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        patch.setenv("XDG_CACHE_HOME", str(folder))
        add(folder / "users", "ana", PASSWORD)
        place = Place(port=0, users=Users.read(folder / "users"), feedback=folder / "f", per_minute=100_000)
        with pytest.MonkeyPatch.context() as many:
            many.setattr(login.Tries.__init__, "__defaults__", (10**6,))
            with serving(library, place) as url:
                many.undo()
                yield url


def log_in(url: str, name: str = "ana", password: str = PASSWORD, **headers: str) -> Reply:
    form = (
        f"username={quote_plus(name, errors='surrogatepass')}&password={quote_plus(password, errors='surrogatepass')}"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return ask(url, "POST", "/login", form.encode(), headers)


def cookies_of(reply: Reply) -> dict[str, str]:
    return dict(line.split(";")[0].split("=", 1) for line in reply.headers["set-cookie"])


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


# What is told to anybody: the log-in form and what it is drawn with, that the server lives.
ANYBODY = {
    "/",
    "/assets/{path:path}",
    "/favicon.ico",
    "/health",
    "/login",
    "/login/",
    "/logout",
    "/manifest.json",
    "/robots.txt",
    "/static/{path:path}",
    "/theme.css",
}


@pytest.mark.parametrize("path", sorted(set(OPEN) - ANYBODY))
def test_without_credentials_a_route_is_closed(guarded: str, path: str) -> None:
    bodies: list[Any] = [{"data": ["CAR-T"], "fn_index": 1, "session_hash": "x", "event_id": "x"}, RPC, b"", b"{"]
    for method in {"*": "GET POST DELETE"}.get(OPEN[path], OPEN[path]).split():
        for body in bodies if method == "POST" else [b""]:
            for cookie in ("", "access-token-x=y", "yinzheng=" + "x" * 43):
                headers = {**MCP, **({"Cookie": cookie} if cookie else {})}
                reply = ask(guarded, method, concrete(path), body, headers, seconds=3)
                closed = (400, 401) if path.startswith("/mcp") else (401,)
                assert reply.status in closed, (method, path, body, reply.text[:200])
                assert "CAR-T" not in reply.text
                assert reply.faults() == []


def test_what_anybody_gets_says_nothing_of_the_documents(guarded: str, library: Library) -> None:
    title = library.documents[0].title
    for path in sorted(ANYBODY - {"/login", "/login/"}):
        reply = ask(guarded, "GET", concrete(path))
        assert reply.status in (200, 302, 404)
        assert title not in reply.text
        assert "sle-cell-therapy" not in reply.text
    assert '"auth_required":true' in ask(guarded, "GET", "/").text.replace(" ", "")


WRONG: list[tuple[str, str]] = [
    ("", ""),
    ("ana", ""),
    ("", PASSWORD),
    ("ana", PASSWORD[:-1]),
    ("ana", PASSWORD + " "),
    ("ana", PASSWORD.upper()),
    ("Ana", PASSWORD),
    ("ana\x00", PASSWORD),
    ("ana", PASSWORD + "\x00"),
    ("ana", "\x00"),
    ("ana", "x" * 73),
    ("ana", PASSWORD + "x" * 100_000),
    ("x" * 100_000, PASSWORD),
    ("ana:" + PASSWORD, ""),
    ("ana' OR '1'='1", "x"),
    ("admin", "admin"),
    ("admin", "password"),
    ("yinzheng", "yinzheng"),
    ("root", "root"),
    ("user", "user"),
    ("gradio", "gradio"),
    ("ana", "ana"),
    ("ana", "\ud800"),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_wrong_credentials_are_refused_everywhere(guarded: str, number: int) -> None:
    """None of them is a default either."""
    name, password = WRONG[number]
    reply = log_in(guarded, name, password)
    assert reply.status in (400, 422), reply.text
    assert "set-cookie" not in reply.headers
    assert PASSWORD not in reply.text
    assert reply.faults() == []
    if len(name + password) < 10_000 and "\ud800" not in password:
        assert ask(guarded, "POST", "/mcp/", RPC, {**MCP, **basic(name, password)}).status == 401


HEADERS = [
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic " + "A" * 9_999,
    "Basic " + base64.b64encode(b"ana").decode(),
    "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
    "Basic " + base64.b64encode(b"ana:" + b"x" * 5_000).decode(),
    "basic YW5hOg==",
    "Bearer x",
    "Digest username=ana",
    "\x0cBasic x",
    "Basic YW5hOg== YW5hOg==",
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_malformed_authorization_is_refused(guarded: str, header: str) -> None:
    reply = ask(guarded, "POST", "/mcp/", RPC, {**MCP, "Authorization": header})
    assert reply.status in (400, 401)
    if reply.status == 401:
        assert reply.headers["www-authenticate"] == ['Basic realm="yinzheng", charset="UTF-8"']
        assert reply.faults() == []


def test_the_right_ones_open_and_cookies_have_their_flags(guarded: str) -> None:
    reply = log_in(guarded)
    assert reply.status == 200
    for line in reply.headers["set-cookie"]:
        assert "HttpOnly" in line
        assert re.findall(r"(?i)samesite=(\w+)", line) == ["Lax"]
    cookie = "; ".join(f"{name}={value}" for name, value in cookies_of(reply).items())
    config = ask(guarded, "GET", "/config", headers={"Cookie": cookie})
    assert config.status == 200
    assert config.headers["cache-control"] == ["no-store"]
    assert "sle-cell-therapy" in config.text
    (own,) = ask(guarded, "GET", "/").headers["set-cookie"]
    assert re.fullmatch(r"yinzheng=[\w-]{43}; HttpOnly; Path=/; Max-Age=\d+; SameSite=Lax", own)
    assert ask(guarded, "POST", "/mcp/", RPC, {**MCP, **basic("ana", PASSWORD)}).status == 200


def test_a_forged_or_ended_cookie_opens_nothing(guarded: str) -> None:
    reply = log_in(guarded)
    good = cookies_of(reply)
    name = next(name for name in good if "unsecure" in name)
    other = next(other for other in good if "unsecure" not in other)
    forged = [
        f"{name}={good[name][:-1]}",
        f"{name}={good[name]}x",
        f"{name}={good[name].swapcase()}",
        f"{name}=",
        f"{name}=None",
        f"{name}=null; {other}=undefined",
        f"{name}=ana",
        f"{name}x={good[name]}",
        f"access-token={good[name]}",
        f"access-token-unsecure-={good[name]}",
        f'{name}="{good[name]}x"',
        "; ".join(f"c{number}=x" for number in range(2_000)),
        f"{name}=\x01",
    ]
    for cookie in forged:
        assert ask(guarded, "GET", "/config", headers={"Cookie": cookie}).status in (400, 401), cookie
    cookie = f"{name}={good[name]}"
    assert ask(guarded, "GET", "/config", headers={"Cookie": cookie}).status == 200
    out = ask(guarded, "GET", "/logout", headers={"Cookie": cookie})
    assert out.status == 302
    assert out.headers["location"] == [guarded]
    assert ask(guarded, "GET", "/config", headers={"Cookie": cookie}).status == 401


def test_a_session_of_one_user_is_not_anothers(guarded: str) -> None:
    """Of the same browser, too: who logs in after somebody else has a session of their own."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies_of(log_in(guarded)).items())
    body = {"data": [], "fn_index": 0, "session_hash": "ana-alone"}
    first = ask(guarded, "POST", "/gradio_api/cancel", {**body, "event_id": "x"}, {"Cookie": cookie})
    assert first.status == 200
    for method, target in (("GET", "/gradio_api/heartbeat/ana-alone"), ("POST", "/gradio_api/queue/join")):
        assert ask(guarded, method, target, body if method == "POST" else b"").status == 401


# Guessing


def test_guesses_are_counted_by_address_and_right_ones_are_not() -> None:
    tries = login.Tries(3)
    for _ in range(50):
        assert tries.begin("1.2.3.4") == 0
        tries.right("1.2.3.4")
    assert [tries.begin("1.2.3.4") for _ in range(3)] == [0, 0, 0]
    assert 1 <= tries.begin("1.2.3.4") <= 60 * settings.LOGINS_WRONG_MINUTES
    assert tries.begin("5.6.7.8") == 0


def test_guesses_that_come_at_once_are_counted_before_they_are_checked(library: Library, tmp_path: Path) -> None:
    """By the page's form and by MCP together; and the right password waits too, or guesses could hide among them."""
    import bcrypt

    checked: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        make, check = bcrypt.gensalt, bcrypt.checkpw
        patch.setattr(bcrypt, "gensalt", lambda rounds=4: make(4))
        patch.setattr(bcrypt, "checkpw", lambda given, hashed: checked.append(1) or check(given, hashed))
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
        add(tmp_path / "users", "ana", PASSWORD)
        place = Place(port=0, users=Users.read(tmp_path / "users"), feedback=tmp_path / "f", uploads=False)
        with serving(library, place) as url:
            assert ask(url, "POST", "/mcp/", RPC, {**MCP, **basic("ana", PASSWORD)}).status == 200
            replies = [log_in(url, "ana", f"guess {number}") for number in range(12)]
            replies += [
                ask(url, "POST", "/mcp/", RPC, {**MCP, **basic("ana", f"guess {number}")}) for number in range(12)
            ]
            last = log_in(url)
            known = ask(url, "POST", "/mcp/", RPC, {**MCP, **basic("ana", PASSWORD)})
    refused = [reply for reply in replies if reply.status == 429]
    assert len(refused) == 24 - settings.LOGINS_WRONG_MAX
    assert len(checked) == 1 + settings.LOGINS_WRONG_MAX
    assert all(int(reply.headers["retry-after"][0]) > 0 and reply.faults() == [] for reply in refused)
    assert last.status == 429
    assert known.status == 200  # a program that was let in already is not locked out by somebody who guesses


def test_there_is_no_default_account() -> None:
    """Nobody is let in by a name and a password unless a file was named; then by that file alone."""
    assert Place().users is None
    assert inspect.signature(Users).parameters["hashes"].default is inspect.Parameter.empty
    assert not Users({}).check("", "")
    assert not any(Users({}).check(name, password) for name, password in WRONG)


# What every response says


def test_every_sort_of_response_says_it(served: Served, guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    big = ask(served.url, "POST", "/gradio_api/call/ask", b"", {**JSON, "Content-Length": "99999999"})
    seen = {
        200: ask(served.url, "GET", "/"),
        302: ask(guarded, "GET", "/logout"),
        400: ask(served.url, "POST", "/gradio_api/call/ask", b"{", JSON),
        401: ask(guarded, "GET", "/config"),
        403: ask(served.url, "POST", "/reset", headers={"Origin": "http://evil.test"}),
        404: ask(served.url, "GET", "/nothing"),
        405: ask(served.url, "PUT", "/health"),
        413: big,
        421: ask(served.url, "GET", "/", headers={"Host": "evil.test"}),
    }
    for status, reply in seen.items():
        assert reply.status == status
        assert reply.faults() == [], status
        assert reply.headers["cache-control"] == ["no-store"], status
    for path in ("/favicon.ico", "/theme.css", "/static/img/logo.svg"):
        kept = ask(served.url, "GET", path)
        assert kept.status == 200
        assert "no-store" not in kept.headers.get("cache-control", [])

"""Two readers, of whom the second knows too much: the first's session, event and documents stay the first's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from wire import Reply, ask

from index.errors import InputError
from qa import settings
from qa.web.guard.visitors import COOKIE, Visitors
from qa.web.room import Means, Room
from qa.web.rooms import Rooms

if TYPE_CHECKING:
    from served import Served

SECRET = "The harbour master is called Olga Brandt."


class Browser:
    """A reader's page: its cookie, its session, its room, and the events that it may call."""

    def __init__(self, served: Served, session: str) -> None:
        self.served = served
        self.session = session
        self.http = httpx.Client(base_url=served.url, timeout=30)
        self.http.get("/")
        app = served.app
        while not hasattr(app, "routes"):
            app = app.app
        (gradio,) = [route.app for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks")]
        self.events: dict[str, int] = {}
        for number, function in gradio.get_blocks().fns.items():
            self.events.setdefault(getattr(function.fn, "__name__", ""), number)
        self.token = self.call("restore", [None, "en", ""]).json()["data"][2]

    def body(self, event: str, data: list[Any], session: str = "", event_data: Any = None) -> dict[str, Any]:
        session = session or self.session
        return {"data": data, "fn_index": self.events[event], "session_hash": session, "event_data": event_data}

    def call(self, event: str, data: list[Any], session: str = "", event_data: Any = None) -> httpx.Response:
        return self.http.post("/gradio_api/run/predict", json=self.body(event, data, session, event_data))

    def ask(self, question: str) -> str:
        """Puts a question, and the event that answers it."""
        assert self.call("put", [question, None, ""]).status_code == 200
        joined = self.http.post("/gradio_api/queue/join", json=self.body("answer", [None]))
        return str(joined.json()["event_id"])

    def heard(self) -> str:
        """What the queue tells this session until all is answered."""
        return self.http.get("/gradio_api/queue/data", params={"session_hash": self.session}).text

    def bring(self, name: str, text: str, token: str = "") -> httpx.Response:
        head = {"X-Yinzheng-Room": token or self.token, "X-Yinzheng-Name": quote(name)}
        return self.http.post("/documents", content=text.encode(), headers=head)


@pytest.fixture
def ana(served: Served, request: pytest.FixtureRequest) -> Browser:
    """The reader who has something to lose."""
    served.go_on.set()
    return Browser(served, f"ana{abs(hash(request.node.name))}")


@pytest.fixture
def eve(served: Served, request: pytest.FixtureRequest) -> Browser:
    """The other one, in a browser of her own."""
    return Browser(served, f"eve{abs(hash(request.node.name))}")


def test_a_reader_has_her_own_conversation(ana: Browser) -> None:
    """The attacks below are refused for what they are, and not because nothing works."""
    ana.ask("CAAR-NK 细胞是谁构建的？")
    assert "process_completed" in ana.heard()
    saved = ana.call("<lambda>", [None]).json()["data"][0]
    assert "CAAR-NK" in saved["text"]


# What a reader does with a session's name; `{ana}` is the other's.
ATTACKS: list[tuple[str, str, Any]] = [
    ("GET", "/gradio_api/queue/data?session_hash={ana}", None),
    ("GET", "/gradio_api/queue/data?session_hash=x&session_hash={ana}", None),
    ("GET", "/gradio_api/queue/data?session%5fhash={ana}&session_hash={ana}", None),
    ("GET", "/gradio_api/heartbeat/{ana}", None),
    ("GET", "/gradio_api/call/ask/{ana}", None),
    ("GET", "/gradio_api/call/show/{ana}?session_hash=eve", None),
    ("POST", "/gradio_api/cancel", {"session_hash": "{ana}", "fn_index": 0, "event_id": "{event}"}),
    ("POST", "/gradio_api/call/ask", {"data": ["x"], "session_hash": "{ana}"}),
    ("POST", "/gradio_api/run/predict", {"data": [None], "fn_index": "save", "session_hash": "{ana}"}),
    ("POST", "/gradio_api/run/predict", {"data": [None], "fn_index": "clear", "session_hash": "{ana}"}),
    ("POST", "/gradio_api/run/predict", {"data": [None], "fn_index": "stop", "session_hash": "{ana}"}),
    ("POST", "/gradio_api/run/predict", {"data": [None, "en", ""], "fn_index": "restore", "session_hash": "{ana}"}),
    ("POST", "/gradio_api/run/predict", {"data": [], "fn_index": "leave", "session_hash": "{ana}"}),
    ("POST", "/gradio_api/queue/join", {"data": [None], "fn_index": "answer", "session_hash": "{ana}"}),
    ("POST", "/gradio_api/queue/join", {"data": [None], "fn_index": "look", "session_hash": "{ana}"}),
]


@pytest.mark.parametrize("cookie", ["none", "her own", "made up"])
def test_who_knows_a_sessions_name_can_do_nothing_with_it(
    served: Served, ana: Browser, eve: Browser, cookie: str
) -> None:
    served.go_on.clear()
    event = ana.ask("slow")
    named = {"none": "", "her own": eve.http.cookies[COOKIE], "made up": "x" * 43}[cookie]
    headers = {"Cookie": f"{COOKIE}={named}"} if named else {}
    for method, target, body in ATTACKS:
        text = json.dumps(body).replace("{ana}", ana.session).replace("{event}", event) if body else ""
        for name, number in {**ana.events, "save": ana.events["<lambda>"]}.items():
            text = text.replace(f'"fn_index": "{name}"', f'"fn_index": {number}')
        json_headers = {"Content-Type": "application/json", **headers} if text else headers
        reply = ask(served.url, method, target.replace("{ana}", ana.session), text.encode(), json_headers, seconds=3)
        assert reply.status in (400, 403), (target, body, reply.text[:300])
        assert "slow" not in reply.text
        assert reply.faults() == []
    served.go_on.set()
    assert ana.heard().count("process_completed") == 1  # it was neither ended, nor taken by another
    assert "slow" in ana.call("<lambda>", [None]).json()["data"][0]["text"]


def test_a_cookie_of_another_form_is_nobodys() -> None:
    for said in (
        b"",
        b"yinzheng=",
        b"yinzheng=x",
        b"yinzheng=" + b"x" * 44,
        b"yinzheng=\xff",
        b"\x00=;;=,",
        b"a" * 9_000,
    ):
        known, made = Visitors.visitor({b"cookie": said})
        assert known == ""
        assert len(made) == 43
    assert Visitors.visitor({b"cookie": b"a=b; yinzheng=" + b"x" * 43}) == ("x" * 43, "")


def test_a_session_is_whose_it_was_first_and_an_address_has_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who makes up sessions pushes out their own, and nobody's at another address."""
    monkeypatch.setattr(settings, "SESSIONS_MAX_ADDRESS", 3)
    visitors = Visitors()
    assert visitors.owns("ana", "one", "1.1.1.1")
    assert not visitors.owns("eve", "one", "6.6.6.6")
    for number in range(100):
        assert visitors.owns(f"eve{number}", f"made up {number}", "6.6.6.6")
    assert visitors.knows("one")
    assert not visitors.owns("eve", "one", "6.6.6.6")
    assert [number for number in range(100) if visitors.knows(f"made up {number}")] == [97, 98, 99]
    for number in range(3):  # of one address those stay that are used
        assert visitors.owns("bob", f"tab {number}", "1.1.1.1")
        assert visitors.owns("ana", "one", "1.1.1.1") == (number < 3)
    assert not visitors.knows("tab 0")


def test_of_all_sessions_the_fullest_address_loses_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.guard.visitors._SESSIONS_MAX", 5)
    visitors = Visitors()
    visitors.owns("ana", "one", "1.1.1.1")
    for number in range(20):
        visitors.owns("eve", f"{number}", "6.6.6.6")
    visitors.owns("bob", "two", "2.2.2.2")
    assert visitors.knows("one")
    assert visitors.knows("two")
    assert sum(visitors.knows(f"{number}") for number in range(20)) == 3


def test_to_ask_for_an_answer_claims_nothing() -> None:
    visitors = Visitors()
    assert visitors.owns("eve", "one", claims=False)
    assert visitors.owns("ana", "one")
    assert not visitors.owns("eve", "one", claims=False)


def test_many_who_come_at_once_for_one_session_are_one_owner() -> None:
    visitors = Visitors()
    start, had = threading.Barrier(20), []

    def come(number: int) -> None:
        start.wait()
        had.extend([number] if visitors.owns(str(number), "one") else [])

    threads = [threading.Thread(target=come, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(had) == 1


@pytest.mark.slow
def test_documents_are_the_rooms_alone(served: Served, ana: Browser, eve: Browser) -> None:
    """Neither by her own token, nor by one that is made up, nor by the document's name."""
    assert ana.bring("harbour.txt", SECRET).json() == {"number": 1}
    room = _settled(served, ana)
    (document,) = [one.id for one in room.listed if one.id.startswith("harbour")]
    assert "Olga" in ana.call("look", [None], event_data={"document": document}).text
    for token in (eve.token, "", "x" * 43, ana.token[:-1], ana.token + "x", ana.token.swapcase(), "*", "%00"):
        told = eve.http.get("/documents", headers={"X-Yinzheng-Room": token})
        assert "harbour" not in told.text
        assert told.status_code == (200 if token == eve.token else 403)
    for event in ("look", "remove"):
        for data in ({"document": document, "number": 1}, {"document": document, "view": "page", "page": 1}):
            assert "Olga" not in eve.call(event, [None], event_data=data).text
    choice = json.dumps({"documents": [document], "language": None})
    eve.call("put", ["Who is the harbour master?", None, choice])
    eve.http.post("/gradio_api/queue/join", json=eve.body("answer", [None]))
    assert "Olga" not in eve.heard()
    for path in (f"/documents/{document}", "/documents/1", f"/documents?document={document}", f"/{document}"):
        assert "Olga" not in eve.http.get(path).text
    for reply in _by_programs(served, document):
        assert "Olga" not in reply.text
    assert "Olga" in ana.call("look", [None], event_data={"document": document}).text  # it is still there


def _settled(served: Served, browser: Browser) -> Any:
    for _ in range(600):
        told = browser.http.get("/documents", headers={"X-Yinzheng-Room": browser.token}).json()
        if not told["busy"]:
            break
        threading.Event().wait(0.05)
    assert 'data-state="ready"' in told["html"]
    return _rooms(served).find(browser.token)


def _rooms(served: Served) -> Any:
    """The rooms, by the page that an event belongs to."""
    app = served.app
    while not hasattr(app, "routes"):
        app = app.app
    (gradio,) = [route.app for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks")]
    (leave,) = [one.fn for one in gradio.get_blocks().fns.values() if getattr(one.fn, "__name__", "") == "leave"]
    return leave.__self__.rooms


def _by_programs(served: Served, document: str) -> Iterator[Reply]:
    for tool, data in (
        ("ask", ["Who is the harbour master?", 3, document]),
        ("search", ["harbour master", 50]),
        ("show", [""]),
    ):
        event = ask(served.url, "POST", f"/gradio_api/call/{tool}", {"data": data}).json()["event_id"]
        yield ask(served.url, "GET", f"/gradio_api/call/{tool}/{event}", seconds=20)


def test_rooms_without_end_push_out_those_that_are_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And no room in which documents are, or come; a page whose room has gone gets another."""
    monkeypatch.setattr(settings, "ROOMS_MAX", 3)
    rooms = Rooms(None, tmp_path)  # type: ignore[arg-type]
    monkeypatch.setattr(rooms, "_room", lambda: Room(None, Means(*[None] * 4, open=True), rooms._folder))  # type: ignore[arg-type]
    token, room = rooms.enter("", None, "p")
    path = room.admit(10)  # it is on its way
    tokens = [rooms.enter("", None, f"p{number}")[0] for number in range(20)]
    assert rooms.find(token) is room
    assert [number for number in range(20) if rooms.find(tokens[number])] == [18, 19]
    assert rooms.enter(tokens[0], None, "p0")[0] != tokens[0]
    room.abandon(path)
    rooms.enter("", None, "p")
    assert rooms.find(token) is None
    rooms.close()


def test_files_on_their_way_count_as_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Or rooms without end could each have fifty files come at once."""
    monkeypatch.setattr(settings, "UPLOAD_SESSIONS_MAX", 2)
    rooms = Rooms(None, tmp_path)  # type: ignore[arg-type]
    monkeypatch.setattr(rooms, "_room", lambda: Room(None, Means(*[None] * 4, open=True), rooms._folder))  # type: ignore[arg-type]
    tokens = [rooms.enter("", None, f"p{number}")[0] for number in range(3)]
    for token in tokens[:2]:
        rooms.admit(token, 10)
    with pytest.raises(InputError, match="which is all there is room for"):
        rooms.admit(tokens[2], 10)
    rooms.admit(tokens[0], 10)
    rooms.close()


def test_feedback_does_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from qa.web.feedback import Entry, Feedback

    record = {"quotes": [], "language": "en"}
    entry = Entry("1", "2026-11-23T10:00:00+00:00", "right", "", "q", "q", record)
    feedback = Feedback(tmp_path / "f")
    feedback.add(entry)
    monkeypatch.setattr(settings, "FEEDBACK_BYTES_MAX", 2 * feedback.path.stat().st_size)
    feedback.add(entry)
    with pytest.raises(InputError, match="is full; move the file away"):
        feedback.add(entry)
    assert len(feedback.path.read_text().splitlines()) == 2


def test_a_rooms_token_of_another_user_opens_a_new_room(served: Served) -> None:
    rooms = _rooms(served)
    token, room = rooms.enter("", "ana", "p1")
    other, new = rooms.enter(token, "eve", "p2")
    assert other != token
    assert new is not room
    assert len(token) >= 43  # 256 bits

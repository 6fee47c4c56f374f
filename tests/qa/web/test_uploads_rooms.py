"""A session's own documents, without a browser: read, asked, kept apart, limited, and gone when they should be."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index import library
from index.errors import InputError, NotFound, SourceError
from index.machine.line import Line
from qa import settings
from qa.conversation.choice import Choice
from qa.conversation.desk import Desk, take_turn
from qa.conversation.turn import Turn
from qa.gloss import Glosser
from qa.integrations.tools import tools
from qa.page import cards, reader, shelf
from qa.web.cellar import Cellar
from qa.web.room import Room
from qa.web.rooms import Rooms

HARBOUR = b"The harbour master is called Olga Brandt. She keeps fourteen boats in the old harbour.\n"
TOWER = "钟楼建于1887年，由陈志远设计。钟楼高四十二米，每天敲响三次。\n".encode()


class Clock:
    """A time that is told, to be set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def desk(tiny: Path) -> Desk:
    """A desk over the tiny library, of which no question is known."""
    return Desk(library.read(tiny), points=[])


@pytest.fixture
def open_rooms(desk: Desk, tmp_path: Path) -> Iterator[Callable[..., Rooms]]:
    """Makes rooms over that desk, which are closed in the end."""
    made: list[Rooms] = []

    def make(**changes: Any) -> Rooms:
        made.append(Rooms(desk, tmp_path / "uploads", **changes))
        return made[-1]

    yield make
    for rooms in made:
        rooms.close()


def bring(room: Room, name: str, data: bytes) -> None:
    path = room.admit(len(data))
    path.write_bytes(data)
    room.bring(name, path)


def brought(room: Room, *files: tuple[str, bytes]) -> None:
    for name, data in files:
        bring(room, name, data)
    assert room.settle(60)


def states(room: Room) -> list[str]:
    return [file.state for file in room.files]


def pdf(*pages: str) -> bytes:
    import typst

    text = "\n#pagebreak()\n".join(pages)
    return bytes(typst.compile(f"#set page(width: 200pt, height: 300pt)\n{text}".encode()))


def test_a_brought_document_is_asked_with_the_librarys(open_rooms: Any, desk: Desk) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("harbour.txt", HARBOUR), ("钟楼.md", TOWER))
    assert states(room) == ["ready", "ready"]
    assert [document.id for document in room.listed] == ["tiny", "harbour", "钟楼"]
    assert [document.id for document in room.desks[0].library.documents] == ["tiny", "harbour", "钟楼"]
    turn = take_turn(room.desks, room.listed, "Who is the harbour master?", choice=Choice(("harbour",)))
    assert {quote["document"] for quote in (*turn.record["quotes"], *turn.record["nearest"])} == {"harbour"}
    assert (turn.asked, turn.among, turn.titles) == (1, 3, ("harbour",))
    turn = take_turn(room.desks, room.listed, "钟楼是谁设计的？", choice=Choice(None, "zh"))
    assert (turn.among, turn.only) == (0, "zh")
    for quote in (*turn.record["quotes"], *turn.record["nearest"]):
        document = room.document(quote["document"])
        assert document.source[quote["start"] : quote["end"]] == quote["raw"]
    assert [document.id for document in desk.library.documents] == ["tiny"]


def test_nothing_chosen_is_said_to_be_nothing(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    turn = take_turn(room.desks, room.listed, "绿茶在什么时候采摘？", choice=Choice(()))
    assert not turn.record["answered"]
    assert turn.record["reason"] == "所选的文献中没有可以回答的文字"
    assert cards.narrowed(turn, "zh") == "没有选中任何文献"


def test_one_bad_file_stops_no_other_and_says_why(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(
        room, ("a.pdf", b"no pdf"), ("b.png", b"\x89PNG\r\n\x1a\n"), ("c.txt", b""), ("d.txt", HARBOUR), ("e.txt", b" ")
    )
    assert states(room) == ["failed", "failed", "failed", "ready", "failed"]
    reasons = [file.reason for file in room.files]
    assert "is called .pdf but is no PDF file" in reasons[0]
    assert "is a picture" in reasons[1]
    assert "is empty" in reasons[2]
    drawn = shelf.own(room.files)
    assert all(f"Not added: {cut}" in drawn for cut in ("is called .pdf", "is a picture"))
    assert not [file.path for file in room.files if file.path.exists()]  # nothing is left of what needs no page


def test_an_encrypted_or_broken_pdf_is_a_reason_too(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("cut.pdf", pdf("= Tea\nGreen tea is picked in spring.")[:400]), ("d.txt", HARBOUR))
    assert states(room) == ["failed", "ready"]


def test_the_same_file_is_taken_once(open_rooms: Any, desk: Desk) -> None:
    _, room = open_rooms().enter("", None, "p")
    tiny = desk.library.documents[0]
    brought(room, ("one.txt", HARBOUR), ("two.txt", HARBOUR), ("tiny.txt", tiny.source.encode()))
    assert states(room) == ["ready", "failed", "failed"]
    assert [file.reason for file in room.files][1:] == [
        "is the same as one.txt; ask that one",
        "is the same as tiny.txt; ask that one",
    ]


def test_two_sessions_are_apart(open_rooms: Any, desk: Desk) -> None:
    rooms = open_rooms()
    mine, one = rooms.enter("", None, "p")
    other, two = rooms.enter("", None, "q")
    assert mine != other
    assert len(mine) >= 40  # 32 random bytes
    brought(one, ("harbour.txt", HARBOUR))
    assert [document.id for document in two.listed] == ["tiny"]
    with pytest.raises(NotFound):
        two.document("harbour")
    assert rooms.find("") is rooms.find(mine[:-1]) is None
    turn = take_turn(two.desks, two.listed, "harbour master", choice=Choice(("harbour",)))
    assert not turn.record["quotes"]
    assert not turn.record["nearest"]
    ask, search, show = tools(lambda: desk.library, desk.lock)
    with pytest.raises(NotFound, match="harbour"):
        ask("Who is the harbour master?", 3, "harbour")
    assert {hit["document"] for hit in search("harbour master")["hits"]} <= {"tiny"}
    assert [document["id"] for document in show()["documents"]] == ["tiny"]


def test_a_room_is_found_by_its_token_and_its_user(open_rooms: Any) -> None:
    rooms = open_rooms()
    token, room = rooms.enter("", "ana", "p")
    assert rooms.enter(token, "ana", "q") == (token, room)
    for user in ("bob", None):
        other, found = rooms.enter(token, user, "r")
        assert other != token
        assert found is not room


def test_a_room_ends_some_time_after_its_last_page(open_rooms: Any) -> None:
    clock = Clock()
    rooms = open_rooms(clock=clock)
    token, room = rooms.enter("", None, "p")
    rooms.enter(token, None, "q")  # the same tab, loaded anew
    brought(room, ("tea.pdf", pdf("Green tea is picked in the early spring.")))
    folder = room.files[0].path.parent
    rooms.leave("p")
    clock.now += settings.UPLOAD_GRACE_SECONDS + 1
    rooms.sweep()
    assert rooms.find(token) is room
    rooms.leave("q")
    clock.now += settings.UPLOAD_GRACE_SECONDS - 1
    rooms.sweep()
    assert rooms.enter(token, None, "r") == (token, room)  # in time
    rooms.leave("r")
    assert folder.exists()
    clock.now += settings.UPLOAD_GRACE_SECONDS + 1
    rooms.sweep()
    assert rooms.find(token) is None
    assert not folder.exists()
    assert [document.id for document in room.listed] == ["tiny"]
    with pytest.raises(InputError, match="this session has ended; reload the page"):
        room.admit(1)


def test_a_room_that_is_not_used_ends_though_its_page_is_open(open_rooms: Any) -> None:
    clock = Clock()
    rooms = open_rooms(clock=clock)
    token, _ = rooms.enter("", None, "p")
    clock.now += settings.UPLOAD_IDLE_SECONDS
    assert rooms.find(token)
    clock.now += settings.UPLOAD_IDLE_SECONDS
    rooms.sweep()
    assert rooms.find(token)  # it was used meanwhile
    clock.now += settings.UPLOAD_IDLE_SECONDS + 1
    rooms.sweep()
    assert rooms.find(token) is None


def test_a_tab_that_lives_on_though_it_was_believed_closed_keeps_its_room(open_rooms: Any) -> None:
    clock = Clock()
    rooms = open_rooms(clock=clock)
    token, room = rooms.enter("", None, "p")
    rooms.leave("p")
    for _ in range(5):
        clock.now += settings.UPLOAD_GRACE_SECONDS - 1
        assert rooms.find(token, used=False) is room
        rooms.sweep()
    clock.now += settings.UPLOAD_IDLE_SECONDS - settings.UPLOAD_GRACE_SECONDS * 4
    rooms.find(token, used=False)
    rooms.sweep()
    assert rooms.find(token) is None  # to be there is not to use it


def test_the_end_of_the_server_leaves_nothing(open_rooms: Any, tmp_path: Path) -> None:
    rooms = open_rooms()
    _, room = rooms.enter("", None, "p")
    brought(room, ("tea.pdf", pdf("Green tea is picked in the early spring.")))
    root = tmp_path / "uploads"
    kept = room.files[0].path
    assert stat.S_IMODE(root.stat().st_mode) == stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.parent.parent.stat().st_mode) == 0o700
    rooms.close()
    assert [path.name for path in root.iterdir()] == [".lock"]


def test_leftovers_of_a_killed_server_go_and_those_of_a_running_one_stay(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from qa.web.cellar import Cellar\n"
        "c = Cellar(Path(sys.argv[1])); (c.room() / 'private.pdf').write_bytes(b'x'); print('there', flush=True)\n"
        "time.sleep(60)"
    )
    start = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(start, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "there\n"
        mine = Cellar(tmp_path)
        assert len(list(tmp_path.glob("*/*/private.pdf"))) == 1
        os.kill(running.pid, signal.SIGKILL)
    other = Cellar(tmp_path)
    assert not list(tmp_path.glob("*/*/private.pdf"))
    assert mine.folder.exists()
    mine.close()
    other.close()
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_cellar_that_cannot_be_is_one_clean_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="run it with --no-uploads"):
        Cellar(tmp_path / "file" / "uploads")


@pytest.mark.parametrize(
    ("limit", "value", "files", "reason"),
    [
        (
            "UPLOAD_SENTENCES_MAX",
            3,
            [HARBOUR, TOWER],
            "has 2 sentences; at most 3 are read in a session, 2 of them are",
        ),
        (
            "UPLOAD_PAGES_MAX",
            1,
            [pdf("One page of tea leaves.", "Another page of it.")],
            "has 2 pages, at most 1 are read",
        ),
        ("UPLOAD_SECONDS_MAX", 0, [HARBOUR], "takes longer than 0 s"),
    ],
)
def test_limits_on_what_is_read(
    open_rooms: Any, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, files: list[bytes], reason: str
) -> None:
    monkeypatch.setattr(settings, limit, value)
    _, room = open_rooms().enter("", None, "p")
    brought(room, *((f"{number}", data) for number, data in enumerate(files)))
    assert states(room)[-1] == "failed"
    assert reason in room.files[-1].reason
    assert states(room)[:-1] == ["ready"] * (len(files) - 1)


def test_limits_on_what_is_let_in(open_rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UPLOAD_FILES_MAX", 2)
    monkeypatch.setattr(settings, "UPLOAD_SESSIONS_MAX", 1)
    monkeypatch.setattr(settings, "UPLOAD_BYTES_MAX", 3_000_000)
    rooms = open_rooms()
    token, room = rooms.enter("", None, "p")
    with pytest.raises(InputError, match="has 4 MB, at most 3 MB are read; split it"):
        rooms.admit(token, 4_000_000)
    given = rooms.admit(token, 10)[1]
    coming = rooms.admit(token, 10)[1]
    with pytest.raises(InputError, match="there are 2 documents already; remove some first"):
        rooms.admit(token, 10)
    room.abandon(given)
    bring(room, "harbour.txt", HARBOUR)
    other, _ = rooms.enter("", None, "q")
    with pytest.raises(InputError, match="1 others have documents here"):
        rooms.admit(other, 10)
    with pytest.raises(InputError, match="this session has ended"):
        rooms.admit("a guess", 10)
    assert room.settle(60)
    room.remove(room.files[0].number)
    with pytest.raises(InputError, match="1 others have documents here"):  # one is on its way still
        rooms.admit(other, 10)
    room.abandon(coming)
    rooms.admit(other, 10)


def test_without_uploads_nothing_comes_in(desk: Desk) -> None:
    rooms = Rooms(desk)
    token, room = rooms.enter("", None, "p")
    assert not rooms.open
    with pytest.raises(InputError, match="no documents can be added here"):
        rooms.admit(token, 1)
    assert take_turn(room.desks, room.listed, "绿茶在什么时候采摘？").record["question"]
    assert "yz-add" not in shelf.bar(adds=rooms.open)
    rooms.close()


@pytest.mark.parametrize(
    ("name", "shown", "id"),
    [
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\temp\\paper.txt", "paper.txt", "paper"),
        ("..", "..", "document"),
        ("", "document", "document"),
        ("a\nb\x1b[31m.txt", "a\\nb\\x1b[31m.txt", "a-nb-x1b-31m"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt", "img-src-x-onerror-alert-1"),
        ("x" * 5_000 + ".txt", "x" * 196 + ".txt", "x" * 48),
        ("tiny.txt", "tiny.txt", "tiny-2"),
    ],
)
def test_a_hostile_name_is_only_a_name(open_rooms: Any, tmp_path: Path, name: str, shown: str, id: str) -> None:
    keep = tmp_path / "kept"
    _, room = open_rooms(keep=keep).enter("", None, "p")
    brought(room, (name, HARBOUR))
    (file,) = room.files
    assert (file.state, file.name, file.document and file.document.id) == ("ready", shown, id)
    assert "<img" not in shelf.own(room.files)
    (kept,) = keep.iterdir()
    assert kept.read_bytes() == HARBOUR
    assert kept.parent == keep
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for text in (reader.text(room.document(room.listed[-1].id), room.desks[0].glosser), shelf.own(room.files)):
        assert "<img" not in text


def test_kept_files_overwrite_none(open_rooms: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "strftime", lambda form: "20260101-000000")
    keep = tmp_path / "kept"
    _, room = open_rooms(keep=keep).enter("", None, "p")
    brought(room, ("a.txt", HARBOUR), ("a.txt", TOWER), ("bad.pdf", b"no pdf"))
    assert {path.name: path.read_bytes() for path in keep.iterdir()} == {
        "20260101-000000-a.txt": HARBOUR,
        "20260101-000000-a-2.txt": TOWER,
    }


def test_without_keep_nothing_is_kept(open_rooms: Any, tmp_path: Path) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("a.txt", HARBOUR))
    digest = hashlib.sha256(HARBOUR).hexdigest()
    found = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file() and path.name != ".lock"]
    assert found == []
    assert room.listed[-1].sha256 == digest


def test_a_removed_document_is_not_asked_any_more(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("harbour.txt", HARBOUR), ("钟楼.md", TOWER))
    room.remove(room.files[0].number)
    assert [document.id for document in room.listed] == ["tiny", "钟楼"]
    turn = take_turn(room.desks, room.listed, "Who is the harbour master?")  # at once, while it is joined anew
    assert "harbour" not in {quote["document"] for quote in (*turn.record["quotes"], *turn.record["nearest"])}
    assert room.settle(60)
    assert [document.id for document in room.desks[0].library.documents] == ["tiny", "钟楼"]
    room.remove(room.files[0].number)
    room.remove(77)
    assert room.settle(60)
    assert [document.id for document in room.desks[0].library.documents] == ["tiny"]


def test_what_is_removed_or_left_while_it_is_read_is_given_up(open_rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = open_rooms()
    _, room = rooms.enter("", None, "p")
    reading, go_on = threading.Event(), threading.Event()
    read = room._means.reader.read

    def slow(data: bytes, format: Any) -> Any:
        reading.set()
        go_on.wait(20)
        return read(data, format)

    monkeypatch.setattr(room._means.reader, "read", slow)
    bring(room, "a.txt", HARBOUR)
    bring(room, "b.txt", TOWER)
    assert reading.wait(20)
    room.remove(room.files[0].number)
    go_on.set()
    assert room.settle(60)
    assert [(file.name, file.state) for file in room.files] == [("b.txt", "ready")]
    reading.clear(), go_on.clear()
    bring(room, "c.txt", HARBOUR)
    assert reading.wait(20)
    rooms.close()
    go_on.set()
    assert room.settle(60)
    assert room.files == []
    assert [document.id for document in room.listed] == ["tiny"]


def test_a_large_library_is_asked_apart(open_rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "JOINED_SENTENCES_MAX", 5)
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("harbour.txt", HARBOUR))
    assert [[one.id for one in desk.library.documents] for desk in room.desks] == [["tiny"], ["harbour"]]
    assert room.desk("harbour") is room.desks[1]
    for chosen in (("harbour",), ("tiny",)):
        turn = take_turn(room.desks, room.listed, "harbour 绿茶", choice=Choice(chosen))
        assert {quote["document"] for quote in (*turn.record["quotes"], *turn.record["nearest"])} <= set(chosen)
    assert take_turn(room.desks, room.listed, "Who is the harbour master?").among == 0


def test_the_page_of_a_brought_pdf(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("tea.pdf", pdf("Green tea is picked in the early spring.", "Black tea is fully oxidised.")))
    document = room.document(room.listed[-1].id)
    paragraph = document.paragraphs[-1]
    image = room.page(document, 2)
    assert image.startswith(b"\x89PNG")
    drawn = reader.page(document, 2, image, paragraph.start, paragraph.end)
    assert drawn.count('class="yz-box"') == len(document.boxes(paragraph.start, paragraph.end)) > 0
    assert reader.page(document, 1, image, paragraph.start, paragraph.end).count('class="yz-box"') == 0
    with pytest.raises(SourceError, match="has no page 3"):
        room.page(document, 3)
    room.files[0].path.write_bytes(b"%PDF-1.4 another")
    with pytest.raises(SourceError, match="has changed since it was read"):
        room.page(document, 2)
    room.files[0].path.unlink()
    with pytest.raises(SourceError, match="is not there"):
        room.page(document, 2)


def test_who_asked_first_is_first() -> None:
    line, order, threads = Line(), [], []
    with line:
        for number in range(20):

            def take(number: int = number) -> None:
                with line:
                    order.append(number)

            threads.append(threading.Thread(target=take))
            threads[-1].start()
            deadline = time.monotonic() + 5
            while len(line._waiting) <= number and time.monotonic() < deadline:
                time.sleep(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))
    with line:
        pass


def test_a_line_holds_as_many_as_it_has_places() -> None:
    line, inside, most, mutex = Line(3), [0], [0], threading.Lock()
    full, leave = threading.Event(), threading.Event()

    def take() -> None:
        with line:
            with mutex:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                if inside[0] == 3:
                    full.set()
            leave.wait(10)
            with mutex:
                inside[0] -= 1

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert full.wait(10)
    leave.set()
    for thread in threads:
        thread.join(10)
    assert most == [3]
    assert inside == [0]
    assert line._free == 3


def test_a_question_waits_for_one_batch_only(open_rooms: Any, desk: Desk) -> None:
    """While a document of many sentences is encoded, a question gets its turn long before the end."""
    _, room = open_rooms().enter("", None, "p")
    text = "".join(f"Boat number {number} lies in the harbour of row {number * 7}. " for number in range(400))
    bring(room, "long.txt", text.encode())
    deadline = time.monotonic() + 30
    while not any(file.state == "windows" for file in room.files) and time.monotonic() < deadline:
        time.sleep(0.005)
    desk.answer("绿茶在什么时候采摘？")
    assert states(room) == ["windows"]
    assert room.settle(120)
    assert states(room) == ["ready"]


def kept(turn: Turn, **changes: Any) -> Any:
    """A turn as a browser gives it back: 1.0 has become 1."""
    value = json.loads(
        json.dumps(turn.sealed()), parse_float=lambda text: float(text) if float(text) % 1 else int(float(text))
    )
    return {**value, **changes}


def test_a_kept_turn_outlives_its_document_with_its_seal_only(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("harbour.txt", HARBOUR))
    turn = take_turn(room.desks, room.listed, "harbour master Olga Brandt", choice=Choice(("harbour",)))
    listed = [*turn.record["quotes"], *turn.record["nearest"]]
    assert listed
    for quote in listed:
        quote["also"] = ["another · 1-P1"]
    assert Turn.read(kept(turn), room) == turn
    room.remove(room.files[0].number)
    found = Turn.read(kept(turn), room)
    assert found == turn
    assert Turn.read(kept(turn, seal="0" * 64), room) is None
    assert Turn.read(kept(turn, typed="other"), room) is None
    assert Turn.read({key: one for key, one in kept(turn).items() if key != "seal"}, room) is None
    drawn = cards.answered(found, room, Glosser(room.desks[0].library))
    assert drawn.count("yz-gone") == len(listed)
    assert 'href="#at' not in drawn


def test_where_else_the_words_stand_is_not_believed_without_the_seal(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    turn = take_turn(room.desks, room.listed, "绿茶在什么时候采摘？")
    listed = [*turn.record["quotes"], *turn.record["nearest"]]
    assert listed
    value = kept(turn)
    for quote in [*value["record"]["quotes"], *value["record"]["nearest"]]:
        quote["also"] = ["forged"]
    read = Turn.read(value, room)
    assert read
    assert not any("also" in quote for quote in [*read.record["quotes"], *read.record["nearest"]])


@pytest.mark.parametrize(
    "said", ["", "{}", "[]", "x", '{"documents": 3, "language": "zh"}', '{"documents": [1], "language": null}', "9" * 9]
)
def test_a_choice_that_cannot_be_read_is_none(said: str) -> None:
    assert Choice.read(said) == Choice()


def test_a_choice_as_the_page_tells_it() -> None:
    assert Choice.read('{"documents": ["a"], "language": "en"}') == Choice(("a",), "en")
    assert Choice.read('{"documents": [], "language": "fr"}') == Choice((), None)
    assert Choice.read(None) == Choice()


def test_the_page_of_a_document_of_the_library(tmp_path: Path, tiny: Path) -> None:
    """Its file is where it was added from; moved or changed, only the text is left."""
    from index.shelf import Shelf

    file = tmp_path / "tea.pdf"
    file.write_bytes(pdf("Green tea is picked in the early spring."))
    Shelf(tmp_path / "index", None).add([file])
    opened = library.read(tmp_path / "index")
    assert opened.originals == {"tea": file}
    rooms = Rooms(Desk(opened, points=[]))
    _, room = rooms.enter("", None, "p")
    assert room.page(opened.documents[0], 1).startswith(b"\x89PNG")
    file.rename(tmp_path / "moved.pdf")
    with pytest.raises(SourceError, match="its file is not there"):
        room.page(opened.documents[0], 1)
    rooms.close()

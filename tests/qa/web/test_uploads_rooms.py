"""Rooms of sessions, without a browser: apart, found by their token, and gone when they should be."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from uploaded import HARBOUR, TOWER, brought, pdf

from index.errors import InputError, NotFound
from qa import settings
from qa.conversation.choice import Choice
from qa.conversation.desk import Desk, take_turn
from qa.integrations.tools import tools
from qa.page import shelf
from qa.web.cellar import Cellar
from qa.web.rooms import Rooms


class Clock:
    """A time that is told, to be set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


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


def test_without_uploads_nothing_comes_in(desk: Desk) -> None:
    rooms = Rooms(desk)
    token, room = rooms.enter("", None, "p")
    assert not rooms.open
    with pytest.raises(InputError, match="no documents can be added here"):
        rooms.admit(token, 1)
    assert take_turn(room.desks, room.listed, "绿茶在什么时候采摘？").record["question"]
    assert "yz-add" not in shelf.bar(adds=rooms.open)
    rooms.close()


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

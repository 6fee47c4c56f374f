"""Documents that are brought, without a browser: read, asked, limited, named, and given up."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from uploaded import HARBOUR, TOWER, bring, brought, pdf, states

from index import opening
from index.errors import InputError, SourceError
from qa import settings
from qa.conversation.choice import Choice
from qa.conversation.desk import Desk, take_turn
from qa.page import cards, reader, shelf
from qa.web.rooms import Rooms


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


@pytest.mark.slow
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


def test_the_page_of_a_document_of_the_library(tmp_path: Path, tiny: Path) -> None:
    """Its file is where it was added from; moved or changed, only the text is left."""
    from index.shelf import Shelf

    file = tmp_path / "tea.pdf"
    file.write_bytes(pdf("Green tea is picked in the early spring."))
    Shelf(tmp_path / "index", None).add([file])
    opened = opening.read(tmp_path / "index")
    assert opened.originals == {"tea": file}
    rooms = Rooms(Desk(opened, points=[]))
    _, room = rooms.enter("", None, "p")
    assert room.page(opened.documents[0], 1).startswith(b"\x89PNG")
    file.rename(tmp_path / "moved.pdf")
    with pytest.raises(SourceError, match="its file is not there"):
        room.page(opened.documents[0], 1)
    rooms.close()

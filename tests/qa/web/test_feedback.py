"""The feedback file: appended by many, read back, and clear about what is damaged."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from qa.web.feedback import VERDICTS, Entry, Feedback

RECORD = {"question": "q", "language": "zh", "answered": False, "quotes": [], "nearest": []}


def entry(id: str = "1", verdict: str = "right", note: str = "", **changes: Any) -> Entry:
    values = {"time": "2026-11-23T10:00:00+00:00", "question": "q", "typed": "q", "record": RECORD, "user": None}
    return Entry(id=id, verdict=verdict, note=note, **(values | changes))


def test_entries_are_read_back(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "new" / "feedback.jsonl")
    entries = [entry(str(number), verdict, "注\n释 <b>") for number, verdict in enumerate(VERDICTS)]
    for one in entries:
        feedback.add(one)
    assert feedback.read() == entries
    assert stat.S_IMODE(feedback.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(feedback.path.parent.stat().st_mode) == 0o700


def test_what_was_said_last_counts(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "f")
    for one in (entry(), entry("2"), entry(note="why"), entry("2", "wrong citation"), entry()):
        feedback.add(one)
    assert [(one.id, one.verdict, one.note) for one in feedback.read()] == [
        ("1", "right", "why"),
        ("2", "wrong citation", ""),
    ]


def _add_many(path: Path, name: str) -> None:
    feedback = Feedback(path)
    for number in range(25):
        feedback.add(entry(f"{name}-{number}", note="注" * 2_000))


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "f"
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_add_many, args=(path, str(number))) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert {one.id for one in Feedback(path).read()} == {f"{n}-{i}" for n in range(4) for i in range(25)}


def test_a_full_disk_leaves_no_half_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feedback = Feedback(tmp_path / "f")
    feedback.add(entry())
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:20]))
    with pytest.raises(InputError, match=r"cannot write .* \(No space left on device\); name another with --feedback"):
        feedback.add(entry("2"))
    monkeypatch.undo()
    feedback.add(entry("3"))
    assert [one.id for one in feedback.read()] == ["1", "3"]


def test_half_a_surrogate_pair_is_kept_in_a_file_of_utf_8(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "f")
    feedback.add(entry(typed="什么\ud83d?"))
    assert "\\ud83d?" in feedback.path.read_text(encoding="utf-8")
    assert feedback.read() == [entry(typed="什么\ud83d?")]


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "f"
    writers = [Feedback(path) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda w, n: [w.add(entry(f"{n}-{i}", note="x" * 500)) for i in range(25)], args=(w, n))
        for n, w in enumerate(writers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(writers[0].read()) == 100


@given(note=st.text(max_size=50), question=st.text(max_size=50))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, note: str, question: str) -> None:
    feedback = Feedback(tmp_path_factory.mktemp("f") / "f")
    one = entry(note=note, question=question)
    feedback.add(one)
    assert feedback.read() == [one]


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "fine"},
        {"note": "x" * 2_001},
        {"record": {}},
        {"record": []},
        {"record": RECORD | {"language": "fr"}},
        {"question": 1},
        {"id": ""},
        {"user": 7},
        {"time": "today"},
        {"time": "2026-11-23T10:00:00"},
        {"time": "2026-11-23T10:00:00+08:00"},
    ],
)
def test_an_entry_is_checked_when_it_is_made(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        dataclasses.replace(entry(), **changes)


@pytest.mark.parametrize("line", ["{", "[]", "17", "{}", json.dumps({"id": "1"})])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    feedback = Feedback(tmp_path / "f")
    feedback.add(entry())
    with feedback.path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    with pytest.raises(InputError, match="line 3 is no feedback"):
        feedback.read()


def test_a_place_that_cannot_be_written_or_read_is_one_clean_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        Feedback(tmp_path).add(entry())
    with pytest.raises(InputError, match="cannot be read"):
        Feedback(tmp_path / "none").read()

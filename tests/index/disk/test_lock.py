"""One writer at a time, who waits says for whom, and a lock whose holder was killed holds nobody up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.disk import lock
from index.errors import IndexUnwritable
from index.store.store import Store

# A writer that says when it has begun, and does not end by itself.
HOLDER = """
import sys, time
from pathlib import Path
from index.store.store import Store
with Store(Path(sys.argv[1])).writing():
    print("begun", flush=True)
    time.sleep(600)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def test_who_is_waited_for_is_said_and_a_killed_holder_is_not_waited_for(tmp_path: Path) -> None:
    process = holder(tmp_path)
    said: list[str] = []
    begun = threading.Event()

    def write() -> None:
        with Store(tmp_path, said.append).writing():
            begun.set()

    waiting = threading.Thread(target=write)
    waiting.start()
    try:
        assert not begun.wait(0.3)
        (line,) = said
        assert line.startswith(f"Waiting for process {process.pid} (since ")
        assert line.endswith(f") to have written the index in {tmp_path}")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        waiting.join(20)
    assert begun.is_set()
    # what the killed one wrote into the file holds nobody up, and is gone
    assert (tmp_path / lock.FILE).read_bytes() == b""


def test_a_stale_note_in_the_file_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / lock.FILE).write_text("process 1 (since 00:00:00)\n")
    said: list[str] = []
    with Store(tmp_path, said.append).writing():
        assert lock.holder(tmp_path / lock.FILE).startswith(f"process {os.getpid()} (since ")
    assert said == []


@pytest.mark.parametrize("note", [b"", b"\xff\xfe", b"\x1b[2J", "进程".encode(), b"a\nb"])
def test_a_note_that_says_nothing(tmp_path: Path, note: bytes) -> None:
    (tmp_path / lock.FILE).write_bytes(note)
    assert lock.holder(tmp_path / lock.FILE) == "another process"


def test_a_lock_that_cannot_be_had(tmp_path: Path) -> None:
    (tmp_path / lock.FILE).mkdir()
    with pytest.raises(IndexUnwritable, match="cannot be written to"), Store(tmp_path).writing():
        pytest.fail("nothing can be written here")


def test_two_writers_in_one_process_take_turns(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def write() -> None:
        for _ in range(20):
            with Store(tmp_path).writing():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 60
    assert max(most) == 1

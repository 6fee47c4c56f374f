"""Whatever a reader does, the file is refused with a reason, and the next one is read."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import SourceError
from index.formats.sandbox import Sandbox

HERE = str(Path(__file__).parent)
STAND_IN = {"txt": "stand_in"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=60, readers=STAND_IN) as one:
        yield one


def told(sandbox: Sandbox, command: str) -> str:
    return sandbox.read(command.encode(), "txt").text


def test_what_is_read_arrives(sandbox: Sandbox) -> None:
    assert told(sandbox, "say 你好 🙂 é") == "你好 🙂 é"
    assert told(sandbox, "say " + "长" * 500_000) == "长" * 500_000


def test_one_process_reads_many_files(sandbox: Sandbox) -> None:
    assert told(sandbox, "pid") == told(sandbox, "pid")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("refuse", "^is odd; make it even$"),
        ("fail", "its reader failed: KeyError: 'x'"),
        ("grow", r"needs more than 2\.0 GB of memory"),
        ("deep", "it is nested too deeply"),
        ("crash", r"its reader crashed \(SIGSEGV\)"),
        ("leave", r"its reader crashed \(status 7\)"),
        ("nothing", "its reader gave no extract"),
        ("blank", "has no text"),
        ("other", "has no text"),
        ("surrogate", "characters that are no text"),
        ("nul", "characters that are no text"),
    ],
)
def test_what_goes_wrong_is_named_and_the_next_file_is_read(sandbox: Sandbox, command: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        told(sandbox, command)
    assert "\n" not in str(caught.value)
    assert told(sandbox, "say next") == "next"


@pytest.mark.parametrize("command", ["sleep", "spin"])
def test_what_takes_too_long_is_ended(command: str) -> None:
    with Sandbox(seconds=1.5, readers=STAND_IN) as sandbox:
        told(sandbox, "say first")
        begun = time.monotonic()
        with pytest.raises(SourceError, match="takes longer than 2 s"):
            told(sandbox, command)
        assert time.monotonic() - begun < 30
        assert told(sandbox, "say next") == "next"


def test_what_a_library_prints_is_no_reply(sandbox: Sandbox) -> None:
    assert told(sandbox, "print") == "done"


def test_a_reader_writes_no_file(sandbox: Sandbox, tmp_path: Path) -> None:
    for command in ("write", "run"):
        with pytest.raises(SourceError):
            told(sandbox, f"{command} {tmp_path / command}")
    left = [path for path in tmp_path.iterdir() if path.stat().st_size]
    assert left == []


def test_a_reader_reaches_no_network(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(SourceError, match="may not do this"):
            told(sandbox, f"connect {server.getsockname()[1]}")
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_reader_knows_nothing_of_us(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    with Sandbox(readers=STAND_IN) as fresh:
        assert "SECRET" not in told(fresh, "environment")


def test_threads_wait_for_each_other(sandbox: Sandbox) -> None:
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = told(sandbox, f"say {number}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: str(number) for number in range(8)}


def test_a_closed_sandbox_opens_again() -> None:
    sandbox = Sandbox(readers=STAND_IN)
    first = told(sandbox, "pid")
    sandbox.close()
    assert not Path(f"/proc/{first}").exists()
    assert told(sandbox, "pid") != first
    sandbox.close()


PARENT = """
import sys
from index.formats.sandbox import Sandbox
sandbox = Sandbox(seconds=3, readers={"txt": "stand_in"})
print(sandbox.read(b"pid", "txt").text, flush=True)
sandbox.read(sys.argv[1].encode(), "txt")
"""


@pytest.mark.parametrize("command", ["pid", "spin"])
def test_nobody_outlives_a_killed_parent(command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([HERE, *filter(None, sys.path)])}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT + "\nimport time; time.sleep(60)", command],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert parent.stdout is not None
    child = Path(f"/proc/{parent.stdout.readline().strip()}")
    assert child.exists()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while child.exists() and "State:\tZ" not in (child / "status").read_text():
        assert time.monotonic() < deadline, "the reader lives on"
        time.sleep(0.05)

"""`yinzheng chat` in a process of its own, and what Linux counts of it: processor time and memory.

It is started as its own command line starts it; but for the requests a minute, which `--rate` raises, its guard is
that of every server.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from index.errors import InputError

# Requests a minute of one address, above any load.
_RATE = 10**9
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Process:
    """A running process and its children, by its number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def family(self) -> list[int]:
        """The process and all that it started, and they."""
        found = [self.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found += map(int, (task / "children").read_text().split())
        return found

    @property
    def memory(self) -> int:
        """Bytes that it and its children have in memory; what they share counts for each."""
        return sum(int(words[1]) * _PAGE for pid in self.family if (words := _words(f"/proc/{pid}/statm")))

    @property
    def seconds(self) -> float:
        """Seconds of processor time that it and its children have used."""
        return sum(_time(f"/proc/{pid}/stat") for pid in self.family)

    @property
    def threads(self) -> dict[int, float]:
        """Seconds of processor time of each of its own threads, by its number."""
        with contextlib.suppress(OSError):
            return {int(task.name): _time(f"{task}/stat") for task in Path(f"/proc/{self.pid}/task").iterdir()}
        return {}


def machine() -> float:
    """Seconds of processor time that everything on this machine has used, since it was started."""
    user, nice, system, _idle, _waiting, *rest = map(int, _words("/proc/stat")[1:9])
    return (user + nice + system + sum(rest)) / _TICKS


@contextlib.contextmanager
def serving(index: Path | None) -> Iterator[tuple[str, Process]]:
    """The address of a server of this index, or of the default one, and its process; InputError where it fails."""
    if not Path("/proc/self/statm").exists():
        raise InputError("this system has no /proc", "run it on Linux")
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
        chat = ["chat", "--port", "0", "--rate", str(_RATE), "--feedback", f"{folder}/feedback.jsonl"]
        named = ["--index", str(index)] if index else []
        command = [sys.executable, "-m", "qa.terminal.cli", *chat, *named]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline().split()
                if len(line) < 3:
                    process.wait()
                    log.seek(0)
                    said = log.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
                    raise InputError(f"`yinzheng chat` did not start ({said[-1]})", "run it by itself")
                yield line[2], Process(process.pid)
            finally:
                process.terminate()


def _words(path: str) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(path).read_text().split()
    return []


def _time(path: str) -> float:
    """User and system seconds of a `stat` file, whose second field, a name in brackets, may hold blanks."""
    with contextlib.suppress(OSError):
        fields = Path(path).read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0

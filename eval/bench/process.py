"""What Linux counts of a process, this one or another: memory and processor time."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in memory: `own` is nobody else's and on no disk, `file` are pages of files, which can be given up."""

    own: int
    file: int

    @property
    def all(self) -> int:
        """Both."""
        return self.own + self.file


class Process:
    """A process by its number, which may be gone: then it has nothing. It and its children are its family."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @classmethod
    def this(cls) -> Process:
        """The one that asks; InputError where the system does not say what it has."""
        counted()
        return cls(os.getpid())

    @property
    def family(self) -> list[int]:
        """The process and all that it started, and they."""
        found = [self.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in (_PROC / f"{pid}/task").iterdir():
                    found += map(int, (task / "children").read_text().split())
        return found

    @property
    def memory(self) -> Memory:
        """What it has in memory, without its children."""
        held = _status(self.pid)
        return Memory(held.get("RssAnon", 0) + held.get("RssShmem", 0), held.get("RssFile", 0))

    @property
    def resident(self) -> int:
        """Bytes that its family has in memory; what they share counts for each."""
        return sum(Process(pid).memory.all for pid in self.family)

    @property
    def peak(self) -> int:
        """The most bytes it had in memory since `reset`, or since it began where that is not allowed."""
        return _status(self.pid).get("VmHWM", 0)

    def reset(self) -> None:
        """Let `peak` begin anew."""
        with contextlib.suppress(OSError):
            (_PROC / f"{self.pid}/clear_refs").write_text("5", encoding="ascii")

    @property
    def seconds(self) -> float:
        """Seconds of processor time that its family has used."""
        return sum(_time(_PROC / f"{pid}/stat") for pid in self.family)

    @property
    def threads(self) -> dict[int, float]:
        """Seconds of processor time of each of its own threads, by its number."""
        with contextlib.suppress(OSError):
            return {int(task.name): _time(task / "stat") for task in (_PROC / f"{self.pid}/task").iterdir()}
        return {}


def counted() -> None:
    """InputError where the system does not say what its processes have in memory."""
    if "RssAnon" not in _status(os.getpid()):
        raise InputError(f"memory cannot be measured without {_PROC}/self/status", "run it on Linux")


def machine() -> float:
    """Seconds of processor time that everything on this machine has used, since it was started."""
    user, nice, system, _idle, _waiting, *rest = map(int, (_PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + sum(rest)) / _TICKS


def _status(pid: int) -> dict[str, int]:
    """The sizes in a `status` file, in bytes, by their names."""
    with contextlib.suppress(OSError):
        lines = (_PROC / f"{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
        pairs = (line.partition(":") for line in lines if line.endswith(" kB"))
        return {name: int(value.split()[0]) * 1024 for name, _, value in pairs}
    return {}


def _time(path: Path) -> float:
    """User and system seconds of a `stat` file, whose second field, a name in brackets, may hold blanks."""
    with contextlib.suppress(OSError):
        fields = path.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0

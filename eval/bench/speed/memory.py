"""The memory of this process, as Linux counts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in memory: `own` is nobody else's and on no disk, `file` are pages of files, which can be given up."""

    own: int
    file: int

    @property
    def all(self) -> int:
        """Both."""
        return self.own + self.file


def now() -> Memory:
    """What is in memory now."""
    read = _read()
    return Memory(read["RssAnon"] + read["RssShmem"], read["RssFile"])


def peak() -> int:
    """The most bytes there were in memory since `reset`, or since the process began where that is not allowed."""
    return _read()["VmHWM"]


def reset() -> None:
    """Let `peak` begin anew."""
    try:
        _CLEAR.write_text("5", encoding="ascii")
    except OSError:
        return


def _read() -> dict[str, int]:
    try:
        lines = _STATUS.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise InputError(f"memory cannot be measured without {_STATUS}", "run it on Linux") from None
    pairs = (line.partition(":") for line in lines if line.endswith(" kB"))
    return {name: int(value.split()[0]) * 1024 for name, _, value in pairs}

"""A disk on which the n-th thing that is done to a folder goes wrong: a shim over the functions of `os`.

What counts is what changes the folder or makes it last: a file made, a write, a sync, a folder made, a renaming, a
deletion. `crashes` has every command meet every fault at every count.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What stands for a fault: the process is killed before the operation; a write is done by half, then it is killed;
# the power is cut, so that nothing is left but what was synced, or also the names of files, which a journal may have
# before those of folders; a write writes less than it was given, and says so; the operation fails, once or lastingly.
KILL, TORN, CUT, CUT_LATE, SHORT = "kill", "torn", "cut", "cut late", "short"
CUTS = (CUT, CUT_LATE)
ERRORS = {name: getattr(errno, name) for name in ("ENOSPC", "EIO", "EACCES")}
ONCE = tuple(f"{name} once" for name in ERRORS)
FAULTS = (KILL, TORN, *CUTS, SHORT, *ERRORS, *ONCE)
# A full disk still lets files be renamed and deleted, and permissions are looked at when a file is opened.
_MEETS = {"ENOSPC": {"open", "write", "fsync", "mkdir"}, "EACCES": {"open", "mkdir", "replace", "unlink", "rmdir"}}


class Disk:
    """Counts what is done to a folder, and lets the operation number `at`, from 0, meet a fault.

    `done` has the name of each operation. `rescue` is where the folder is laid as a power cut leaves it.
    """

    def __init__(self, folder: Path, at: int = -1, fault: str = KILL, rescue: Path | None = None) -> None:
        self.folder, self.at, self.fault, self.rescue = os.path.realpath(folder), at, fault, rescue
        self.done: list[str] = []
        self.met = False
        self._paths: dict[int, str] = {}  # of what is open
        self._held: list[int] = []  # so that no inode is used again
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}
        if os.path.isdir(self.folder):
            for path in [Path(self.folder), *Path(self.folder).rglob("*")]:
                self._last(path)

    @contextmanager
    def meeting(self) -> Iterator[Disk]:
        """Patch `os` as long as the context lasts."""
        real = {name: getattr(os, name) for name in ("open", "close", "write", "fsync", "mkdir", "unlink", "rmdir")}
        real |= {name: getattr(os, name) for name in ("replace", "rename", "remove")}
        self._real = real
        mine: dict[str, Callable[..., Any]] = {
            "open": self._open,
            "close": self._close,
            "write": self._write,
            "fsync": self._fsync,
            "mkdir": lambda path, *rest, **named: self._on("mkdir", path, rest, named),
            "unlink": lambda path, *rest, **named: self._on("unlink", path, rest, named),
            "remove": lambda path, *rest, **named: self._on("unlink", path, rest, named),
            "rmdir": lambda path, *rest, **named: self._on("rmdir", path, rest, named),
            "replace": self._replace,
            "rename": self._replace,
        }
        for name, function in mine.items():
            setattr(os, name, function)
        try:
            yield self
        finally:
            for name, function in real.items():
                setattr(os, name, function)

    # The operations.

    def _open(self, path: Any, flags: int, *rest: Any, **named: Any) -> int:
        where = self._where(path, named.get("dir_fd"))
        if where and flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR | os.O_TRUNC):
            self._meet("open")
        handle: int = self._real["open"](path, flags, *rest, **named)
        if where:
            self._paths[handle] = where
        return handle

    def _close(self, handle: int) -> None:
        self._paths.pop(handle, None)
        self._real["close"](handle)

    def _write(self, handle: int, data: Any) -> int:
        if handle not in self._paths:
            return int(self._real["write"](handle, data))
        half = memoryview(data)[: max(1, len(data) // 2)]
        if self._counts("write") and self.fault in (TORN, SHORT):
            written = int(self._real["write"](handle, half))
            self._strike("write")
            return written
        self._meet("write", counted=True)
        return int(self._real["write"](handle, data))

    def _fsync(self, handle: int) -> None:
        if where := self._paths.get(handle):
            self._meet("fsync")
        self._real["fsync"](handle)
        if where:
            self._last(Path(where))

    def _replace(self, old: Any, new: Any, **named: Any) -> None:
        if where := self._where(new, named.get("dst_dir_fd")):
            self._meet("replace")
            self._hold(where)
        self._real["replace"](old, new, **named)

    def _on(self, name: str, path: Any, rest: Any, named: Any) -> None:
        if where := self._where(path, named.get("dir_fd")):
            self._meet(name)
            self._hold(where)
        self._real[name](path, *rest, **named)

    def _where(self, path: Any, beside: int | None) -> str:
        """The path below the folder, or nothing."""
        text = os.fspath(path) if not isinstance(path, int) else self._paths.get(path, "")
        base = self._paths.get(beside, "") if beside is not None else ""
        whole = os.path.join(base or os.getcwd(), text)
        real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        return real if real == self.folder or real.startswith(self.folder + os.sep) else ""

    # The fault.

    def _counts(self, name: str) -> bool:
        """Count an operation; whether it is the one."""
        self.done.append(name)
        return len(self.done) - 1 == self.at

    def _meet(self, name: str, *, counted: bool = False) -> None:
        if not counted:
            self._counts(name)
        number = len(self.done) - 1
        lasting = self.fault in ERRORS and number > self.at >= 0
        if number == self.at or lasting:
            self._strike(name)

    def _strike(self, name: str) -> None:
        self.met = True
        kind = self.fault.removesuffix(" once")
        if kind in CUTS:
            assert self.rescue is not None
            self.rescued(self.rescue)
        if kind in (KILL, TORN, *CUTS):
            os.kill(os.getpid(), signal.SIGKILL)
        if kind in ERRORS and name in _MEETS.get(kind, {name}):
            raise OSError(ERRORS[kind], os.strerror(ERRORS[kind]))

    # What lasts: contents of files and names in folders, by inode, as they were when they were last synced.

    def _last(self, path: Path) -> None:
        found = os.lstat(path)
        if stat.S_ISDIR(found.st_mode):
            self._names[found.st_ino] = {entry.name: entry.inode() for entry in os.scandir(path)}
        elif stat.S_ISREG(found.st_mode):
            self._contents[found.st_ino] = path.read_bytes()

    def _hold(self, path: str) -> None:
        if os.path.lexists(path):
            self._held.append(self._real["open"](path, os.O_RDONLY))

    def rescued(self, place: Path) -> None:
        """Lay down what a power cut would leave now."""
        shutil.rmtree(place, ignore_errors=True)
        self._laid(os.stat(self.folder).st_ino, place)

    def _laid(self, inode: int, place: Path) -> None:
        place.mkdir()
        now = self._folders()
        names = dict(self._names.get(inode, {}))
        if self.fault == CUT_LATE and inode in now:
            names |= {entry.name: entry.inode() for entry in os.scandir(now[inode]) if entry.is_file()}
        for name, below in names.items():
            if below in self._names or below in now:
                self._laid(below, place / name)
            else:
                (place / name).write_bytes(self._contents.get(below, b""))

    def _folders(self) -> dict[int, Path]:
        """The folders that there are, by inode."""
        found = [Path(self.folder), *(path for path in Path(self.folder).rglob("*") if path.is_dir())]
        return {path.stat().st_ino: path for path in found}

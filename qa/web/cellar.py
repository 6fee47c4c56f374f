"""Where the files of a running server's readers lie: a folder of its own that nobody else may enter.

It is gone when the server ends; what a killed server left goes when the next one starts, and never what belongs to
one that still runs, which holds the lock of its folder. `rooms` keeps a folder a session in it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from index.errors import InputError

_LOCK = ".lock"


class Cellar:
    """A private folder below `root`, for as long as this object is not closed."""

    def __init__(self, root: Path) -> None:
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.chmod(root, 0o700)
            # between a folder and its lock another server, which starts now, would take it for a leftover
            self._door = (root / _LOCK).open("w")
            fcntl.flock(self._door, fcntl.LOCK_EX)
            try:
                for old in root.iterdir():
                    if old.is_dir() and not old.is_symlink() and not _in_use(old):
                        shutil.rmtree(old, ignore_errors=True)
                self.folder = Path(tempfile.mkdtemp(dir=root))  # mode 700
                self._lock = (self.folder / _LOCK).open("w")
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            finally:
                self._door.close()
        except OSError as error:
            raise InputError(
                f"documents cannot be kept in {root} ({error.strerror})", "mend that, or run it with --no-uploads"
            ) from None

    def room(self) -> Path:
        """A new, empty folder."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def close(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def keep(folder: Path, name: str, data: bytes) -> None:
    """Put a copy of a file, by a name that is a plain one, where the operator wants it; none overwrites another."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stem, dot, suffix = name.rpartition(".")
        number = 1
        while True:
            path = folder / (name if number == 1 else f"{stem}-{number}{dot}{suffix}")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            except FileExistsError:
                number += 1
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            return
    except OSError as error:
        raise InputError(
            f"the file cannot be kept in {folder} ({error.strerror})", "tell who runs this server"
        ) from None


def _in_use(folder: Path) -> bool:
    """Whether a server that runs holds the lock of its folder."""
    with suppress(OSError), (folder / _LOCK).open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

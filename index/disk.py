"""What an index does to the disk, each kind of thing in one place.

What these functions write is on the disk when they return, not only on its way there; what they read is, byte for byte,
what was written. `store` says what the files mean, `lock` who may write.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import IndexDamaged, IndexUnwritable

# What to do where the disk refuses, by the reason.
_MENDS = {
    errno.ENOSPC: "make room or name another folder with --index DIR",
    errno.EDQUOT: "make room or name another folder with --index DIR",
    errno.EIO: "check the disk",
}
ELSEWHERE = "name a folder of yours with --index DIR or YINZHENG_INDEX"


@dataclass(frozen=True, slots=True)
class Sum:
    """What a file is known again by: the SHA-256 of its content, in hexadecimal digits, and its bytes."""

    sha256: str
    size: int

    @classmethod
    def of(cls, data: bytes) -> Sum:
        """The sum of a content."""
        return cls(hashlib.sha256(data).hexdigest(), len(data))

    @classmethod
    def from_json(cls, value: Any) -> Sum:
        """The sum that `to_json` made; ValueError for anything else."""
        match value:
            case [str(sha256), int(size)] if not isinstance(size, bool):
                return cls(sha256, size)
        raise ValueError("expected a SHA-256 and a size")

    def to_json(self) -> list[str | int]:
        """This sum as the manifest has it."""
        return [self.sha256, self.size]


class Checked(Mapping[str, bytes]):
    """Files of a folder by their names, each read when it is asked for; IndexDamaged unless it is as its sum says."""

    def __init__(self, folder: Path, sums: Mapping[str, Sum], mend: str, digest: str = "") -> None:
        """`mend` is the command that an error names, `digest` what the sums themselves are known by."""
        self.folder = folder
        self.digest = digest
        self._sums = dict(sums)
        self._mend = mend

    def __getitem__(self, name: str) -> bytes:
        path, sum = self.folder / name, self._sums[name]
        try:
            data = content(path, sum.size + 1)  # one byte more shows that it is longer
        except OSError as error:
            raise IndexDamaged(f"{path} cannot be read ({error.strerror})", self._mend) from None
        if Sum.of(data) != sum:
            raise IndexDamaged(f"{path} is damaged: its SHA-256 is not the recorded one", self._mend)
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)

    def check(self) -> None:
        """Read every file."""
        for name in self:
            self[name]


def content(path: Path, most: int) -> bytes:
    """The first bytes of an ordinary file, at most so many; OSError where it cannot be read."""
    # without O_NONBLOCK a pipe in the file's place would be waited for
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        return file.read(min(most, found.st_size))


def write(path: Path, data: bytes) -> None:
    """A new file with this content."""
    with _refused(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)


def make(folder: Path) -> None:
    """A new, empty folder, or the one that is there."""
    with _refused(folder):
        folder.mkdir(parents=True, exist_ok=True)


def rename(old: Path, new: Path) -> None:
    """Give a file or folder another name, at once; a file, or empty folder, of that name is replaced. See `settle`."""
    with _refused(new):
        os.replace(old, new)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk: what was made, renamed or removed there survives a power cut."""
    with _refused(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(path: Path) -> None:
    """Delete a file, or a folder with all that is in it; nothing happens where there is none."""
    with _refused(path, "delete", "check its permissions"):
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)


@contextmanager
def _refused(path: Path, what: str = "be written to", mend: str = ELSEWHERE) -> Iterator[None]:
    """An OSError as IndexUnwritable."""
    try:
        yield
    except OSError as error:
        mend = _MENDS.get(error.errno or 0, mend)
        raise IndexUnwritable(f"the index cannot {what} {path} ({error.strerror})", mend) from None

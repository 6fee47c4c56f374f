"""What an index does to the disk, each kind of thing in one place.

What these functions write is on the disk when they return, not only on its way there; what they read is, byte for byte,
what was written. `store` says what the files mean, `lock` who may write.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import stat
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.disk.sums import BLOCK, Buffer, Sum
from index.errors import IndexDamaged, IndexUnwritable

# What to do where the disk refuses, by the reason.
_MENDS = {
    errno.ENOSPC: "make room or name another folder with --index DIR",
    errno.EDQUOT: "make room or name another folder with --index DIR",
    errno.EIO: "check the disk",
}
ELSEWHERE = "name a folder of yours with --index DIR or YINZHENG_INDEX"
# Bytes that are read and held against their sums at once.
_STRIDE = 16 * BLOCK


class File:
    """An ordinary file to be read. Kept open, it can be read whatever becomes of its name.

    OSError where it cannot be opened, ValueError where the path is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # without O_NONBLOCK a pipe in the file's place would be waited for
        self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._handle).atexit = False
        found = os.fstat(self._handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        self.size = found.st_size
        self._held: bytes | None = None

    def hold(self) -> None:
        """Read all of it now: what becomes of the file later does not touch what is read."""
        self._held = self.read(0, self.size)

    def read(self, start: int, end: int) -> bytes:
        """The bytes of a range, fewer where the file ends before."""
        data = memoryview(bytearray(max(0, min(end, self.size) - start)))
        return bytes(data[: self.fill(data, start)])

    def fill(self, buffer: memoryview, start: int) -> int:
        """Read into a buffer of bytes what begins at `start`; how many bytes there were."""
        if self._held is not None:
            found = memoryview(self._held)[start : start + len(buffer)]
            buffer[: len(found)] = found
            return len(found)
        done = count = os.preadv(self._handle, [buffer], start)
        while count and done < len(buffer):  # as at the end of a file, or after 2 GB
            count = os.preadv(self._handle, [buffer[done:]], start + done)
            done += count
        return done


class Content:
    """A range of a file, each block of which is held against its sum when it is first read.

    IndexDamaged, with the command that mends it, for a block that is not as it was written.
    """

    def __init__(self, file: File, start: int, sum: Sum, mend: str) -> None:
        self._file, self._start, self._sum, self._mend = file, start, sum, mend
        self._held = np.zeros(len(sum), dtype=bool)

    def __len__(self) -> int:
        return self._sum.size

    @property
    def path(self) -> Path:
        """The file that it stands in."""
        return self._file.path

    def damaged(self, what: str) -> IndexDamaged:
        """The error that this content is not as it should be."""
        return IndexDamaged(f"{self.path} {what}", self._mend)

    def read(self, start: int, end: int) -> bytes:
        """The bytes of a range within it."""
        return bytes(self.gather(np.array([start]), np.array([end])))

    def gather(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> bytearray:
        """The bytes of several ranges within it, one after the other."""
        self._look(starts, ends)
        places = np.cumsum(ends - starts).tolist()
        found = bytearray(places[-1] if places else 0)
        view, fill, place = memoryview(found), self._file.fill, 0
        for start, end in zip((starts + self._start).tolist(), places, strict=True):
            if fill(view[place:end], start) != end - place:
                raise self.damaged("is damaged: it has become shorter")
            place = end
        return found

    def _look(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        """Hold the blocks of these ranges against their sums, as far as that was not done."""
        first, last = starts // BLOCK, (ends - 1) // BLOCK
        if self._held[first].all() and self._held[last].all() and (last - first).max(initial=0) < 2:
            return
        touched = np.unique(np.concatenate([np.arange(low, high + 1) for low, high in zip(first, last, strict=True)]))
        for block in touched[~self._held[touched]].tolist():
            size = min(BLOCK, len(self) - block * BLOCK)
            self._fill(memoryview(bytearray(size)), block)

    def fill(self, buffer: Buffer) -> None:
        """Read all of it into a buffer of its size."""
        view = memoryview(buffer).cast("B")
        for at in range(0, max(1, len(view)), _STRIDE):
            self._fill(view[at : at + _STRIDE], at // BLOCK)

    def hold(self) -> None:
        """Read the file that it stands in now, and check this content."""
        self._file.hold()
        self.check()

    def whole(self) -> bytes:
        """All of it."""
        return self.read(0, len(self))

    def check(self) -> None:
        """Read all of it, and keep nothing."""
        buffer = memoryview(bytearray(min(_STRIDE, len(self))))
        for at in range(0, max(1, len(self)), _STRIDE):
            self._fill(buffer[: len(self) - at], at // BLOCK)

    def _fill(self, view: memoryview, first: int) -> None:
        """Read whole blocks, from this one on, into a buffer, and hold them against their sums."""
        try:
            count = self._file.fill(view, self._start + first * BLOCK)
        except OSError as error:
            raise self.damaged(f"cannot be read ({error.strerror})") from None
        if count != len(view) or not self._sum.fits(view, first):
            raise self.damaged("is damaged: its SHA-256 is not the recorded one")
        blocks = max(1, -(-len(view) // BLOCK))
        self._held[first : first + blocks] = True


def room_for(files: int) -> None:
    """Let this process have so many files open beside what it has, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = len(os.listdir("/dev/fd")) + files + 1_024
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))


def content(path: Path, most: int) -> bytes:
    """The first bytes of an ordinary file, at most so many; OSError where it cannot be read."""
    return File(path).read(0, most)


def write(path: Path, data: Iterable[Buffer]) -> None:
    """A new file with this content, piece after piece."""
    _pour(path, os.O_EXCL, data)


def append(path: Path, data: Buffer) -> None:
    """Put this at the end of a file, which is made where there is none."""
    _pour(path, os.O_APPEND, [data])


def _pour(path: Path, how: int, data: Iterable[Buffer]) -> None:
    with _refused(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | how | os.O_CLOEXEC, 0o666)
        try:
            for piece in data:
                rest = memoryview(piece).cast("B")
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

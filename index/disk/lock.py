"""One writer at a time: a lock on a file of the index folder, which the kernel gives up when its holder ends, however.

So a lock is never stale: what stands in the file only tells those who wait for whom they wait. Left out: machines that
share a folder over a network whose locks do not reach from one to the other.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.disk.disk import ELSEWHERE
from index.errors import IndexUnwritable

FILE = ".lock"
# What is read of the file at most.
_TOLD = 200


@contextmanager
def alone(folder: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Be the only writer of a folder, which is there; `waiting` is told once who is waited for, if anybody is.

    Raises IndexUnwritable where the lock cannot be had at all.
    """
    path = folder / FILE
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o666)
    except OSError as error:
        raise IndexUnwritable(f"the index cannot be written to {path} ({error.strerror})", ELSEWHERE) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting(f"Waiting for {holder(path)} to have written the index in {folder}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        _tell(handle, f"process {os.getpid()} (since {time.strftime('%H:%M:%S')})\n")
        try:
            yield
        finally:
            _tell(handle, "")
    finally:
        os.close(handle)


def holder(path: Path) -> str:
    """Who holds the lock, as far as the file tells."""
    with suppress(OSError, ValueError), path.open("rb") as file:
        told = file.read(_TOLD).decode("ascii").strip()
        if told.isprintable() and told:
            return told
    return "another process"


def _tell(handle: int, text: str) -> None:
    """Leave a note in the file; it is of no use but to be read, so that a full disk is no reason to stop."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode("ascii"), 0)

"""Files as they lie on disk: found in folders, read once and whole, whatever happens to them meanwhile.

Names are bytes in the end: they are shown in one line, and what cannot be shown is escaped.
"""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import SourceError
from index.formats import kinds, limits

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """The bytes of a file and their SHA-256, in hexadecimal digits."""

    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read; absolute, and without `..`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not read: its name as it can be shown, and why; no reason where it only is of another kind."""

    name: str
    reason: str = ""


def shown(name: str | os.PathLike[str]) -> str:
    """A name in one line, control characters and bytes that are no text escaped."""
    text = os.fspath(name)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def load(path: Path) -> Loaded:
    """A file's bytes; SourceError unless it is an ordinary file, within the limits, and stays as it is while read."""
    try:
        # without O_NONBLOCK a pipe without a writer would be waited for
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise SourceError(_why(error), "check the path") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise SourceError(f"is {_sort(mode)}, no file", "name files or folders of files")
    except BaseException:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        before = os.fstat(descriptor)
        if before.st_size > limits.FILE_BYTES_MAX:
            raise SourceError(
                f"has {before.st_size / 1e6:.0f} MB, at most {limits.FILE_BYTES_MAX / 1e6:.0f} MB are read", "split it"
            )
        digest, blocks, size = hashlib.sha256(), [], 0
        try:
            while size <= before.st_size and (block := file.read(_BLOCK)):
                blocks.append(block)
                digest.update(block)
                size += len(block)
        except OSError as error:
            raise SourceError(_why(error), "check the path") from None
        after = os.fstat(descriptor)
        if size != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise SourceError("changed while it was read", "add it again when it is at rest")
    if not size:
        raise SourceError("is empty", "put the document there")
    return Loaded(b"".join(blocks), digest.hexdigest())


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOENT:
        return "is not there"
    return f"cannot be read ({error.strerror if isinstance(error, OSError) else error})"


def _sort(mode: int) -> str:
    for test, name in ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket")):
        if test(mode):
            return name
    return "a device"


def walk(paths: Sequence[Path]) -> Iterator[Found | Skipped]:
    """The files that these paths name, each once: files, folders with all below them, and patterns such as `*.pdf`.

    In a folder, files are sorted by name, before its folders; hidden ones are left out, and a link that leads out of
    it is not followed. A file that is named itself comes whatever its kind. Nothing raises.
    """
    seen: set[str] = set()
    for path in paths:
        named = [path]
        if not os.path.lexists(path) and glob.has_magic(str(path)):
            named = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]
        for one in named:
            for found in _folder(one.absolute()) if one.is_dir() else _file(one.absolute()):
                if isinstance(found, Found):
                    real = os.path.realpath(found.path)
                    if real in seen:
                        continue
                    seen.add(real)
                yield found
        if not named:
            yield Skipped(shown(path), "no file is named so")


def _file(path: Path) -> Iterator[Found | Skipped]:
    yield Found(Path(os.path.normpath(path))) if os.path.lexists(path) else Skipped(shown(path), "is not there")


def _folder(top: Path) -> Iterator[Found | Skipped]:
    top = Path(os.path.normpath(top))
    real = os.path.realpath(top)
    failed: list[OSError] = []
    for folder, folders, files in os.walk(top, onerror=failed.append):
        while failed:
            yield Skipped(shown(failed[0].filename), _why(failed.pop(0)))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in list(folders):
            path = Path(folder, name)
            if path.is_symlink():  # os.walk does not follow it: what it leads to inside comes by its own name
                if not _within(path, real):
                    yield Skipped(shown(path), f"is a link that leads out of {shown(top)}")
                folders.remove(name)
        for name in sorted(files):
            path = Path(folder, name)
            if name.startswith("."):
                continue
            if not kinds.readable(name):
                yield Skipped(shown(path))
            elif path.is_symlink() and not _within(path, real):
                yield Skipped(shown(path), f"is a link that leads out of {shown(top)}, or nowhere")
            else:
                yield Found(path)
    while failed:
        yield Skipped(shown(failed[0].filename), _why(failed.pop(0)))


def _within(path: Path, real: str) -> bool:
    try:
        target = os.path.realpath(path, strict=True)
    except OSError:
        return False
    return target == real or target.startswith(real.rstrip("/") + "/")

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

# What to do about a file that cannot be opened, by the reason; else its path is to be checked.
_MENDS = {errno.EACCES: "check its permissions", errno.EPERM: "check its permissions", errno.EIO: "check the disk"}


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
        raise _unreadable(error) from None
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
        blocks, size = [], 0
        try:
            # as a rule one block, which then needs no second copy; one byte more shows that the file has grown
            while size <= before.st_size and (block := file.read(before.st_size - size + 1)):
                blocks.append(block)
                size += len(block)
        except OSError as error:
            raise _unreadable(error) from None
        after = os.fstat(descriptor)
        if size != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise SourceError("changed while it was read", "add it again when it is at rest")
    if not size:
        raise SourceError("is empty", "put the document there")
    data = b"".join(blocks)
    return Loaded(data, hashlib.sha256(data).hexdigest())


def _unreadable(error: Exception) -> SourceError:
    code = error.errno if isinstance(error, OSError) else None
    return SourceError(_why(error), _MENDS.get(code or 0, "check the path"))


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
        try:
            named = _named(path)
        except (OSError, ValueError, NotImplementedError) as error:  # a pattern that is none
            yield Skipped(shown(path), _why(error))
            continue
        for one in named:
            for found in _one(one):
                key = os.path.realpath(found.path) if isinstance(found, Found) else f"\0{found.name}"
                if key not in seen:
                    seen.add(key)
                    yield found
        if not named:
            yield Skipped(shown(path), "no file is named so")


def _named(path: Path) -> list[Path]:
    """The path itself, or what there is by it as a pattern, sorted.

    As in a shell, hidden files are found only by a pattern that shows their point; `**` follows no links.
    """
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        return [path]
    parts = path.parts
    fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    base, pattern = Path(*parts[:fixed]), Path(*parts[fixed:])
    found = base.glob(str(pattern))
    if not _hidden(pattern):
        found = (match for match in found if not _hidden(match.relative_to(base)))
    return sorted(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _one(path: Path) -> Iterator[Found | Skipped]:
    """A file, or all below a folder."""
    try:
        plain = _plain(path.absolute())
        os.lstat(plain)  # says why a path leads nowhere; where only a link does, `load` will
        yield from _folder(plain) if os.path.isdir(plain) else [Found(plain)]
    except (OSError, ValueError) as error:
        yield Skipped(shown(path), _why(error))


def _plain(path: Path) -> Path:
    """The path without `..`; what stands behind a link and `..` lies beside the link's target, not beside the link."""
    plain = Path(os.path.normpath(path))
    if os.path.realpath(plain) == os.path.realpath(path):
        return plain
    return Path(os.path.realpath(path)) if path.name == ".." else Path(os.path.realpath(path.parent), path.name)


def _folder(top: Path) -> Iterator[Found | Skipped]:
    real = os.path.realpath(top)
    failed: list[OSError] = []
    for folder, folders, files in os.walk(top, onerror=failed.append):
        while failed:
            yield Skipped(shown(failed[0].filename), _why(failed.pop(0)))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in list(folders):
            path = Path(folder, name)
            if os.path.islink(path):  # os.walk does not follow it: what it leads to inside comes by its own name
                if not _within(path, real):
                    yield Skipped(shown(path), f"is a link that leads out of {shown(top)}")
                elif _hidden(Path(os.path.relpath(os.path.realpath(path), real))):
                    yield Skipped(shown(path), "is a link to a hidden folder")
                folders.remove(name)
        for name in sorted(files):
            path = Path(folder, name)
            if name.startswith("."):
                continue
            if not kinds.readable(name):
                yield Skipped(shown(path))
            elif os.path.islink(path) and not _within(path, real):
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

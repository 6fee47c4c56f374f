"""How much memory this process may still take, so that what does not fit is said and not tried."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# What Linux tells: all that could be had, and what a container is limited to and has taken.
_MACHINE = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/statm")


def available() -> int | None:
    """Bytes that can be had before the system stops this process or begins to swap; None where that is not told."""
    return min(_limits(), default=None)


def said(size: int) -> str:
    """A number of bytes as people write it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


def _limits() -> Iterator[int]:
    with suppress(OSError, ValueError, KeyError):
        told = dict(line.split(":", 1) for line in _MACHINE.read_text(encoding="ascii").splitlines())
        yield int(told["MemAvailable"].split()[0]) * 1024
    with suppress(OSError, ValueError):  # "max" where there is no limit
        most, taken = (int((_GROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        # what only mirrors files is given back when it is needed
        statistics = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        yield max(0, most - taken + int(statistics.get("inactive_file", 0)))
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        with suppress(OSError, ValueError):
            yield max(0, most - int(_OWN.read_text().split()[0]) * resource.getpagesize())

"""How many processors there are for this process, which may be fewer than the machine has."""

from __future__ import annotations

import os


def cores() -> int:
    """The processors that this process may run on, at least one."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

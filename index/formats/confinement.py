"""What a process gives up before it reads a file: memory and time without end, writing, other programs, the network.

Three nets, one behind the other. Resource limits hold everywhere. Landlock (Linux 5.13; TCP from 6.7) is kept by the
kernel, whatever a parser in C is brought to do. Python's audit events stop at once, with a name, what would be a slip.
Left out: reading other files, since libraries are loaded when they are needed. `worker` calls this first.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import select
import signal
import struct
import sys

# Files that a reader may have open, libraries' own among them.
_OPEN_MAX = 256
# Seconds of the processor for a request beyond those of the clock: the parent is to be the first to end it.
_GRACE = 2
# The kernel's system calls, by the same numbers on all machines since Linux 5.1, and prctl's word for "no new rights".
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT, _NO_NEW_PRIVS = 444, 446, 38
# Rights that a rule set takes away, by the version that brought them, as in <linux/landlock.h>. Over files: to execute
# and write (bits 0 and 1), to remove and make (4 to 12), to move to another folder, to truncate.
_FILES = {1: 0b1_1111_1111_0011, 2: 1 << 13, 3: 1 << 14}
# To bind and to connect TCP; then to reach sockets without a file and to signal processes, both of others.
_NETWORK = {4: 0b11}
_SCOPES = {6: 0b11}
# What is refused in Python, by the beginning of the event's name; but for what only looks.
_REFUSED = ("socket.", "subprocess.", "os.", "shutil.", "tempfile.", "pty.", "syslog.")
_ALLOWED = frozenset(("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "os.unsetenv"))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def confine(memory: int) -> None:
    """Give up, for good, what reading a file does not need; `memory` is bytes of address space."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_MAX, _OPEN_MAX))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails, instead of the process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one
    landlock()
    sys.addaudithook(_refuse)


def budget(seconds: int) -> None:
    """Give the next request so much of the processor's time: the kernel ends a reader that never comes back."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + _GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def outlive_nobody(line: int) -> None:
    """End this process when the other end of the pipe `line`, which only the parent holds, is closed.

    The kernel sends SIGIO then, whose default is to end the process, be it asleep or busy in C. Unlike PR_SET_PDEATHSIG
    this looks to the parent, and not to that thread of it which happened to start us.
    """
    fcntl.fcntl(line, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(line, select.POLLIN)
    if poll.poll(0):  # closed already
        raise SystemExit(1)


def landlock() -> int:
    """Give up writing, running programs and TCP; the version that the kernel has, 0 where it has none."""
    if sys.platform != "linux":
        return 0  # these numbers are other calls there
    system = ctypes.CDLL(None, use_errno=True)
    system.syscall.restype = ctypes.c_long
    version = int(system.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1))
    if version < 1:
        return 0
    taken = [sum(bits for since, bits in rights.items() if since <= version) for rights in (_FILES, _NETWORK, _SCOPES)]
    rules = struct.pack("=QQQ", *taken)[: 8 * (1 if version < 4 else 2 if version < 6 else 3)]
    if system.prctl(_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))):
        return 0
    descriptor = int(system.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(len(rules)), 0))
    if descriptor < 0:
        return 0
    try:
        return version if system.syscall(_LANDLOCK_RESTRICT, descriptor, 0) == 0 else 0
    finally:
        os.close(descriptor)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2]
        refused = isinstance(flags, int) and flags & _WRITING != 0
    else:
        refused = event.startswith(_REFUSED) and event not in _ALLOWED
    if refused:
        raise PermissionError(f"a reader may not do this ({event})")

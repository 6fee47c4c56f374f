"""Runs a command where there is no network but loopback: `python tests/loopback.py make test`.

A network namespace of its own, as `unshare -n` makes it, with the interface up; without root, a user namespace around
it. Where the system allows neither, it says so and ends with status 77, and the command is not run. Needs Linux and
nothing but Python.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys

NOT_ALLOWED = 77

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_SET_FLAGS, _UP, _RUNNING = 0x8914, 0x1, 0x40


def enter() -> None:
    """Leave every network but loopback behind; OSError where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_NET) != 0:
        if libc.unshare(_NEW_USER | _NEW_NET) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        for name, line in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP | _RUNNING))


if __name__ == "__main__":
    try:
        enter()
    except OSError as refused:
        print(f"no network namespace may be made here ({refused.strerror})", file=sys.stderr)
        sys.exit(NOT_ALLOWED)
    os.execvp(sys.argv[1], sys.argv[1:])

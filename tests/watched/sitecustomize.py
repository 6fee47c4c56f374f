"""Python imports this at its start where this folder is on its path: it writes down every try to leave the machine.

One JSON line for each name that is looked up and each address that is spoken to, but for this machine's own, goes to
the file that WATCHED names.
"""

import json
import os
import sys

_FILE = os.environ.get("WATCHED")
_OWN = ("localhost", "127.", "::1", "0.0.0.0", "::")


def _own(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("utf-8", "replace")
    return host in (None, "") or (isinstance(host, str) and (host in _OWN or host.startswith("127.")))


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo"):
        address = arguments[-1]
        if not isinstance(address, tuple):  # a socket of files, or one that is connected
            return
        host = address[0]
    else:
        return
    if not _own(host):
        line = json.dumps([event, str(host), sys.argv[:4]]) + "\n"
        handle = os.open(str(_FILE), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, line.encode())
        os.close(handle)


if _FILE:
    sys.addaudithook(_watch)

"""A Milvus to test against: the cluster that `MILVUS_URI` names, or a `milvus-lite server` of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

CLUSTER = os.environ.get("MILVUS_URI")
# Seconds that a server may take to start.
START = 60


class Served:
    """A server at `uri`; one of its own can be killed, stopped for a while, and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._process = folder, None
        self.uri = CLUSTER or f"http://127.0.0.1:{free()}"
        self.start()

    @property
    def own(self) -> bool:
        """Whether it is this test's, and no cluster that others use."""
        return CLUSTER is None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        if not self.own:
            return
        port = self.uri.rpartition(":")[2]
        command = [Path(sys.executable).with_name("milvus-lite"), "server", "--data-dir", self._folder]
        with (self._folder.parent / "milvus.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*map(str, command), "--host", "127.0.0.1", "--port", port], stdout=log, stderr=log
            )
        until = time.monotonic() + START
        while time.monotonic() < until:
            assert self._process.poll() is None, (self._folder.parent / "milvus.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", int(port)), 0.5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("milvus-lite does not listen")

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def hang(self) -> None:
        """Let it answer no more, without its being gone."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)


def free() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

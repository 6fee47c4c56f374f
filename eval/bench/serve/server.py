"""`yinzheng chat` in a process of its own, to be asked and looked at.

It is started as its own command line starts it; but for the requests a minute, which `--rate` raises, its guard is
that of every server.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.bench.process import Process, counted
from index.errors import InputError

# Requests a minute of one address, above any load.
_RATE = 10**9


@contextmanager
def serving(index: Path | None) -> Iterator[tuple[str, Process]]:
    """The address of a server of this index, or of the default one, and its process; InputError where it fails."""
    counted()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
        chat = ["chat", "--port", "0", "--rate", str(_RATE), "--feedback", f"{folder}/feedback.jsonl"]
        named = ["--index", str(index)] if index else []
        command = [sys.executable, "-m", "qa.terminal.cli", *chat, *named]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline().split()
                if len(line) < 3:
                    process.wait()
                    log.seek(0)
                    said = log.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
                    raise InputError(f"`yinzheng chat` did not start ({said[-1]})", "run it by itself")
                yield line[2], Process(process.pid)
            finally:
                process.terminate()

"""After set-up nothing needs a network: a day in the life passes where there is only loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from index.library import Library

HERE = Path(__file__).parent


@pytest.mark.slow
def test_a_day_in_the_life_with_loopback_alone(alone: list[str], tmp_path: Path) -> None:
    command = ["-m", "pytest", "day.py", "-p", "no:cacheprovider", "-rs", "--durations=0", f"--basetemp={tmp_path}/day"]
    done = subprocess.run(
        [*alone, sys.executable, *command], cwd=HERE, capture_output=True, text=True, timeout=1500, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    if skipped := re.findall("^SKIPPED.*", done.stdout, re.MULTILINE):
        pytest.skip("all of the day passed but " + "; ".join(skipped))


def test_nothing_is_left_in_the_home_of_who_asks(index_folder: Path, library: Library, tmp_path: Path) -> None:
    """Where a library counts its users, it keeps a number of them there."""
    command = [Path(sys.executable).parent / "yinzheng", "ask", "CAAR-NK 细胞是谁构建的？"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    done = subprocess.run(command, env={**environment, "HOME": str(tmp_path)}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [str(path) for path in tmp_path.rglob("*")] == []


def test_where_there_is_only_loopback_nothing_else_is_reached(alone: list[str]) -> None:
    code = (
        "import socket\nprint([name for _, name in socket.if_nameindex()])\n"
        "own = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(own.getsockname()).close()\n"
        "try:\n    socket.create_connection(('192.0.2.1', 80))\nexcept OSError as error:\n    print(error.strerror)"
    )
    done = subprocess.run([*alone, sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "['lo']\nNetwork is unreachable\n", done.stderr

"""After set-up nothing needs a network: a day in the life passes where there is only loopback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import NOT_ALLOWED

HERE = Path(__file__).parent
ALONE = [sys.executable, str(HERE / "loopback.py")]


@pytest.fixture
def alone() -> list[str]:
    """What comes before a command that is to run where there is only loopback."""
    tried = subprocess.run([*ALONE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode == NOT_ALLOWED:
        pytest.skip(tried.stderr)
    assert tried.returncode == 0, tried.stderr
    return ALONE


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


def test_where_there_is_only_loopback_nothing_else_is_reached(alone: list[str]) -> None:
    code = (
        "import socket\nprint([name for _, name in socket.if_nameindex()])\n"
        "own = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(own.getsockname()).close()\n"
        "try:\n    socket.create_connection(('192.0.2.1', 80))\nexcept OSError as error:\n    print(error.strerror)"
    )
    done = subprocess.run([*alone, sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "['lo']\nNetwork is unreachable\n", done.stderr

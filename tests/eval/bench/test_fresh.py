"""Commands are timed in turn, each in a process of its own, and none that fails goes unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eval.bench.fresh import in_turn


def test_in_turn(tmp_path: Path) -> None:
    note = "import os, sys; open(sys.argv[1], 'a').write(sys.argv[2])"
    commands = {name: [sys.executable, "-c", note, str(tmp_path / "order"), name] for name in "ab"}
    times = in_turn(commands, rounds=2)
    assert (tmp_path / "order").read_text() == "abab"
    assert [len(times[name]) for name in "ab"] == [2, 2]
    assert min(map(min, times.values())) > 0


def test_a_command_that_fails_is_no_time() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        in_turn({"fails": [sys.executable, "-c", "raise SystemExit(3)"]}, rounds=1)

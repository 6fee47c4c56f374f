"""A change of an index that is killed, refused by the disk or cut off leaves the index before or the one after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from disk_faults import FAULTS

PROGRAM = Path(__file__).parent / "crashes.py"


def crashes(*arguments: str) -> dict[str, Any]:
    root = str(PROGRAM.parents[2])
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        capture_output=True,
        text=True,
        timeout=3000,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_some_commands_meet_some_faults() -> None:
    found = crashes("--every", "120")
    assert found["wrong"] == []
    assert found["cases"] > 15
    assert all(number > 40 for number in found["operations"].values())


@pytest.mark.slow
def test_every_command_meets_every_fault_at_every_operation() -> None:
    found = crashes()
    print(json.dumps({key: found[key] for key in ("operations", "cases", "faults")}))
    assert found["wrong"] == []
    assert set(found["faults"]) == set(FAULTS)
    operations = sum(found["operations"].values())
    assert found["faults"]["kill"] == found["faults"]["cut"] == found["faults"]["ENOSPC"] == operations

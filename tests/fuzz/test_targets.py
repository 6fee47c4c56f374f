"""Coverage-guided trials, each in a process of its own with limits of memory and time for an input."""

from __future__ import annotations

import importlib.util
import os
import platform
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from trial import TRIED

HERE = Path(__file__).parent
# Those that a parser stands behind, and some of each other kind, each with its number of inputs.
TARGETS = {
    **{f"read {format}, damaged": 1500 for format in ("txt", "md", "html", "docx", "pdf")},
    **dict.fromkeys(("encoding", "errata", "structure", "sentences", "question", "conversation"), 600),
    **dict.fromkeys(("saved answers", "kept turns", "runs", "question sets", "entries", "sums of a part"), 600),
}
INSTALL = "atheris is missing: pip install 'atheris==3.0.0' (Python 3.11 to 3.13, Linux)"


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None or platform.system() != "Linux", reason=INSTALL)
@pytest.mark.parametrize("name", list(TARGETS))
def test_what_coverage_finds(name: str, tmp_path: Path) -> None:
    runs = TARGETS[name]
    for number, sample in enumerate(_samples(name)):
        (tmp_path / f"{number}").write_bytes(sample)
    limits = [
        "-seed=7",
        "-max_len=20000",
        "-len_control=0",
        "-rss_limit_mb=3000",
        "-timeout=20",
        f"-artifact_prefix={tmp_path}/",
    ]
    command = [sys.executable, str(HERE / "targets.py"), name, f"-runs={runs}", *limits, str(tmp_path)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]),
    }
    made = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300, env=environment)
    said = made.stdout + made.stderr
    assert made.returncode == 0, said[-4000:]
    done = re.search(r"Done (\d+) runs", said)
    assert done, said[-4000:]
    TRIED[f"{name}, by coverage"] += int(done[1])
    assert int(done[1]) >= runs


def _samples(name: str) -> list[bytes]:
    """What to begin with: good files for readers, for others bytes enough for an input of some size."""
    import made

    if name.startswith("read "):
        return made.samples(name.split()[1].rstrip(","))  # type: ignore[arg-type]
    return [random.Random(number).randbytes(2000) for number in range(10)]

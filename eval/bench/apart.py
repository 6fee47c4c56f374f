"""A function in a process of its own: it is given plain data and returns plain data, and its memory is its own.

`apart` starts the process, `main` runs in it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

# No network and nothing told to anybody.
QUIET = {
    **dict.fromkeys(("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"), "1"),
    **dict.fromkeys(("HAYSTACK_TELEMETRY_ENABLED", "LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"), "false"),
    "TOKENIZERS_PARALLELISM": "false",
    "DO_NOT_TRACK": "1",
}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
_START = "import sys; from eval.bench.apart import main; main(sys.argv[1])"


class Failed(Exception):
    """A process that came to no end; the text says why, in a line."""


def apart(
    function: Callable[..., Any], given: Mapping[str, Any], work: Path, seconds: float, environment: Mapping[str, str]
) -> Any:
    """What a function of a module returns, which is `given` these; `work` is a folder for the answer.

    Failed where it does not come to an end, or not within so many seconds.
    """
    answer = work / "answer.json"
    job = {"module": function.__module__, "name": function.__qualname__, "given": given, "answer": str(answer)}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _START, json.dumps(job)],
            env={**os.environ, **QUIET, **environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {seconds:g} s") from None
    if done.returncode < 0:
        raise Failed(f"ended by {signal.Signals(-done.returncode).name}, as where memory runs out")
    if done.returncode:
        raise Failed(next(reversed(done.stderr.decode(errors="replace").strip().splitlines()), "it said nothing"))
    return json.loads(answer.read_text(encoding="utf-8"))


def main(text: str) -> None:
    """Do what a job says, in this process, and write down what it returns."""
    job = json.loads(text)
    found = getattr(import_module(job["module"]), job["name"])(**job["given"])
    Path(job["answer"]).write_text(json.dumps(found), encoding="utf-8")

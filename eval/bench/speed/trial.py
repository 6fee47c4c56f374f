"""A contestant in a process of its own: what it takes to build its index, and to open and to ask it.

An index that can be kept is built in one process and asked in another, which has only opened it. One thread each. This
module is both sides: `measure` starts the processes, `main` runs in them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from eval.bench import settings
from eval.bench.process import Memory, Process
from eval.bench.speed.contestant import Contestant

# One thread, no network and nothing told to anybody.
ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
    **dict.fromkeys(("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"), "1"),
    **dict.fromkeys(("HAYSTACK_TELEMETRY_ENABLED", "LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"), "false"),
    "TOKENIZERS_PARALLELISM": "false",
    "DO_NOT_TRACK": "1",
}
_START = "import sys; from eval.bench.speed.trial import main; main(sys.argv[1])"


class Failed(Exception):
    """A contestant that came to no end; the text says why, in a line."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a contestant; seconds, bytes, and milliseconds of each question after the first.

    Memory is what came to that of a process with nothing but the imports and, where it stays in it, the data:
    `building` at its highest, `own` and `file` after the last question (see `process.Memory`), `whole` all of that
    process. `disk` and `opening` are None where the index cannot be kept. `worked` is the
    processor time of each of the `times`, which other programs on the machine lengthen much less. `found` has the best
    rows of each question asked.
    """

    build: float
    building: int
    disk: int | None
    opening: float | None
    first: float
    times: tuple[float, ...]
    worked: tuple[float, ...]
    own: int
    file: int
    whole: int
    found: tuple[tuple[int, ...], ...] = field(repr=False)

    @property
    def p50(self) -> float:
        """The median of the times."""
        return float(np.percentile(self.times, 50))

    @property
    def cpu(self) -> float:
        """The median of the processor times."""
        return float(np.percentile(self.worked, 50))

    @property
    def p95(self) -> float:
        """The 95th percentile of the times."""
        return float(np.percentile(self.times, 95))


def measure(kind: type[Contestant], data: Path, work: Path, questions: int) -> Measured:
    """Run a contestant over the data; `work` is an empty folder for its index and its `scores-<number>.npy`.

    Failed where it does not come to an end.
    """
    index = work / "index"
    index.mkdir()
    job = {
        "module": kind.__module__,
        "name": kind.__qualname__,
        "data": str(data),
        "index": str(index),
        "work": str(work),
        "questions": questions,
    }
    built = _run({**job, "do": ["build"] if kind.kept else ["build", "ask"]})
    asked = _run({**job, "do": ["ask"]}) if kind.kept else built
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return Measured(
        build=built["build"],
        building=built["building"],
        disk=disk if kind.kept else None,
        opening=asked.get("opening"),
        first=asked["first"],
        times=tuple(asked["times"]),
        worked=tuple(asked["worked"]),
        own=asked["own"],
        file=asked["file"],
        whole=asked["whole"],
        found=tuple(map(tuple, asked["found"])),
    )


def _run(job: dict[str, Any]) -> dict[str, Any]:
    answer = Path(job["work"]) / "answer.json"
    command = [sys.executable, "-c", _START, json.dumps({**job, "answer": str(answer)})]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **ENVIRONMENT, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=settings.CONTESTANT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {settings.CONTESTANT_SECONDS} s") from None
    if done.returncode < 0:
        raise Failed(f"ended by {signal.Signals(-done.returncode).name}, as where memory runs out")
    if done.returncode:
        raise Failed(next(reversed(done.stderr.decode(errors="replace").strip().splitlines()), "it said nothing"))
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def main(text: str) -> None:
    """Do what a job says, in this process, and write down what was measured."""
    this = Process.this()
    job = json.loads(text)
    contestant = _contestant(job["module"], job["name"])
    data, index, work = (Path(job[name]) for name in ("data", "index", "work"))
    found: dict[str, Any] = {}
    if "build" in job["do"]:
        contestant.read(data)
        before = this.memory
        this.reset()
        found["build"] = _seconds(contestant.build)
        if contestant.kept:
            found["build"] += _seconds(lambda: contestant.save(index))
        found["build"] -= contestant.making
        found["building"] = max(this.peak - before.all, 0)
    if "ask" in job["do"]:
        if contestant.kept:
            before = this.memory
            found["opening"] = _seconds(lambda: contestant.open(index, data))
        found |= _asked(contestant, job["questions"], before, work)
    Path(job["answer"]).write_text(json.dumps(found), encoding="utf-8")


def _contestant(module: str, name: str) -> Contestant:
    from importlib import import_module

    found = getattr(import_module(module), name)()
    assert isinstance(found, Contestant)
    return found


def _asked(contestant: Contestant, questions: int, before: Memory, work: Path) -> dict[str, Any]:
    """What asking takes: every question, or as many as are done within `settings.ASKING_SECONDS`.

    Pipelines are asked all of them, since they are measured by what they find.
    """
    limit = inf if contestant.leg == "pipelines" else settings.ASKING_SECONDS
    began = perf_counter()
    times, worked, found = [], [], []
    for number in range(questions):
        start, busy = perf_counter(), process_time()
        rows = contestant.ask(number)
        worked.append((process_time() - busy) * 1000)
        times.append((perf_counter() - start) * 1000)
        found.append([int(row) for row in rows])
        if perf_counter() - began > limit and number + 1 >= settings.ASKED_MIN:
            break
    after = Process.this().memory
    for number in range(min(settings.CHECKED, len(found)) if contestant.scored else 0):
        np.save(work / f"scores-{number}.npy", contestant.scores(number))
    return {
        "first": times[0],
        "times": times[1:] or times,
        "worked": worked[1:] or worked,
        "own": max(after.own - before.own, 0),
        "file": max(after.file - before.file, 0),
        "whole": after.all,
        "found": found,
    }


def _seconds(do: Callable[[], None]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began

"""A contestant in a process of its own: what it takes to build its index, and to open and to ask it.

An index that can be kept is built in one process and asked in another, which has only opened it. One thread each. This
module is both sides: `measure` starts the processes, `tried` runs in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from eval.bench import settings
from eval.bench.apart import ONE_THREAD, apart
from eval.bench.process import Memory, Process
from eval.bench.speed.contestant import Contestant


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
    found: dict[str, Any] = apart(tried, {"job": job}, Path(job["work"]), settings.CONTESTANT_SECONDS, ONE_THREAD)
    return found


def tried(job: dict[str, Any]) -> dict[str, Any]:
    """Do what a job says, in this process: what was measured."""
    this = Process.this()
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
    return found


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

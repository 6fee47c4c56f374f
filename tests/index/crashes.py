"""Every command that changes an index meets every fault of the disk, at every operation.

    python tests/index/crashes.py [--every N] [--seed S]

Each case is a process of its own, forked from one in which all is loaded; the encoder has no meaning and the reading
model is left out, since the disk does not know what is written. Afterwards the index must be the one before or the one
after, whole, and the next command must leave nothing over. A line of JSON tells how many cases there were.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from disk_faults import CUTS, FAULTS, KILL, SHORT, TORN, Disk
from hashed import Hashed

from index import build, opening
from index.dense import encoder
from index.disk.lock import FILE as LOCK
from index.errors import IndexDamaged, IndexMissing, IndexUnwritable, NotFound
from index.formats import txt
from index.formats.extract import Extract
from index.formats.sandbox import Sandbox
from index.late.leg import LatePart
from index.lexical import glossary
from index.shelf import Shelf
from index.store.manifest import COPY, Manifest
from index.store.manifest import FILE as MANIFEST
from index.store.store import PARTS, Store

TEXTS = {
    "tea": "绿茶在春天采摘，用八十度的水冲泡三分钟。红茶需要全发酵。\n",
    "coffee": "Beans are roasted at 220 degrees. It takes 12 minutes.\n",
    "cocoa": "Cocoa beans are fermented for six days before they are dried.\n",
}
DONE, UNKNOWN, REFUSED, BROKEN, KILLED = 0, 2, 3, 4, -9


class Here(Sandbox):
    """Reads plain text in this process."""

    def read(self, data: bytes, format: str) -> Extract:
        return txt.read(data)


def late(cls: type[LatePart], model: object, rows: list[Any], progress: object, earlier: object) -> LatePart:
    """A sentence is one token, and a window."""
    n = len(rows)
    zero = np.zeros((n, 4))
    return cls.of(
        zero.astype(np.int8), np.zeros(n, np.float16), np.arange(n + 1), zero.astype(np.float16), np.arange(n)
    )


def light(patch: Callable[[Any, str, Any], None]) -> None:
    """Leave out what takes time and is nothing to the disk; what was merged once is not merged again."""
    real, known = build.merged, {}

    def merged(parts: list[Any], *rest: Any) -> Any:
        key = tuple(one.listed for one in parts)
        if key not in known:
            known[key] = real(parts, *rest)
        return known[key]

    patch(os, "fsync", lambda handle: None)  # what a power cut leaves is told by `Disk`
    patch(encoder, "load", lambda name: Hashed())
    patch(glossary, "dictionary", lambda zh, en: [])
    patch(LatePart, "build", classmethod(late))
    patch(build, "merged", merged)
    patch(build, "Sandbox", Here)


EVENTS = {"os.mkdir": "mkdir", "os.remove": "unlink", "os.rmdir": "rmdir", "os.rename": "replace"}


class Watch:
    """Counts what Python itself sees done to the disk, so that nothing is done by ways that `Disk` does not know."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS:
            self.seen[EVENTS[event]] += 1
        elif event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.seen["open"] += 1


@dataclass(frozen=True)
class Command:
    """A change of an index: what is there before, and what is done."""

    name: str
    before: Callable[[Path], Path | None]
    act: Callable[[Path, Path], None]


def shelf(index: Path) -> Shelf:
    return Shelf(index, None, "hashed", sandbox=Here())


def two(work: Path) -> Path:
    """An index of two documents."""
    shelf(work / "before").add([work / "tea.txt", work / "coffee.txt"])
    return work / "before"


def changed(work: Path) -> Path:
    """The same, when one of the files has changed."""
    index = two(work)
    (work / "coffee.txt").write_text("Beans are roasted at 200 degrees.\n", encoding="utf-8")
    return index


def remake(index: Path, work: Path) -> None:
    """Build anew, as after a change of the program."""
    real = opening.code
    opening.code = lambda: "another"
    try:
        build.build(None, index, "hashed")
    finally:
        opening.code = real


COMMANDS = (
    Command("first add", lambda work: None, lambda index, work: _(shelf(index).add([work / "tea.txt"]))),
    Command("add", two, lambda index, work: _(shelf(index).add([work / "cocoa.txt"]))),
    Command("update", changed, lambda index, work: _(shelf(index).update())),
    Command("remove", two, lambda index, work: _(shelf(index).remove(["tea"]))),
    Command("build", two, remake),
)


def _(report: object) -> None:
    """A command's report is not looked at."""


def state(index: Path) -> Manifest | None:
    """What an index is, every file of it checked; None where there is none."""
    store = Store(index)
    try:
        manifest = store.manifest()
    except IndexMissing:
        return None
    store.data(manifest).check()
    for entry in store.entries():
        store.part(entry.part, entry.digest).check()
    return manifest


def names(index: Path) -> set[str]:
    """What lies in an index folder, but for what is in its parts."""
    return {str(path.relative_to(index)) for path in [*index.glob("*"), *index.glob(f"{PARTS}/*")]}


def expected(index: Path) -> set[str]:
    """What should lie there."""
    manifest = Store(index).manifest()
    parts = {f"{PARTS}/{document['part']}" for document in manifest["documents"]}
    return {MANIFEST, COPY, LOCK, PARTS, manifest["data"], *parts}


def forked(act: Callable[[], None]) -> int:
    """How a process ends that does this."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = BROKEN
    try:
        act()
        status = DONE
    except IndexUnwritable as error:
        status = REFUSED if "\n" not in str(error) else BROKEN
    except NotFound:
        status = UNKNOWN  # what was removed once cannot be removed again
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


class Trial:
    """One command, ready to meet faults."""

    def __init__(self, command: Command, work: Path, watch: Watch) -> None:
        self.command, self.work = command, work
        for name, text in TEXTS.items():
            (work / f"{name}.txt").write_text(text, encoding="utf-8")
        self.base = command.before(work)
        self.index, self.rescue = work / "index", work / "rescue"
        self.before = state(self.base) if self.base else None
        self._lay()
        disk = Disk(self.index)
        with disk.meeting():
            watch.seen.clear()
            command.act(self.index, work)
            seen = dict(watch.seen)
        assert seen == {name: disk.done.count(name) for name in seen}, "something is done by other ways"
        self.operations = disk.done
        self.after = state(self.index)
        assert self.after not in (None, self.before)
        disk.rescued(self.rescue)
        assert state(self.rescue) == self.after, "what a command has done does not outlive a power cut"

    def _lay(self) -> None:
        shutil.rmtree(self.index, ignore_errors=True)
        if self.base:
            shutil.copytree(self.base, self.index)
        else:
            self.index.mkdir()

    def meet(self, at: int, fault: str) -> str:
        """What is wrong afterwards, or nothing."""
        self._lay()
        disk = Disk(self.index, at, fault, self.rescue)

        def act() -> None:
            with disk.meeting():
                self.command.act(self.index, self.work)

        status = forked(act)
        if fault in CUTS:
            shutil.rmtree(self.index)
            self.rescue.rename(self.index)
        usual = [DONE] if fault == SHORT else [KILLED] if fault in (KILL, TORN, *CUTS) else [REFUSED, DONE]
        if status not in usual:
            return f"it ended with {status}"
        try:
            found = state(self.index)
        except IndexDamaged as error:
            return str(error)
        if found not in ([self.after] if status == DONE else [self.before, self.after]):
            return "the index is neither the one before nor the one after"
        return self._next(found, retry=at % 2 == 0 or found is None)

    def _next(self, found: Manifest | None, *, retry: bool) -> str:
        """The next command, which is the same once more or one that changes nothing."""
        if retry:
            again = lambda: self.command.act(self.index, self.work)  # noqa: E731
        else:
            again = lambda: build.build(None, self.index, "hashed")  # noqa: E731
        usual = [UNKNOWN] if retry and self.command.name == "remove" and found == self.after else [DONE]
        if (status := forked(again)) not in usual:
            return f"the next command ended with {status}"
        now = state(self.index)
        if now != (self.after if retry else found) and not (not retry and self.command.name == "build"):
            return "the next command made another index"
        if left := names(self.index) ^ expected(self.index):
            return f"left over, or missing: {sorted(left)}"
        return "" if Store(self.index).copied() else "the copy of the manifest is not the same"


def run(every: int, seed: int) -> dict[str, Any]:
    """Try one case in `every`, picked by a seed; how many there were, by command and by fault, and what went wrong."""
    light(setattr)
    picked = random.Random(seed)
    cases: Counter[str] = Counter()
    wrong: list[str] = []
    operations, watch = {}, Watch()
    for command in COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial(command, Path(folder), watch)
            operations[command.name] = len(trial.operations)
            for at, name in enumerate(trial.operations):
                for fault in FAULTS:
                    if (fault in (TORN, SHORT) and name != "write") or picked.randrange(every):
                        continue
                    cases[fault] += 1
                    if problem := trial.meet(at, fault):
                        wrong.append(f"{command.name}, operation {at} ({name}), {fault}: {problem}")
    return {"operations": operations, "cases": sum(cases.values()), "faults": dict(cases), "wrong": wrong}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try one case in N")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(json.dumps(run(given.every, given.seed), ensure_ascii=False))

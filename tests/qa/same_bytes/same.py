"""Answers to be compared byte for byte: a sample of questions, fresh processes in other surroundings, a count."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from eval.questions.dataset import asked, default_sets, load
from index.library import Library
from index.model.model import Model
from qa.answering.answer import ask
from qa.dialogue import known_names
from qa.record import answer_record

PROGRAM = [sys.executable, "-c", "import sys; from qa.terminal.cli import main; sys.exit(main(sys.argv[1:]))"]

# What an answer must not hang on, for processes.
SURROUNDINGS: tuple[dict[str, str], ...] = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "Asia/Shanghai"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "America/New_York", "OMP_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "4294967295", "LC_ALL": "zh_CN.GB18030", "OPENBLAS_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "77", "LANG": "tr_TR.UTF-8", "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"},
)

Lines = list[bytes]

counted: Counter[str] = Counter()


def sample(library: Library) -> list[str]:
    """Of the tuning half, in both languages: answerable ones, refusals, follow-ups as they are understood; and more."""
    items = load(default_sets())
    texts = asked(items, known_names(library))
    mine = [item for item in items if item.half == "tuning"]
    chosen = []
    for language in ("zh", "en"):
        own = [item for item in mine if item.language == language]
        alone = [item for item in own if not item.after]
        chosen += [item.id for item in alone if item.answerable][::10][:3]
        chosen += [item.id for item in alone if not item.answerable][1:3]
        chosen += [item.id for item in own if item.after][:1]
    return [*(texts[id] for id in chosen), "你好", "GvHD"]


def told() -> str:
    """How much was compared since this was last told."""
    said = ", ".join(f"{number} {what}" for what, number in sorted(counted.items()))
    counted.clear()
    return said


def line(library: Library, question: str) -> bytes:
    return written(answer_record(ask(library, question)))


def written(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def answers(library: Library, questions: Sequence[str]) -> Lines:
    library.model.forget()
    return [line(library, question) for question in questions]


def compare(found: Sequence[bytes], expected: Sequence[bytes]) -> None:
    counted["answers"] += len(found)
    assert list(found) == list(expected)


def with_threads(library: Library, number: int) -> Library:
    """The library, its reading model new and with that many threads."""
    own = copy.copy(library)
    own.model = Model()
    own.model.__dict__["_threads"] = ThreadPoolExecutor(number)
    return own


def command(
    *arguments: str | Path,
    said: Sequence[str] = (),
    around: dict[str, str] | None = None,
    cores: int = 0,
    cwd: Path | None = None,
    program: Sequence[str] = PROGRAM,
    status: int = 0,
) -> bytes:
    """What a fresh process prints, started in these surroundings, on so many processor cores (0: on all)."""
    counted["processes"] += 1
    allowed = set(sorted(os.sched_getaffinity(0))[: cores or None])
    done = subprocess.run(
        [*program, *map(str, arguments)],
        input="".join(f"{question}\n" for question in said).encode(),
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(around or {})},
        timeout=300,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, allowed),
    )
    assert done.returncode == status, done.stderr.decode()
    return done.stdout

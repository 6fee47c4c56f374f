"""An open-loop load: each question is sent when it is due, whether or not those before it have come back.

A latency begins when the question was due, not when it was sent, so that what waits in front of a stalled server, or
in here, counts (else the slowest moments are asked least: coordinated omission). `alone` asks one after another.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.bench.serve.client import End, Reply

Ask = Callable[[str, int], Reply]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked: when it was due and when it ended, in seconds from the start of the load."""

    question: str
    due: float
    ended: float
    reply: Reply

    @property
    def latency(self) -> float:
        """Seconds from when it was due."""
        return self.ended - self.due


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: questions were due for `offering` seconds, and the last ended within `seconds`.

    `late` is by how many seconds the latest was sent after it was due.
    """

    asked: tuple[Asked, ...]
    offering: float
    seconds: float
    late: float

    @property
    def ends(self) -> Counter[End]:
        """How many questions ended in each way."""
        return Counter(one.reply.end for one in self.asked)

    @property
    def latencies(self) -> list[float]:
        """Seconds of the answered questions, ascending."""
        return sorted(one.latency for one in self.asked if one.reply.end == "answered")

    @property
    def achieved(self) -> float:
        """Answered questions a second, until the last of them had come back."""
        return self.ends["answered"] / self.seconds if self.seconds else 0.0


def offer(dues: Sequence[float], questions: Iterable[str], ask: Ask, *, clients: int, seconds: float) -> Load:
    """Ask a question at each of these moments, ascending seconds, each from one of `clients` in turn, and wait for all.

    `seconds` is how long questions are due.
    """
    asked: list[Asked] = []
    threads: list[threading.Thread] = []
    late = 0.0
    began = time.monotonic()

    def put(question: str, number: int, due: float) -> None:
        reply = ask(question, number % clients)
        asked.append(Asked(question, due, time.monotonic() - began, reply))

    for number, (due, question) in enumerate(zip(dues, questions, strict=False)):
        time.sleep(max(0.0, began + due - time.monotonic()))
        thread = threading.Thread(target=put, args=(question, number, due), daemon=True)
        thread.start()
        threads.append(thread)
        late = max(late, time.monotonic() - began - due)
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    for thread in threads:
        thread.join()
    asked.sort(key=lambda one: one.due)
    return Load(tuple(asked), seconds, max([seconds, *(one.ended for one in asked)]), late)


def alone(questions: Iterable[str], ask: Ask) -> Load:
    """Ask these questions one after another: each is due when the one before it has come back."""
    asked: list[Asked] = []
    began = time.monotonic()
    for question in questions:
        due = time.monotonic() - began
        reply = ask(question, 0)
        asked.append(Asked(question, due, time.monotonic() - began, reply))
    seconds = time.monotonic() - began
    return Load(tuple(asked), seconds, seconds, 0.0)


def percentile(ascending: Sequence[float], share: float) -> float:
    """The least of the values that this share, in (0, 1], of them does not exceed (nearest rank); NaN of none."""
    return ascending[math.ceil(share * len(ascending)) - 1] if ascending else math.nan

"""Steps of a growing load, and the knee: the greatest rate that is still answered as it comes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.bench.process import Process, machine
from eval.bench.serve.load import Load, percentile

# A step holds where the 95th percentile is at most this many times that of a server which is asked one question after
# another, nothing is refused, and this share of what is offered is answered in its time.
BOUND = 5.0
FOLLOWS = 0.9
# The knee is looked for until the steps beside it are this close.
CLOSE = 1.25
# Less than this share of the machine left idle is none.
IDLE = 0.15
# A thread that uses this share of a core has no time left.
WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Step:
    """A load of so many clients. Rates are questions a second, times seconds; of the answered questions only.

    `ends` counts how questions ended and `changed` those whose record is not what the question alone got. Of the
    processor, in cores: what the server used, the busiest of its threads, this load itself, and all else there was.
    `memory` is the server's, in bytes, at the end; `late` how late the latest question was sent.
    """

    clients: int
    offered: float
    achieved: float
    p50: float
    p95: float
    p99: float
    ends: Mapping[str, int]
    changed: int
    server: float
    thread: float
    load: float
    others: float
    memory: int
    late: float

    @property
    def refused(self) -> int:
        """Questions without an answer."""
        return sum(number for end, number in self.ends.items() if end != "answered")

    def holds(self, alone: float, bound: float = BOUND) -> bool:
        """Whether everything is answered about as soon as it comes; `alone` is the p95 of one after another."""
        return not self.refused and self.p95 <= bound * alone and self.achieved >= FOLLOWS * self.offered

    @property
    def idle(self) -> float:
        """Cores that nobody used."""
        return max(0.0, (os.cpu_count() or 1) - self.server - self.load - self.others)


def measured(clients: int, process: Process, run: Callable[[], Load], expected: Mapping[str, str]) -> Step:
    """The step that a load makes; `expected` are the records of questions that were asked alone."""
    whole, own, mine, threads = machine(), process.seconds, time.process_time(), process.threads
    began = time.monotonic()
    load = run()
    seconds = time.monotonic() - began
    server, here = (process.seconds - own) / seconds, (time.process_time() - mine) / seconds
    busiest = max((spent - threads.get(one, 0.0) for one, spent in process.threads.items()), default=0.0)
    times = load.latencies
    return Step(
        clients=clients,
        offered=len(load.asked) / load.offering,
        achieved=load.achieved,
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
        p99=percentile(times, 0.99),
        ends=dict(load.ends.items()),
        changed=sum(
            one.reply.record != expected.get(one.question, one.reply.record)
            for one in load.asked
            if one.reply.end == "answered"
        ),
        server=server,
        thread=busiest / seconds,
        load=here,
        others=max(0.0, (machine() - whole) / seconds - server - here),
        memory=process.resident,
        late=load.late,
    )


def climb(step: Callable[[int], Step], holds: Callable[[Step], bool], first: int) -> list[Step]:
    """Steps of `first`, twice, four times … as many clients until one does not hold, then between the last two.

    In the order of clients.
    """
    steps = {first: step(first)}
    while holds(steps[max(steps)]):
        clients = 2 * max(steps)
        steps[clients] = step(clients)
    while True:
        good = max((clients for clients, one in steps.items() if holds(one)), default=0)
        bad = min(clients for clients, one in steps.items() if not holds(one))
        between = (good + bad) // 2
        if bad <= CLOSE * good or between in (good, bad) or bad <= first:
            return [steps[clients] for clients in sorted(steps)]
        steps[between] = step(between)


def knee(steps: Sequence[Step], holds: Callable[[Step], bool]) -> tuple[Step | None, Step | None]:
    """The last step up to which all hold, None where the first does not, and the one after it, None where all do."""
    for before, one in zip([None, *steps], steps, strict=False):
        if not holds(one):
            return before, one
    return steps[-1], None


def reason(beyond: Step, at_once: int) -> str:
    """Why a server does no more, from what was counted in the step beyond its knee."""
    cores = os.cpu_count() or 1
    counted = (
        f"at {beyond.clients} clients the server uses {beyond.server:.2f} of {cores} cores, its busiest thread "
        f"{beyond.thread:.2f}, this load {beyond.load:.2f}, others {beyond.others:.2f}"
    )
    if beyond.others > IDLE * cores:
        return f"not known, since others had a part of the machine: {counted}"
    if beyond.ends.get("busy") and beyond.idle > IDLE * cores:
        return f"the queue's limit: {beyond.ends['busy']} questions were refused; {counted}"
    if beyond.idle <= IDLE * cores:
        return f"the processor: {counted}, so that none is left"
    if beyond.thread >= WHOLE:
        return f"one thread: {counted}"
    return f"the line: {counted}, so that questions wait for each other, {at_once} answered at once"

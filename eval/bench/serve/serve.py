"""The running API under a growing load: latencies, throughput, the knee and its reason, memory after many questions.

A server of its own process is asked as programs ask it, by clients of which each asks once in `every` seconds on the
average. Nothing of its guard is changed but the requests a minute. `client`, `load`, `knee` and `growth` do the work.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from math import isnan
from pathlib import Path
from typing import Any

from eval.bench.process import Process
from eval.bench.serve import knee
from eval.bench.serve.arrivals import poisson, questions
from eval.bench.serve.client import Client, Way
from eval.bench.serve.growth import WARM, Growth, growth
from eval.bench.serve.knee import Step
from eval.bench.serve.load import alone, offer, percentile
from eval.bench.serve.parts import TIMED, Part, Together, parts, together
from eval.bench.serve.server import serving
from eval.questions import dataset
from index.errors import InputError
from qa import settings
from qa.record import as_json
from qa.service import open_library
from qa.terminal.command import positive
from qa.terminal.console import Console, count

# Questions are asked once in so many seconds by each client, on the average; clients of the first step.
EVERY = 10
FIRST = 5
SECONDS = 60
QUESTIONS = 5_000
SEED = 1
# Questions that are asked one after another first.
ALONE = 100
# Answers at once that are tried in this process.
TRIED = (1, 2, 3, 4)
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked: clients of each step, none for a search of the knee; seconds; how much is asked again."""

    clients: Sequence[int] = ()
    every: int = EVERY
    seconds: int = SECONDS
    questions: int = QUESTIONS
    repeated: float = 0.0
    way: Way = "call"
    seed: int = SEED

    def __post_init__(self) -> None:
        if not 0 <= self.repeated <= 1:
            raise InputError(f"the share that is repeated is {self.repeated:g}", "name one from 0 to 1")


@dataclass(frozen=True, slots=True)
class Result:
    """What was found; `alone` are p50, p95 and p99 in seconds of a server that is asked one after another."""

    alone: tuple[float, float, float]
    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    together: tuple[Together, ...]
    growth: Growth | None

    def holds(self, step: Step) -> bool:
        """Whether a step is answered as it comes."""
        return step.holds(self.alone[1])

    def record(self) -> dict[str, Any]:
        """As plain data."""
        good, beyond = knee.knee(self.steps, self.holds)
        return {
            "alone": dict(zip(("p50", "p95", "p99"), self.alone, strict=True)),
            "steps": [_plain(step, holds=self.holds(step)) for step in self.steps],
            "knee": good.offered if good else None,
            "reason": knee.reason(beyond, settings.AT_ONCE) if beyond else None,
            "parts": [asdict(part) for part in self.parts],
            "together": [asdict(one) for one in self.together],
            "memory": self.growth
            and {"samples": self.growth.samples, "refused": self.growth.refused, "rates": self.growth.rates()},
        }


def _plain(step: Step, *, holds: bool) -> dict[str, Any]:
    """A step as plain data; a time that nothing had is None."""
    values = asdict(step) | {"holds": holds}
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in values.items()}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--clients", nargs="+", type=positive, default=[], metavar="N", help="clients of each step (default: the knee)"
    )
    parser.add_argument("--every", type=positive, default=EVERY, metavar="S", help=f"each asks every S s ({EVERY})")
    parser.add_argument("--seconds", type=positive, default=SECONDS, metavar="S", help=f"of each step ({SECONDS})")
    parser.add_argument(
        "--questions", type=_whole, default=QUESTIONS, metavar="N", help=f"after which memory is held ({QUESTIONS})"
    )
    parser.add_argument(
        "--repeated", type=float, default=0.0, metavar="P", help="share of questions that were asked before (0)"
    )
    parser.add_argument("--way", choices=("call", "mcp"), default="call", help="HTTP calls, or MCP (call)")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help=f"of the arrivals ({SEED})")


def _whole(text: str) -> int:
    return 0 if text == "0" else positive(text)


def serve(
    console: Console, *, sets: Sequence[Path], index: Path | None, options: Options, with_json: bool = False
) -> int:
    """Measure, and print tables or JSON."""
    texts = list(
        dict.fromkeys(item.question for item in dataset.load(sets or dataset.default_sets()) if not item.after)
    )
    with console.progress() as progress:
        library = open_library(index, progress)
        with serving(index) as (url, process):
            found = _under_load(process, Client(url, options.way), texts, options, progress)
        few = list(islice(questions(texts, 0.0, options.seed), TIMED))
        split = tuple(parts(library, few))  # once the server is gone
        at_once = tuple(together(library, few, TRIED))
    result = Result(*found[:2], split, at_once, found[2])
    if with_json:
        print(as_json(result.record()))
    else:
        _print(console, result, options, len(texts))
    return 0


def _under_load(
    process: Process,
    client: Client,
    texts: Sequence[str],
    options: Options,
    progress: Callable[[str, int, int], None],
) -> tuple[tuple[float, float, float], tuple[Step, ...], Growth | None]:
    """One after another, then steps, then many questions."""
    client.ask(texts[0])  # warm
    order, mixed = (questions(texts, repeated, options.seed) for repeated in (0.0, options.repeated))
    first = alone(islice(order, min(ALONE, len(texts))), client.ask)
    expected = {one.question: one.reply.record for one in first.asked}
    times = first.latencies
    if missing := len(first.asked) - len(times):
        raise InputError(f"asked alone, {count(missing, 'question')} got no answer", "ask some by hand (docs/chat.md)")
    apart = (percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99))
    for _ in first.asked:
        next(mixed)  # a step that began with what was asked just now would find it remembered

    def step(clients: int) -> Step:
        progress("steps", 0, 1)
        dues = poisson(clients / options.every, options.seconds, options.seed)
        run = functools.partial(offer, dues, mixed, client.ask, clients=clients, seconds=options.seconds)
        return knee.measured(clients, process, run, expected)

    if options.clients:
        steps = [step(clients) for clients in options.clients]
    else:
        steps = knee.climb(step, lambda one: one.holds(apart[1]), FIRST)
    grown = None
    if options.questions:
        note = functools.partial(progress, "asking")
        grown = growth(process, mixed, client.ask, options.questions, note)
    return apart, tuple(steps), grown


def _print(console: Console, result: Result, options: Options, distinct: int) -> None:
    p50, p95, p99 = (f"{1000 * seconds:.0f}" for seconds in result.alone)
    console.line(f"one question after another: p50 {p50} ms, p95 {p95} ms, p99 {p99} ms")
    console.line(
        f"{count(distinct, 'question')}, each before any is asked again, but for a share of {options.repeated:g}; "
        f"a client asks once in {options.every} s"
    )
    columns = ("clients", "offered/s", "answered/s", "p50 ms", "p95 ms", "p99 ms", "busy", "failed", "changed")
    used = ("server", "load", "others", "MB", "holds")
    console.table((*columns, *used), [_row(step, holds=result.holds(step)) for step in result.steps])
    good, beyond = knee.knee(result.steps, result.holds)
    found = f"{good.offered:.1f} questions a second" if good else "below the first step"
    console.line(f"knee: {found}" + ("" if beyond else " and more"))
    if beyond:
        console.line(f"reason: {knee.reason(beyond, settings.AT_ONCE)}")
    console.line()
    console.table(
        ("part of an answer", "ms", "processor ms"),
        [[part.name, f"{part.clock:.1f}", f"{part.processor:.1f}"] for part in result.parts],
    )
    console.line()
    console.table(
        ("at once", "answers/s", "cores", "same answers"),
        [[str(one.at_once), f"{one.rate:.1f}", f"{one.cores:.2f}", _yes(one.same)] for one in result.together],
    )
    if result.growth:
        console.line()
        _print_growth(console, result.growth)


def _row(step: Step, *, holds: bool) -> list[str]:
    ends: Mapping[str, int] = step.ends
    return [
        str(step.clients),
        f"{step.offered:.2f}",
        f"{step.achieved:.2f}",
        *(f"{1000 * seconds:.0f}" for seconds in (step.p50, step.p95, step.p99)),
        str(ends.get("busy", 0)),
        str(ends.get("failed", 0) + ends.get("timed out", 0)),
        str(step.changed),
        *(f"{cores:.2f}" for cores in (step.server, step.load, step.others)),
        f"{step.memory / MEGABYTE:.0f}",
        _yes(holds),
    ]


def _print_growth(console: Console, grown: Growth) -> None:
    last = grown.samples[-1][0]
    shown = [one for one in grown.samples if one[0] % max(1, last // 5) == 0]
    console.table(("questions", "MB"), [[str(asked), f"{held / MEGABYTE:.1f}"] for asked, held in shown])
    rates = ", ".join(f"{rate:+.0f}" for rate in grown.rates()) or "not known"
    said = "a leak" if grown.leaks else "no leak"
    console.line(f"{said}: after the first {WARM:.0%}, part by part, bytes a question: {rates}")
    if grown.refused:
        console.line(f"{count(grown.refused, 'question')} got no answer")


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"

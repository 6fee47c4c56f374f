"""`yinzheng-eval run`: a new run of question sets, kept and printed. `gate` makes its runs here too."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from eval.run import file
from eval.run.outcome import Outcome
from eval.run.record import Run
from index.errors import InputError
from qa.terminal.command import DONE
from qa.terminal.console import Console


def make(arguments: argparse.Namespace, console: Console, *, strict: bool) -> Run:
    """A new run of the sets; `strict` wants every label to stand."""
    from eval.questions import dataset, labels
    from eval.run.run import run
    from qa.service import open_library, originals

    sets = arguments.sets or dataset.default_sets()
    items = dataset.load(sets)
    half = getattr(arguments, "half", None)
    if half and not any(item.half == half for item in items):
        raise InputError(f"no question of these sets is in the {half} half", "name another half or set")
    with console.progress() as progress:
        library = open_library(arguments.index, progress)
        if strict:
            labels.check(items, labels.Labels(library))
        return run(
            library,
            items,
            originals=originals(arguments.index),
            sets=sets,
            half=half,
            progress=lambda done, total: progress("asking", done, total),
        )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Answer question sets, keep the run, print the figures."""
    from eval.report import tables

    if arguments.out and arguments.out.resolve() in {given.resolve() for given in arguments.sets}:
        raise InputError(f"{arguments.out} is a question set", "name another file for the run")
    path = arguments.out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}.jsonl"
    file.check_writable(path)
    made = make(arguments, console, strict=True)
    file.write(made, path)
    if arguments.json:
        for line in file.to_lines(made):
            print(line)
        return DONE
    overall = tables.overall(made)
    console.table(overall.columns, overall.rows)
    shown = [quote for o in made.outcomes for quote in (*o.quotes, *o.nearest)]
    console.line(f"{sum(q.verbatim for q in shown)} of {len(shown)} quotes stand word for word in their source")
    if arguments.misses:
        for outcome in made.outcomes:
            if not outcome.right:
                _miss(outcome, console)
    console.line(f"written to {path}")
    return DONE


def _miss(outcome: Outcome, console: Console) -> None:
    from eval.gate.render import answer_lines

    console.line(f"\n{outcome.id} ({outcome.half}) {outcome.asked}")
    for line in answer_lines(outcome):
        console.line(f"  {line}")
    for group in outcome.evidence:
        console.line("  wanted " + " or ".join(f"{p.paragraph.rpartition(':')[2]} «{p.text}»" for p in group))

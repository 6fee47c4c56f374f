"""`yinzheng-eval`: question sets from the command line.

Exit status: 0 done or nothing worse, 1 a finding, 2 an error in one line on standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval import record
from eval.record import Run
from qa.command import DONE, Parser, guarded
from qa.console import Console


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = _parser().parse_args(argv)
    return guarded(lambda console: arguments.run(arguments, console), debug=arguments.debug)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="yinzheng-eval", description="Tell whether answers got better or worse.")
    shared = Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show tracebacks")
    asking = Parser(add_help=False)
    asking.add_argument("sets", nargs="*", type=Path, metavar="SET", help="JSONL question sets (default: our own)")
    asking.add_argument("--index", type=Path, metavar="DIR", help="an index of your own (default: the built-in one)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    run = commands.add_parser("run", parents=[shared, asking], help="answer question sets and write a run")
    run.add_argument("--out", type=Path, metavar="FILE", help="where the run goes (default: runs/DATE-TIME.jsonl)")
    run.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    run.add_argument("--json", action="store_true", help="print the run too")
    run.add_argument("--misses", action="store_true", help="list every question that went wrong")
    run.set_defaults(run=_run)
    return parser


def _run(arguments: argparse.Namespace, console: Console) -> int:
    made = _make(arguments, console, strict=True)
    path = arguments.out or Path("run.jsonl")
    record.write(made, path)
    if arguments.json:
        for line in record.to_lines(made):
            print(line)
        return DONE
    console.line(f"written to {path}")
    return DONE


def _make(arguments: argparse.Namespace, console: Console, *, strict: bool) -> Run:
    """A new run of the sets; `strict` wants every label to stand."""
    from eval import dataset, labels
    from eval.run import run
    from qa.service import corpus_of, default_index, open_library

    sets = arguments.sets or dataset.default_sets()
    items = dataset.load(sets)
    with console.progress() as progress:
        library = open_library(arguments.index, progress)
        if strict:
            labels.check(items, labels.Labels(library))
        return run(
            library,
            items,
            corpus=corpus_of(arguments.index or default_index()),
            sets=sets,
            half=getattr(arguments, "half", None),
            progress=lambda done, total: progress("asking", done, total),
        )


if __name__ == "__main__":
    sys.exit(main())

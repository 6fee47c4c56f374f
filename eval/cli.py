"""`yinzheng-eval`: question sets from the command line. Exit status: 0 done, 2 an error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from eval import dataset
from eval.cold import cold
from eval.run import Outcome, Summary, answer_all, summarise
from index.errors import YinzhengError
from qa.console import Console
from qa.service import open_library

_COLUMNS = ("half", "lang", "answerable", "hit@1", "hit@3", "wrongly refused", "unanswerable", "refused", "ms")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    console = Console()
    try:
        if arguments.command == "bench":
            return cold(console)
        return _run(arguments, console)
    except YinzhengError as error:
        if arguments.debug:
            raise
        console.error(error)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yinzheng-eval", description="Evaluate answers with question sets.")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="answer question sets and report per language")
    run.add_argument("sets", nargs="*", type=Path, metavar="SET", help="JSONL question sets (default: our own)")
    run.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    run.add_argument("--json", action="store_true", help="one object a question, then the summary")
    run.add_argument("--misses", action="store_true", help="list every question that went wrong")
    run.add_argument("--index", type=Path, metavar="DIR", help="an index of your own")
    bench = commands.add_parser("bench", help="measure against a peer in the same run")
    bench.add_argument("what", choices=("cold",), help="cold: `yinzheng ask` from a cold start")
    return parser


def _run(arguments: argparse.Namespace, console: Console) -> int:
    items = dataset.load(arguments.sets or dataset.default_sets())
    with console.progress() as progress:
        library = open_library(arguments.index, progress)
        dataset.check(items, library)
        items = [item for item in items if arguments.half in (None, item.half)]
        outcomes = answer_all(library, items, lambda done: progress("asking", done, len(items)))
    summaries = summarise(outcomes)
    if arguments.json:
        for outcome in outcomes:
            print(json.dumps(outcome.record(), ensure_ascii=False))
        print(json.dumps({"summary": [asdict(summary) for summary in summaries]}))
        return 0
    console.table(_COLUMNS, [_row(summary) for summary in summaries])
    quotes = [quote for o in outcomes for quote in (*o.answer.quotes, *o.answer.nearest)]
    held = sum(quote.document.source[quote.start : quote.end] == quote.raw for quote in quotes)
    console.line(f"{held} of {len(quotes)} quotes stand word for word in their source")
    if arguments.misses:
        for outcome in outcomes:
            _miss(outcome, console)
    return 0


def _row(summary: Summary) -> list[str]:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    return [
        summary.half,
        summary.language,
        str(summary.answerable),
        shown(summary.hit1),
        shown(summary.hit3),
        shown(summary.wrongly_refused),
        str(summary.unanswerable),
        shown(summary.refused),
        f"{summary.milliseconds:.0f}",
    ]


def _miss(outcome: Outcome, console: Console) -> None:
    item, answer = outcome.item, outcome.answer
    right = outcome.record()["hit@1"] if item.answerable else not answer.answered
    if not right:
        console.line(f"\n{item.id} ({item.half}) {item.question}  [{answer.confidence:.2f}]")
        for quote in answer.quotes or answer.nearest:
            mark = "answered" if answer.answered else "nearest"
            console.line(f"  {mark} {quote.paragraph.id}: {quote.text}")
        for group in item.evidence:
            console.line("  wanted " + " or ".join(f"{a.paragraph} «{a.text}»" for a in group))


if __name__ == "__main__":
    sys.exit(main())

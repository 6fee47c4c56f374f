"""`yinzheng-eval`: tell whether answers got better or worse, from the command line.

Exit status: 0 done or nothing worse, 1 a finding, 2 an error in one line on standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval import commands, settings
from eval.bench import serve, together
from eval.bench.sets import add_options
from eval.bench.speed import speed
from qa.terminal.command import Parser, guarded, positive


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = _parser().parse_args(argv)
    return guarded(lambda console: arguments.run(arguments, console), debug=arguments.debug)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="yinzheng-eval", description="Tell whether answers got better or worse.")
    shared = Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show tracebacks")
    index = Parser(add_help=False)
    index.add_argument("--index", type=Path, metavar="DIR", help="an index of your own (default: the built-in one)")
    sets = Parser(add_help=False)
    sets.add_argument("sets", nargs="*", type=Path, metavar="SET", help="JSONL question sets (default: our own)")
    with_json = Parser(add_help=False)
    with_json.add_argument("--json", action="store_true", help="print JSON")
    tested = Parser(add_help=False)
    tested.add_argument(
        "--alpha", type=_share, default=settings.ALPHA, metavar="P", help=f"chance of a false alarm ({settings.ALPHA})"
    )
    tested.add_argument("--all", action="store_true", help="show every question whose answer changed")
    parsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    run = parsers.add_parser("run", parents=[shared, sets, index, with_json], help="answer question sets, keep a run")
    run.add_argument("--out", type=Path, metavar="FILE", help="where the run goes (default: runs/DATE-TIME.jsonl)")
    run.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    run.add_argument("--misses", action="store_true", help="list every question that went wrong")
    run.set_defaults(run=commands.run)

    gate = parsers.add_parser(
        "gate", parents=[shared, sets, index, with_json, tested], help="is it as good as the baseline?"
    )
    gate.add_argument("--baseline", type=Path, metavar="FILE", help="a run to hold against (default: our own)")
    gate.add_argument("--run", dest="made", type=Path, metavar="FILE", help="judge this run instead of a new one")
    gate.add_argument("--accept", metavar="WHY", help="make this run the baseline, for this reason")
    gate.set_defaults(run=commands.gate)

    compare = parsers.add_parser("compare", parents=[shared, with_json, tested], help="what changed from A to B?")
    compare.add_argument("a", type=Path, metavar="A", help="a run")
    compare.add_argument("b", type=Path, metavar="B", help="a later one")
    compare.set_defaults(run=commands.compare)

    report = parsers.add_parser("report", parents=[shared], help="a run as an HTML page and as Markdown")
    report.add_argument("made", type=Path, metavar="RUN", help="what `run` wrote")
    report.add_argument("--against", type=Path, metavar="RUN", help="an earlier run to compare it with")
    report.add_argument("--out", type=Path, metavar="FILE", help="the page (default: beside the run); .md beside it")
    report.set_defaults(run=commands.report)

    export = parsers.add_parser("export", parents=[shared], help="a run as TREC qrels and runs")
    export.add_argument("made", type=Path, metavar="RUN", help="what `run` wrote")
    export.add_argument("--out", type=Path, metavar="DIR", help="the folder (default: beside the run)")
    export.set_defaults(run=commands.export)

    check = parsers.add_parser("check", parents=[shared, sets, index, with_json], help="prove a question set")
    check.set_defaults(run=commands.check)

    start = parsers.add_parser("new-set", parents=[shared, index], help="start a question set for your documents")
    start.add_argument("file", type=Path, metavar="FILE", help="a new JSONL file")
    start.add_argument("--size", type=positive, default=20, metavar="N", help="answerable questions (20)")
    start.add_argument("--seed", type=int, default=0, metavar="S", help="other sentences (0)")
    start.set_defaults(run=commands.new_set)

    adopt = parsers.add_parser("adopt", parents=[shared, index], help="a question set of the chat page's feedback")
    adopt.add_argument("feedback", type=Path, metavar="FEEDBACK", help="what `yinzheng chat` wrote of it")
    adopt.add_argument("file", type=Path, metavar="FILE", help="a new JSONL file")
    adopt.set_defaults(run=commands.adopt)

    bench = parsers.add_parser("bench", help="measure against others")
    benches = bench.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=Parser)
    cold = benches.add_parser("cold", parents=[shared], help="`yinzheng ask` from a cold start, against an import")
    cold.set_defaults(run=commands.bench_cold)
    size = benches.add_parser("installed", parents=[shared], help="bytes on disk and imports of this installation")
    size.add_argument("--top", type=positive, default=10, metavar="N", help="the largest distributions (10)")
    size.set_defaults(run=commands.bench_installed)
    read = benches.add_parser("windows", parents=[shared, index], help="what reading more beside the question gives")
    read.add_argument("numbers", nargs="*", type=positive, default=[1, 2, 3, 5], metavar="N", help="windows (1 2 3 5)")
    read.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    read.set_defaults(run=commands.bench_windows)
    page = benches.add_parser("chat", parents=[shared, index], help="what somebody waits for on the chat page")
    page.add_argument("--rounds", type=positive, default=5, metavar="N", help="fresh tabs (5)")
    page.add_argument("--chromium", default="chromium", metavar="PATH", help="a Chromium that is installed")
    page.set_defaults(run=commands.bench_chat)
    load = benches.add_parser("serve", parents=[shared, sets, index, with_json], help="the API under a growing load")
    serve.add_options(load)
    load.set_defaults(run=commands.bench_serve)
    made = benches.add_parser("formats", parents=[shared, index], help="a document written in each format, read again")
    made.add_argument("--document", metavar="ID", help="which (default: the first of the index)")
    made.set_defaults(run=commands.bench_formats)
    coded = benches.add_parser("encodings", parents=[shared], help="which encoding a text file is in")
    coded.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="sets, for their text")
    coded.add_argument("--data", type=Path, metavar="DIR", help="where sets lie (default: YINZHENG_DATA)")
    coded.set_defaults(run=commands.bench_encodings)
    both = benches.add_parser("together", parents=[shared], help="two languages in one library")
    together.add_options(both)
    both.set_defaults(run=commands.bench_together)
    third = benches.add_parser("sets", parents=[shared], help="third-party question sets")
    add_options(third)
    third.set_defaults(run=commands.bench_sets)
    fast = benches.add_parser("speed", parents=[shared], help="build time, memory, disk and latency by size")
    speed.add_options(fast)
    fast.set_defaults(run=commands.bench_speed)
    return parser


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"expected a number between 0 and 1, found {text!r}")
    return value


if __name__ == "__main__":
    sys.exit(main())

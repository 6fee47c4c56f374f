"""`yinzheng-eval`: tell whether answers got better or worse, from the command line.

Exit status: 0 done or nothing worse, 1 a finding, 2 an error in one line on standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval import settings
from eval.bench.scale import scale
from eval.bench.scores import sets as public
from eval.bench.scores import together
from eval.bench.serve import serve
from eval.bench.speed import speed
from eval.commands import bench, gate, questions, report, run
from qa.terminal.command import Parser, guarded, positive
from qa.terminal.console import Console


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = parser().parse_args(argv)
    return guarded(lambda console: arguments.run(arguments, console), debug=arguments.debug)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
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

    one = _added(parsers, "run", run.run, "answer question sets, keep a run", shared, sets, index, with_json)
    one.add_argument("--out", type=Path, metavar="FILE", help="where the run goes (default: runs/DATE-TIME.jsonl)")
    one.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    one.add_argument("--misses", action="store_true", help="list every question that went wrong")

    one = _added(parsers, "gate", gate.gate, "is it as good as the baseline?", shared, sets, index, with_json, tested)
    one.add_argument("--baseline", type=Path, metavar="FILE", help="a run to hold against (default: our own)")
    one.add_argument("--run", dest="made", type=Path, metavar="FILE", help="judge this run instead of a new one")
    one.add_argument("--accept", metavar="WHY", help="make this run the baseline, for this reason")

    one = _added(parsers, "compare", gate.compare, "what changed from A to B?", shared, with_json, tested)
    one.add_argument("a", type=Path, metavar="A", help="a run")
    one.add_argument("b", type=Path, metavar="B", help="a later one")

    one = _added(parsers, "report", report.report, "a run as an HTML page and as Markdown", shared)
    one.add_argument("made", type=Path, metavar="RUN", help="what `run` wrote")
    one.add_argument("--against", type=Path, metavar="RUN", help="an earlier run to compare it with")
    one.add_argument("--out", type=Path, metavar="FILE", help="the page (default: beside the run); .md beside it")

    one = _added(parsers, "export", report.export, "a run as TREC qrels and runs", shared)
    one.add_argument("made", type=Path, metavar="RUN", help="what `run` wrote")
    one.add_argument("--out", type=Path, metavar="DIR", help="the folder (default: beside the run)")

    _added(parsers, "check", questions.check, "prove a question set", shared, sets, index, with_json)

    one = _added(parsers, "new-set", questions.new_set, "start a question set for your documents", shared, index)
    one.add_argument("file", type=Path, metavar="FILE", help="a new JSONL file")
    one.add_argument("--size", type=positive, default=20, metavar="N", help="answerable questions (20)")
    one.add_argument("--seed", type=int, default=0, metavar="S", help="other sentences (0)")

    one = _added(parsers, "adopt", questions.adopt, "a question set of the chat page's feedback", shared, index)
    one.add_argument("feedback", type=Path, metavar="FEEDBACK", help="what `yinzheng chat` wrote of it")
    one.add_argument("file", type=Path, metavar="FILE", help="a new JSONL file")

    measured = parsers.add_parser("bench", help="measure against others")
    parsers = measured.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=Parser)
    _added(parsers, "cold", bench.cold, "`yinzheng ask` from a cold start, against an import", shared)
    one = _added(parsers, "installed", bench.installed, "bytes on disk and imports of this installation", shared)
    one.add_argument("--top", type=positive, default=10, metavar="N", help="the largest distributions (10)")
    one = _added(parsers, "windows", bench.windows, "what reading more beside the question gives", shared, index)
    one.add_argument("numbers", nargs="*", type=positive, default=[1, 2, 3, 5], metavar="N", help="windows (1 2 3 5)")
    one.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    one = _added(parsers, "chat", bench.chat, "what somebody waits for on the chat page", shared, index)
    one.add_argument("--rounds", type=positive, default=5, metavar="N", help="fresh tabs (5)")
    one.add_argument("--chromium", default="chromium", metavar="PATH", help="a Chromium that is installed")
    one = _added(parsers, "serve", bench.serve, "the API under a growing load", shared, sets, index, with_json)
    serve.add_options(one)
    one = _added(parsers, "formats", bench.formats, "a document written in each format, read again", shared, index)
    one.add_argument("--document", metavar="ID", help="which (default: the first of the index)")
    one = _added(parsers, "encodings", bench.encodings, "which encoding a text file is in", shared)
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="sets, for their text")
    one.add_argument("--data", type=Path, metavar="DIR", help="where sets lie (default: YINZHENG_DATA)")
    together.add_options(_added(parsers, "together", bench.together, "two languages in one library", shared))
    public.add_options(_added(parsers, "sets", bench.sets, "third-party question sets", shared))
    speed.add_options(_added(parsers, "speed", bench.speed, "build time, memory, disk and latency by size", shared))
    one = _added(parsers, "scale", bench.scale, "what a million sentences take, also with Milvus", shared, with_json)
    scale.add_options(one)
    return parser


def _added(
    parsers: Any, name: str, does: Callable[[argparse.Namespace, Console], int], help: str, *parents: Parser
) -> argparse.ArgumentParser:
    """The parser of a command, with the options of its parents."""
    parser: argparse.ArgumentParser = parsers.add_parser(name, parents=parents, help=help)
    parser.set_defaults(run=does)
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

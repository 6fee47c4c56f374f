"""`yinzheng-eval`: tell whether answers got better or worse, from the command line.

Exit status: 0 done or nothing worse, 1 a finding, 2 an error in one line on standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from eval import record, settings
from eval.compare import Comparison
from eval.record import Run
from index.errors import InputError
from qa.command import DONE, FINDING, Parser, guarded, positive
from qa.console import Console

# Changed questions that are shown where nobody asked for all.
CHANGED = 10
# Questions that are named under a finding.
SHOWN = 8


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
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    run = commands.add_parser("run", parents=[shared, sets, index, with_json], help="answer question sets, keep a run")
    run.add_argument("--out", type=Path, metavar="FILE", help="where the run goes (default: runs/DATE-TIME.jsonl)")
    run.add_argument("--half", choices=("tuning", "held-out"), help="only this half")
    run.add_argument("--misses", action="store_true", help="list every question that went wrong")
    run.set_defaults(run=_run)

    gate = commands.add_parser(
        "gate", parents=[shared, sets, index, with_json, tested], help="is it as good as the baseline?"
    )
    gate.add_argument("--baseline", type=Path, metavar="FILE", help="a run to hold against (default: our own)")
    gate.add_argument("--run", dest="made", type=Path, metavar="FILE", help="judge this run instead of a new one")
    gate.add_argument("--accept", metavar="WHY", help="make this run the baseline, for this reason")
    gate.set_defaults(run=_gate)

    compare = commands.add_parser("compare", parents=[shared, with_json, tested], help="what changed from A to B?")
    compare.add_argument("a", type=Path, metavar="A", help="a run")
    compare.add_argument("b", type=Path, metavar="B", help="a later one")
    compare.set_defaults(run=_compare)

    report = commands.add_parser("report", parents=[shared], help="a run as an HTML page and as Markdown")
    report.add_argument("made", type=Path, metavar="RUN", help="what `run` wrote")
    report.add_argument("--against", type=Path, metavar="RUN", help="an earlier run to compare it with")
    report.add_argument("--out", type=Path, metavar="FILE", help="the page (default: beside the run); .md beside it")
    report.set_defaults(run=_report)

    export = commands.add_parser("export", parents=[shared], help="a run as TREC qrels and runs")
    export.add_argument("made", type=Path, metavar="RUN", help="what `run` wrote")
    export.add_argument("--out", type=Path, metavar="DIR", help="the folder (default: beside the run)")
    export.set_defaults(run=_export)

    check = commands.add_parser("check", parents=[shared, sets, index, with_json], help="prove a question set")
    check.set_defaults(run=_check)

    start = commands.add_parser("new-set", parents=[shared, index], help="start a question set for your documents")
    start.add_argument("file", type=Path, metavar="FILE", help="a new JSONL file")
    start.add_argument("--size", type=positive, default=20, metavar="N", help="answerable questions (20)")
    start.add_argument("--seed", type=int, default=0, metavar="S", help="other sentences (0)")
    start.set_defaults(run=_new_set)

    bench = commands.add_parser("bench", help="measure against others")
    benches = bench.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=Parser)
    cold = benches.add_parser("cold", parents=[shared], help="`yinzheng ask` from a cold start, against an import")
    cold.set_defaults(run=_bench_cold)
    third = benches.add_parser("sets", parents=[shared], help="third-party question sets")
    from eval.bench.sets import add_options

    add_options(third)
    third.set_defaults(run=_bench_sets)
    return parser


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"expected a number between 0 and 1, found {text!r}")
    return value


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _make(arguments: argparse.Namespace, console: Console, *, strict: bool) -> Run:
    """A new run of the sets; `strict` wants every label to stand."""
    from eval import dataset, labels
    from eval.run import run
    from qa.service import corpus_of, default_index, open_library

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
            corpus=corpus_of(arguments.index or default_index()),
            sets=sets,
            half=half,
            progress=lambda done, total: progress("asking", done, total),
        )


def _run(arguments: argparse.Namespace, console: Console) -> int:
    from eval import tables

    path = arguments.out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}.jsonl"
    record.check_writable(path)
    made = _make(arguments, console, strict=True)
    record.write(made, path)
    if arguments.json:
        for line in record.to_lines(made):
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


def _miss(outcome: record.Outcome, console: Console) -> None:
    from eval.render import answer_lines

    console.line(f"\n{outcome.id} ({outcome.half}) {outcome.question}")
    for line in answer_lines(outcome):
        console.line(f"  {line}")
    for group in outcome.evidence:
        console.line("  wanted " + " or ".join(f"{p.paragraph.rpartition(':')[2]} «{p.text}»" for p in group))


def _gate(arguments: argparse.Namespace, console: Console) -> int:
    from eval import dataset, gate, render

    path = arguments.baseline
    if path is None:
        if arguments.sets:
            raise InputError("sets of your own need a baseline of their own", "name it with --baseline FILE")
        path = gate.default_baseline()
    if arguments.accept is not None and not arguments.accept.strip():
        raise InputError("a baseline needs a reason", 'say why, as in --accept "the splitter keeps marks now"')
    baseline = _baseline(path) if arguments.accept is None else None
    # a new baseline must be sound in itself: nothing in it may be orphaned
    run = record.read(arguments.made) if arguments.made else _make(arguments, console, strict=bool(arguments.accept))
    if arguments.accept is not None:
        return _accept(run, path, arguments.accept.strip(), console)
    assert baseline is not None
    verdict = gate.judge(baseline, run, alpha=arguments.alpha)
    fresh = [o for o in run.outcomes if o.id in verdict.comparison.added and o.orphaned]
    if fresh:
        items = {item.id: item for item in dataset.load(arguments.sets or dataset.default_sets())}
        where = items[fresh[0].id].where if fresh[0].id in items else str(arguments.made)
        raise InputError(f"{where}: the evidence of {fresh[0].id} does not stand", "run `yinzheng-eval check`")
    if arguments.json:
        _print_json(render.verdict_record(verdict))
        return DONE if verdict.passed else FINDING
    for finding in verdict.findings:
        mark = "follows" if finding.follows else "WORSE"
        mark = {"labels": "LABELS", "questions": "SET"}.get(finding.component, mark) if not finding.follows else mark
        console.line(f"{mark}  {finding.component}: {finding.text}")
        if finding.questions and not finding.follows:
            more = " …" if len(finding.questions) > SHOWN else ""
            console.line(f"       in {', '.join(finding.questions[:SHOWN])}{more}")
    _differences(verdict.comparison, console, every=arguments.all)
    because = f" (“{baseline.header.reason}”)" if baseline.header.reason else ""
    about = f"{verdict.comparison.compared} questions against {path}{because}"
    if verdict.passed:
        console.line(f"passed: {about}")
        return DONE
    console.line(f"not passed: {about}")
    console.line('if this is meant: `yinzheng-eval gate --accept "why"`, with the same arguments')
    return FINDING


def _baseline(path: Path) -> Run:
    if not path.exists():
        raise InputError(f"no baseline at {path}", 'write one with `yinzheng-eval gate --accept "why"`')
    return record.read(path)


def _accept(run: Run, path: Path, reason: str, console: Console) -> int:
    """Make a run the baseline, unless it quotes what does not stand, or cannot judge."""
    orphaned = [outcome.id for outcome in run.outcomes if outcome.orphaned]
    if orphaned:
        console.line(f"not accepted: labels stand no longer: {', '.join(orphaned[:SHOWN])}")
        return FINDING
    broken = [o.id for o in run.outcomes if not all(q.verbatim and q.placed for q in (*o.quotes, *o.nearest))]
    if broken:
        console.line(f"not accepted: quotes do not stand where they are cited: {', '.join(broken[:SHOWN])}")
        return FINDING
    record.write(replace(run, header=replace(run.header, reason=reason)), path)
    right = sum(outcome.right for outcome in run.outcomes)
    console.line(f"{path} is the baseline now: {right} of {len(run.outcomes)} right")
    return DONE


def _differences(comparison: Comparison, console: Console, *, every: bool) -> None:
    """The tests with a difference, the questions whose answers changed, and what was left out."""
    from eval import render, tables

    tests = tables.tests(comparison)
    differ = [row for row, test in zip(tests.rows, comparison.tests, strict=True) if test.before != test.after]
    if differ:
        console.table(tests.columns, differ)
    if comparison.changed:
        console.line(f"\n{len(comparison.changed)} of {comparison.compared} questions are answered otherwise:")
    for title, before, after in render.changed(comparison, None if every else CHANGED):
        console.line()
        console.line(title)
        console.beside("before", before, "after", after)
    if not every and len(comparison.changed) > CHANGED:
        console.line(f"\n… and {len(comparison.changed) - CHANGED} more; --all shows them")
    for line in render.notes(comparison):
        console.line(line)


def _compare(arguments: argparse.Namespace, console: Console) -> int:
    from eval import render
    from eval.compare import compare

    comparison = compare(record.read(arguments.a), record.read(arguments.b), alpha=arguments.alpha)
    if arguments.json:
        _print_json(render.comparison_record(comparison))
        return DONE
    _differences(comparison, console, every=arguments.all)
    better, worse = (sum(getattr(test, side) for test in comparison.tests) for side in ("better", "worse"))
    console.line(f"{comparison.compared} questions compared; measures better {better}, worse {worse}")
    return DONE


def _report(arguments: argparse.Namespace, console: Console) -> int:
    from eval.report.markdown import markdown
    from eval.report.page import html

    made = record.read(arguments.made)
    against = record.read(arguments.against) if arguments.against else None
    page = arguments.out or arguments.made.with_suffix(".html")
    if page.suffix == ".md":
        raise InputError(f"{page} is the Markdown's own name", "name the page, as in --out report.html")
    for path, text in ((page, html(made, against)), (page.with_suffix(".md"), markdown(made, against))):
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror})", "name another file") from None
        console.line(f"written to {path}")
    return DONE


def _export(arguments: argparse.Namespace, console: Console) -> int:
    from eval import trec

    made = record.read(arguments.made)
    for path in trec.export(made, arguments.out or arguments.made.with_suffix("")):
        console.line(f"written to {path}")
    return DONE


def _check(arguments: argparse.Namespace, console: Console) -> int:
    from eval import check, dataset
    from qa.service import open_library

    items = dataset.load(arguments.sets or dataset.default_sets())
    with console.progress() as progress:
        found = list(check.findings(items, open_library(arguments.index, progress)))
    if arguments.json:
        _print_json({"questions": len(items), "findings": found})
    else:
        for line in found:
            console.line(line)
        console.line(f"{len(items)} questions, {len(found)} findings")
    return FINDING if found else DONE


def _new_set(arguments: argparse.Namespace, console: Console) -> int:
    from eval import starter
    from qa.service import open_library

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    count = starter.start(library, arguments.file, arguments.size, arguments.seed)
    console.line(f"{arguments.file} has {count} lines: write their questions, drop those you do not want")
    console.line(f"then `yinzheng-eval check {arguments.file}` and `yinzheng-eval run {arguments.file}`")
    return DONE


def _bench_cold(arguments: argparse.Namespace, console: Console) -> int:
    from eval.bench.cold import cold

    return cold(console)


def _bench_sets(arguments: argparse.Namespace, console: Console) -> int:
    from eval.bench.sets import sets

    return sets(
        arguments.paths,
        console,
        sample=arguments.sample,
        seed=arguments.seed,
        articles=arguments.articles,
        simple=arguments.simple,
        data=arguments.data,
        as_json=arguments.as_json,
        cache=arguments.cache,
    )


if __name__ == "__main__":
    sys.exit(main())

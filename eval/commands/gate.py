"""`yinzheng-eval gate` and `compare`: a run against another, and what is said of it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from eval.commands.run import make
from eval.gate.compare import Comparison
from eval.run import file
from eval.run.record import Run
from index.errors import InputError
from qa.record import as_json
from qa.terminal.command import DONE, FINDING
from qa.terminal.console import Console, count

# Changed questions that are shown where nobody asked for all.
CHANGED = 10

# Questions that are named under a finding.
SHOWN = 8


def gate(arguments: argparse.Namespace, console: Console) -> int:
    """Hold a run against the baseline, or make it the baseline."""
    from eval.gate import gate, render
    from eval.questions import dataset

    path = arguments.baseline
    if path is None:
        if arguments.sets:
            raise InputError("sets of your own need a baseline of their own", "name it with --baseline FILE")
        path = gate.default_baseline()
    if arguments.accept is not None:
        return _accept(arguments, path, console)
    baseline = _baseline(path)
    run = file.read(arguments.made) if arguments.made else make(arguments, console, strict=False)
    verdict = gate.judge(baseline, run, alpha=arguments.alpha)
    fresh = [o for o in run.outcomes if o.id in verdict.comparison.added and o.orphaned]
    if fresh:
        items = {item.id: item for item in dataset.load(arguments.sets or dataset.default_sets())}
        where = items[fresh[0].id].where if fresh[0].id in items else str(arguments.made)
        raise InputError(f"{where}: the evidence of {fresh[0].id} does not stand", "run `yinzheng-eval check`")
    if arguments.json:
        print(as_json(render.verdict_record(verdict)))
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
    about = f"{count(verdict.comparison.compared, 'question')} against {path}{because}"
    if verdict.passed:
        console.line(f"passed: {about}")
        return DONE
    console.line(f"not passed: {about}")
    console.line('if this is meant: `yinzheng-eval gate --accept "why"`, with the same arguments')
    return FINDING


def _baseline(path: Path) -> Run:
    if not path.exists():
        raise InputError(f"no baseline at {path}", 'write one with `yinzheng-eval gate --accept "why"`')
    return file.read(path)


def _accept(arguments: argparse.Namespace, path: Path, console: Console) -> int:
    """Make a run the baseline, unless it quotes what does not stand, or cannot judge."""
    reason = arguments.accept.strip()
    if not reason:
        raise InputError("a baseline needs a reason", 'say why, as in --accept "the splitter keeps marks now"')
    file.check_writable(path)
    run = file.read(arguments.made) if arguments.made else make(arguments, console, strict=True)
    orphaned = [outcome.id for outcome in run.outcomes if outcome.orphaned]
    if orphaned:
        console.line(f"not accepted: labels stand no longer: {', '.join(orphaned[:SHOWN])}")
        return FINDING
    broken = [o.id for o in run.outcomes if not all(q.verbatim and q.placed for q in (*o.quotes, *o.nearest))]
    if broken:
        console.line(f"not accepted: quotes do not stand where they are cited: {', '.join(broken[:SHOWN])}")
        return FINDING
    file.write(replace(run, header=replace(run.header, reason=reason)), path)
    right = sum(outcome.right for outcome in run.outcomes)
    console.line(f"{path} is the baseline now: {right} of {len(run.outcomes)} right")
    return DONE


def _differences(comparison: Comparison, console: Console, *, every: bool) -> None:
    """The tests with a difference, the questions whose answers changed, and what was left out."""
    from eval.gate import render
    from eval.report.change import tests as table_of

    tests = table_of(comparison)
    differ = [row for row, test in zip(tests.rows, comparison.tests, strict=True) if test.before != test.after]
    if differ:
        console.table(tests.columns, differ)
    if comparison.changed:
        console.line(f"\n{len(comparison.changed)} of {count(comparison.compared, 'question')} answered otherwise:")
    for title, before, after in render.changed(comparison, None if every else CHANGED):
        console.line()
        console.line(title)
        console.beside("before", before, "after", after)
    if not every and len(comparison.changed) > CHANGED:
        console.line(f"\n… and {len(comparison.changed) - CHANGED} more; --all shows them")
    for line in render.notes(comparison):
        console.line(line)


def compare(arguments: argparse.Namespace, console: Console) -> int:
    """What changed from one run to another."""
    from eval.gate import render
    from eval.gate.compare import compare

    comparison = compare(file.read(arguments.a), file.read(arguments.b), alpha=arguments.alpha)
    if arguments.json:
        print(as_json(render.comparison_record(comparison)))
        return DONE
    _differences(comparison, console, every=arguments.all)
    better, worse = (sum(getattr(test, side) for test in comparison.tests) for side in ("better", "worse"))
    console.line(f"{count(comparison.compared, 'question')} compared; measures better {better}, worse {worse}")
    return DONE

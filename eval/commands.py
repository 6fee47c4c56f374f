"""What each command of `yinzheng-eval` does, and what it says. `cli` reads the arguments."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from eval import record
from eval.compare import Comparison
from eval.record import Run
from index.errors import InputError
from qa.record import as_json
from qa.terminal.command import DONE, FINDING
from qa.terminal.console import Console, count

# Changed questions that are shown where nobody asked for all.
CHANGED = 10
# Questions that are named under a finding.
SHOWN = 8


def _print_json(value: Any) -> None:
    print(as_json(value))


def _make(arguments: argparse.Namespace, console: Console, *, strict: bool) -> Run:
    """A new run of the sets; `strict` wants every label to stand."""
    from eval import dataset, labels
    from eval.run import run
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
    from eval import tables

    if arguments.out and arguments.out.resolve() in {given.resolve() for given in arguments.sets}:
        raise InputError(f"{arguments.out} is a question set", "name another file for the run")
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

    console.line(f"\n{outcome.id} ({outcome.half}) {outcome.asked}")
    for line in answer_lines(outcome):
        console.line(f"  {line}")
    for group in outcome.evidence:
        console.line("  wanted " + " or ".join(f"{p.paragraph.rpartition(':')[2]} «{p.text}»" for p in group))


def gate(arguments: argparse.Namespace, console: Console) -> int:
    """Hold a run against the baseline, or make it the baseline."""
    from eval import dataset, gate, render

    path = arguments.baseline
    if path is None:
        if arguments.sets:
            raise InputError("sets of your own need a baseline of their own", "name it with --baseline FILE")
        path = gate.default_baseline()
    if arguments.accept is not None:
        return _accept(arguments, path, console)
    baseline = _baseline(path)
    run = record.read(arguments.made) if arguments.made else _make(arguments, console, strict=False)
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
    return record.read(path)


def _accept(arguments: argparse.Namespace, path: Path, console: Console) -> int:
    """Make a run the baseline, unless it quotes what does not stand, or cannot judge."""
    reason = arguments.accept.strip()
    if not reason:
        raise InputError("a baseline needs a reason", 'say why, as in --accept "the splitter keeps marks now"')
    record.check_writable(path)
    run = record.read(arguments.made) if arguments.made else _make(arguments, console, strict=True)
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
    from eval import render
    from eval.compare import compare

    comparison = compare(record.read(arguments.a), record.read(arguments.b), alpha=arguments.alpha)
    if arguments.json:
        _print_json(render.comparison_record(comparison))
        return DONE
    _differences(comparison, console, every=arguments.all)
    better, worse = (sum(getattr(test, side) for test in comparison.tests) for side in ("better", "worse"))
    console.line(f"{count(comparison.compared, 'question')} compared; measures better {better}, worse {worse}")
    return DONE


def report(arguments: argparse.Namespace, console: Console) -> int:
    """Write a run as an HTML page and as Markdown."""
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


def export(arguments: argparse.Namespace, console: Console) -> int:
    """Write a run as TREC qrels and runs."""
    from eval import trec

    made = record.read(arguments.made)
    for path in trec.export(made, arguments.out or arguments.made.with_suffix("")):
        console.line(f"written to {path}")
    return DONE


def check(arguments: argparse.Namespace, console: Console) -> int:
    """Prove a question set."""
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
        console.line(f"{count(len(items), 'question')}, {count(len(found), 'finding')}")
    return FINDING if found else DONE


def new_set(arguments: argparse.Namespace, console: Console) -> int:
    """Start a question set for documents of your own."""
    from eval import starter
    from qa.service import open_library

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    count = starter.start(library, arguments.file, arguments.size, arguments.seed)
    console.line(f"{arguments.file} has {count} lines: write their questions, drop those you do not want")
    console.line(f"then `yinzheng-eval check {arguments.file}` and `yinzheng-eval run {arguments.file}`")
    return DONE


def adopt(arguments: argparse.Namespace, console: Console) -> int:
    """Make a question set of feedback."""
    from eval import adopt as adopting
    from eval import dataset
    from qa.service import open_library
    from qa.web.feedback import Feedback

    entries = Feedback(arguments.feedback).read()
    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    lines, left_out = adopting.adopt(library, entries, dataset.load(dataset.default_sets()))
    if not lines:
        raise InputError(f"{arguments.feedback} has no question that is new", "collect more on the chat page")
    adopting.write(lines, arguments.file)
    for line in lines:
        console.line(f"{line.id}  {line.entry.verdict}: {line.value['question']}")
        if line.entry.note:
            console.line(f"    note: {line.entry.note}")
        if line.to_do:
            console.line(f"    to do: {line.to_do}")
    for one in left_out:
        console.line(f"left out: {one.question} ({one.why})")
    unfinished = sum(line.to_do is not None for line in lines)
    console.line(f"{arguments.file} has {count(len(lines), 'line')}, {unfinished} to be finished")
    console.line(f"then `yinzheng-eval check {arguments.file}` and `yinzheng-eval run {arguments.file}`")
    return DONE


def bench_cold(arguments: argparse.Namespace, console: Console) -> int:
    """Measure a cold start."""
    from eval.bench.cold import cold

    return cold(console)


def bench_installed(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what an installation costs."""
    from eval.bench.installed import installed

    return installed(console, top=arguments.top)


def bench_chat(arguments: argparse.Namespace, console: Console) -> int:
    """`yinzheng-eval bench chat`."""
    from eval.bench.chat import chat

    return chat(console, rounds=arguments.rounds, chromium=arguments.chromium, index=arguments.index)


def bench_serve(arguments: argparse.Namespace, console: Console) -> int:
    """`yinzheng-eval bench serve`."""
    from eval.bench.serve import Options, serve

    names = ("clients", "every", "seconds", "questions", "repeated", "way", "seed")
    options = Options(**{name: getattr(arguments, name) for name in names})
    return serve(console, sets=arguments.sets, index=arguments.index, options=options, with_json=arguments.json)


def bench_windows(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what reading more windows gives."""
    from eval.bench.windows import windows

    return windows(arguments.numbers, console, index=arguments.index, half=arguments.half)


def bench_formats(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what is left of a document in each format."""
    from eval.bench.formats import formats

    return formats(console, index=arguments.index, document=arguments.document)


def bench_encodings(arguments: argparse.Namespace, console: Console) -> int:
    """Measure how often a text file's encoding is told rightly."""
    from eval.bench.encodings import encodings

    return encodings(arguments.paths, console, data=arguments.data)


def bench_together(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what two languages in one library do to each other."""
    from eval.bench.together import together

    names = ("sample", "seed", "articles", "data", "cache")
    return together(arguments.paths, console, **{name: getattr(arguments, name) for name in names})


def bench_speed(arguments: argparse.Namespace, console: Console) -> int:
    """Measure speed, memory and disk against others."""
    from eval.bench.speed.speed import speed

    names = ("sizes", "only", "sets", "data", "seed", "plot", "as_json")
    return speed(console, **{name: getattr(arguments, name) for name in names})


def bench_sets(arguments: argparse.Namespace, console: Console) -> int:
    """Measure on third-party sets."""
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

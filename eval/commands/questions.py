"""`yinzheng-eval check`, `new-set` and `adopt`: question sets are proved, started, and made of feedback."""

from __future__ import annotations

import argparse
import shlex

from index.errors import InputError
from qa.record import as_json
from qa.terminal.command import DONE, FINDING
from qa.terminal.console import Console, count


def check(arguments: argparse.Namespace, console: Console) -> int:
    """Prove a question set."""
    from eval.questions import check, dataset
    from qa.service import open_library

    items = dataset.load(arguments.sets or dataset.default_sets())
    with console.progress() as progress:
        found = list(check.findings(items, open_library(arguments.index, progress)))
    if arguments.json:
        print(as_json({"questions": len(items), "findings": found}))
    else:
        for line in found:
            console.line(line)
        console.line(f"{count(len(items), 'question')}, {count(len(found), 'finding')}")
    return FINDING if found else DONE


def new_set(arguments: argparse.Namespace, console: Console) -> int:
    """Start a question set for documents of your own."""
    from eval.questions import starter
    from qa.service import open_library

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    count = starter.start(library, arguments.file, arguments.size, arguments.seed)
    console.line(f"{arguments.file} has {count} lines: write their questions, drop those you do not want")
    console.line(_next(arguments))
    return DONE


def adopt(arguments: argparse.Namespace, console: Console) -> int:
    """Make a question set of feedback."""
    from eval.questions import adopt as adopting
    from eval.questions import dataset
    from qa.service import open_library
    from qa.web.feedback import Feedback

    entries = Feedback(arguments.feedback).read()
    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    lines, left_out = adopting.adopt(library, entries, dataset.load(dataset.default_sets()))
    if not lines:
        raise InputError(f"{arguments.feedback} has no question that is new", "collect more on the chat page")
    dataset.write((line.value for line in lines), arguments.file)
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
    console.line(_next(arguments))
    return DONE


def _next(arguments: argparse.Namespace) -> str:
    """What to do with a new set, of the same index."""
    file = shlex.quote(str(arguments.file))
    index = f" --index {shlex.quote(str(arguments.index))}" if arguments.index else ""
    return f"then `yinzheng-eval check {file}{index}` and `yinzheng-eval run {file}{index}`"

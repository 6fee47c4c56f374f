"""The commands that make, change and describe an index: `index build`, `add`, `update`, `remove`, `info`, `check`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from qa.terminal.command import DONE, FINDING
from qa.terminal.console import Console, count

if TYPE_CHECKING:
    from index.shelf import Report


def build(arguments: argparse.Namespace, console: Console) -> int:
    """Build it anew."""
    from index.build import build
    from index.corpus import Corpus
    from index.store.store import Store
    from qa.service import corpus_of, default_index, encoder_of, engine_of
    from qa.terminal.listing import contents

    folder = arguments.index or default_index()
    said = Store(folder).said
    corpus = Corpus(arguments.sources) if arguments.sources else corpus_of(said)
    with console.progress() as progress:
        encoder, engine = arguments.encoder or encoder_of(said), engine_of(arguments.engine, arguments.uri)
        manifest = build(corpus, folder, encoder, progress, arguments.vectors, engine)
    if arguments.json:
        console.json({"index": str(folder), **manifest})
    else:
        console.line(f"built {folder}: {contents(manifest)}")
    return DONE


def add(arguments: argparse.Namespace, console: Console) -> int:
    """Add files, folders, globs."""
    from qa.service import engine_of, shelf

    engine = engine_of(arguments.engine, arguments.uri)
    with console.progress() as progress:
        found = shelf(arguments.index, progress, arguments.encoder, engine)
        report = found.add([Path(path) for path in arguments.paths])
    return _reported(report, arguments, console)


def update(arguments: argparse.Namespace, console: Console) -> int:
    """Read what changed or is new."""
    from qa.service import shelf

    with console.progress() as progress:
        report = shelf(arguments.index, progress).update(prune=arguments.prune)
    return _reported(report, arguments, console)


def remove(arguments: argparse.Namespace, console: Console) -> int:
    """Remove documents."""
    from qa.service import shelf

    with console.progress() as progress:
        report = shelf(arguments.index, progress).remove(arguments.documents)
    return _reported(report, arguments, console)


def _reported(report: Report, arguments: argparse.Namespace, console: Console) -> int:
    """Prints what became of every file; a finding where one could not be read."""
    from qa.service import default_index
    from qa.terminal.listing import report_lines, report_record

    folder = arguments.index or default_index()
    if arguments.json:
        console.json({"index": str(folder), **report_record(report)})
    else:
        for line in report_lines(report, folder):
            console.line(line)
    return FINDING if report.of("failed", "gone") else DONE


def info(arguments: argparse.Namespace, console: Console) -> int:
    """What it holds and how it was made."""
    from index.store.store import Store
    from qa.service import default_index, staleness
    from qa.terminal.listing import info_lines

    folder = arguments.index or default_index()
    manifest = Store(folder).manifest()
    stale = staleness(folder)
    if arguments.json:
        console.json({"index": str(folder), "stale": stale, **manifest})
        return DONE
    for line in info_lines(folder, manifest, stale):
        console.line(line)
    return DONE


def check(arguments: argparse.Namespace, console: Console) -> int:
    """Read and check every file of it."""
    from qa.service import default_index, findings

    folder = arguments.index or default_index()
    found = findings(folder)
    if arguments.json:
        console.json({"index": str(folder), "findings": found})
    else:
        for finding in found:
            console.line(finding)
        console.line(
            f"{folder}: {count(len(found), 'finding')}" if found else f"{folder}: every file is as it was built"
        )
    return FINDING if found else DONE

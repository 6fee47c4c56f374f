"""`yinzheng-eval bench speed`: build time, memory, disk and query latency by size, against others, in one run.

Made chunks for each leg and for a whole library; the text of question sets for whole pipelines. Every system runs in
processes of its own, one after the other. A system that is not installed is named, with what would install it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

import regex

from eval.bench import settings
from eval.bench.apart import Failed
from eval.bench.sets.read import found, read
from eval.bench.speed import check, documents, hybrid, pipelines, synthetic
from eval.bench.speed.check import Nearest, Scores, Verdict
from eval.bench.speed.contestant import LEGS, Contestant, Leg
from eval.bench.speed.plot import drawn
from eval.bench.speed.roster import ROSTER
from eval.bench.speed.row import Row, cells, columns
from eval.bench.speed.trial import Measured, measure
from index.errors import InputError
from index.store.part import Progress
from qa.terminal.command import DONE, FINDING
from qa.terminal.console import Console, count

SIZES = (10_000, 100_000, 1_000_000)
INSTALL = "pip install 'yinzheng[peers]'"
PACKAGES = ("rank-bm25", "bm25s", "numba", "faiss-cpu", "langchain-classic", "txtai", "haystack-ai", "numpy")
# Chunks below which there is nothing to be found.
_LEAST = 100

Judge = Callable[[Measured, Path], Verdict]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `speed`, under the names of its parameters."""
    parser.add_argument("--sizes", nargs="+", type=size, default=list(SIZES), metavar="N", help="chunks (10k 100k 1m)")
    parser.add_argument("--only", nargs="+", choices=LEGS, default=list(LEGS), metavar="LEG", help=", ".join(LEGS))
    parser.add_argument("--sets", nargs="+", type=Path, default=[], metavar="PATH", help="question sets, for pipelines")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where sets lie (default: YINZHENG_DATA)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="other chunks and questions (0)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG of all of it by size")
    parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON object a line")


def size(text: str) -> int:
    """A number of chunks: `300`, `10k`, `1m`."""
    match = regex.fullmatch(r"(\d{1,9})([km]?)", text.lower(), regex.ASCII)
    chunks = int(match[1]) * {"": 1, "k": 1_000, "m": 1_000_000}[match[2]] if match else 0
    if not _LEAST <= chunks <= 100_000_000:
        raise argparse.ArgumentTypeError(f"expected a size such as 10k or 1m, at least {_LEAST}, found {text!r}")
    return chunks


def speed(
    console: Console,
    *,
    sizes: Sequence[int] = SIZES,
    only: Sequence[Leg] = LEGS,
    sets: Sequence[Path] = (),
    data: Path | None = None,
    seed: int = 0,
    plot: Path | None = None,
    as_json: bool = False,
    roster: Sequence[type[Contestant]] = ROSTER,
) -> int:
    """Measure these legs at these sizes, and pipelines over these sets; return the exit status.

    FINDING where a system failed or found what it should not. InputError where a path is no set, or only pipelines
    are wanted and no set is named.
    """
    paths = [found(path, data) for path in sets]
    for path in paths:
        read(path)
    if list(only) == ["pipelines"] and not paths:
        raise InputError("pipelines need text", "name question sets with --sets PATH")
    if plot is not None and not plot.resolve().parent.is_dir():
        raise InputError(f"no folder {plot.resolve().parent}", "name a file in one that is there")
    rows: list[Row] = []
    for leg in LEGS:
        if leg not in only or (leg == "pipelines" and not paths):
            continue
        systems = [kind for kind in roster if kind.leg == leg]
        mine = []
        with console.progress() as progress:
            made = (
                _over_sets(systems, paths, seed, progress)
                if leg == "pipelines"
                else _by_size(leg, systems, sorted(set(sizes)), seed, progress)
            )
            for row in made:
                mine.append(row)
                if as_json:
                    print(json.dumps(row.to_json(), ensure_ascii=False), flush=True)
        if mine and not as_json:
            console.table(columns(leg), [cells(row, mine) for row in mine])
            console.line()
        rows += mine
    if not as_json:
        _notes(console, rows, only, paths)
    if plot is not None:
        _draw(plot, rows)
    return DONE if all(row.right for row in rows) else FINDING


def _by_size(
    leg: Leg, systems: Sequence[type[Contestant]], sizes: Sequence[int], seed: int, progress: Progress
) -> Iterator[Row]:
    """The rows of a leg over made chunks, size after size."""
    for chunks in sizes:
        with TemporaryDirectory(prefix="yinzheng-speed-") as folder:
            data = Path(folder) / "data"
            data.mkdir()
            progress(f"{leg}, {chunks:,} chunks: making them", 0, len(systems))
            judge = _made(leg, data, chunks, seed)
            for number, kind in enumerate(systems):
                progress(f"{leg}, {chunks:,} chunks: {kind.name}", number, len(systems))
                yield _row(kind, chunks, data, settings.QUESTIONS, judge)


def _made(leg: Leg, data: Path, chunks: int, seed: int) -> Judge:
    """Make the chunks of a leg in an empty folder, and what says whether an answer over them is right."""
    if leg == "lexical":
        synthetic.write_terms(data, chunks, seed, settings.QUESTIONS)
        return Scores(data).judge
    if leg == "dense":
        synthetic.write_vectors(data, chunks, seed, settings.QUESTIONS)
        nearest = Nearest(data)
        return lambda measured, work: nearest.judge(measured)
    hybrid.write(data, chunks, seed, settings.QUESTIONS)
    wanted = documents.rows_asked(data)
    return lambda measured, work: check.told(measured, wanted)


def _over_sets(
    systems: Sequence[type[Contestant]], paths: Sequence[Path], seed: int, progress: Progress
) -> Iterator[Row]:
    """The rows of whole pipelines, set after set."""
    for path in paths:
        with TemporaryDirectory(prefix="yinzheng-speed-") as folder:
            data = Path(folder) / "data"
            data.mkdir()
            pipelines.write(data, path, settings.PIPELINE_QUESTIONS, seed)
            collection, queries = pipelines.asked(data)
            for number, kind in enumerate(systems):
                progress(f"{collection.name}: {kind.name}", number, len(systems))
                row = _row(kind, collection.name, data, len(queries), lambda measured, work: Verdict("", True))
                if row.measured is not None:
                    asked = count(len(row.measured.found), "question")
                    row = replace(row, said=asked, quality=check.quality(row.measured, queries))
                yield row


def _row(kind: type[Contestant], over: int | str, data: Path, questions: int, judge: Judge) -> Row:
    """What comes of a system, which may be missing, or fail."""
    if missing := kind.missing():
        names = ", ".join(missing)
        return Row(kind.leg, over, kind.name, None, f"NOT INSTALLED ({names}): {INSTALL}")
    if kind.most is not None and isinstance(over, int) and over > kind.most:
        return Row(kind.leg, over, kind.name, None, f"not tried with more than {kind.most:,} chunks")
    with TemporaryDirectory(prefix="yinzheng-speed-") as folder:
        try:
            measured = measure(kind, data, Path(folder), questions)
        except Failed as error:
            return Row(kind.leg, over, kind.name, None, f"FAILED: {error}", right=False)
        verdict = judge(measured, Path(folder))
    return Row(kind.leg, over, kind.name, measured, verdict.said, verdict.right)


def _notes(console: Console, rows: Sequence[Row], only: Sequence[Leg], paths: Sequence[Path]) -> None:
    """What the tables do not say of themselves."""
    if "pipelines" in only and not paths:
        console.line("pipelines: no text; name question sets with --sets PATH")
    console.line(
        "MB: 1,000,000 bytes that came to a process by building or, the last two, by opening and asking; of them, "
        "pages of files that it can give up. cpu ms: the median question's processor time, which other "
        "programs lengthen less. Each system in a process of its own, one thread each."
    )
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    console.line(f"Python {platform.python_version()}, {count(os.cpu_count() or 1, 'core')}; {versions}")
    for row in rows:
        if not row.right:
            console.line(f"WRONG: {row.leg}, {row.data}, {row.system}: {row.said}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _draw(path: Path, rows: Sequence[Row]) -> None:
    try:
        path.write_text(drawn(rows).file(), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})", "name another file") from None

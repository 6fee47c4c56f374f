"""`yinzheng-eval bench scale`: what a million sentences take of disk, memory and time, and a Milvus's client.

`real` measures what hangs on the text, `made` all else, over made libraries. Of a server nothing is measured but what
it is sent; and of milvus-lite, whose speed says nothing of Milvus's, not even how long it is waited for.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench import settings
from eval.bench.apart import Failed, apart
from eval.bench.process import counted
from eval.bench.scale import made, real
from eval.bench.scale.figures import FIXED, KINDS, Figure, Unit, kinds, shown
from eval.bench.scale.real import Real
from eval.bench.sets.read import found
from eval.bench.speed import documents
from eval.bench.speed.speed import size
from index.machine.cores import cores
from index.store.store import PARTS
from qa.record import as_json
from qa.terminal.command import DONE, FINDING, positive
from qa.terminal.console import Console, count

SENTENCES = 100_000
SAMPLE = 300


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `scale`, under the names of its parameters."""
    parser.add_argument(
        "--sentences", nargs="+", type=size, default=[SENTENCES], metavar="N", help="made libraries' sizes (100k)"
    )
    parser.add_argument("--uri", metavar="URI", help="a Milvus to load them into (default: what it would be sent)")
    parser.add_argument("--sets", nargs="+", type=Path, default=[], metavar="PATH", help="real text (the review)")
    parser.add_argument("--sample", type=positive, default=SAMPLE, metavar="N", help=f"sentences to encode ({SAMPLE})")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where sets lie (default: YINZHENG_DATA)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="other made sentences (0)")


def scale(
    console: Console,
    *,
    sentences: Sequence[int] = (SENTENCES,),
    uri: str | None = None,
    sets: Sequence[Path] = (),
    sample: int = SAMPLE,
    data: Path | None = None,
    seed: int = 0,
    with_json: bool = False,
) -> int:
    """Measure, and print tables or JSON; return the exit status, FINDING where a stage came to no end.

    InputError where a path is no set, EngineUnavailable where no server answers.
    """
    counted()
    paths, sizes = [str(found(path, data).resolve()) for path in sets], sorted(set(sentences))
    is_lite = uri is not None and made.is_lite(uri)
    with console.progress() as progress, TemporaryDirectory(prefix="yinzheng-scale-") as work:
        progress("real text", 0, len(sizes) + 1)
        try:
            text = Real(**apart(_real, {"paths": paths, "sample": sample}, Path(work), settings.STAGE_SECONDS, {}))
        except Failed as error:
            console.error(f"real text: {error}")
            return FINDING
        libraries = {}
        for number, chunks in enumerate(sizes, start=1):
            progress(f"{chunks:,} made sentences", number, len(sizes) + 1)
            libraries[chunks] = library(chunks, seed, uri)
    figures = [*of_text(text)], [*of_libraries(libraries, is_lite)]
    if with_json:
        plain = [one.to_json() for some in figures for one in some]
        print(as_json({"text": asdict(text), "libraries": libraries, "figures": plain}))
    else:
        _print(console, *figures, text, libraries, is_lite)
    failed = [f"{chunks:,} sentences: {one['failed']}" for chunks, one in libraries.items() if "failed" in one]
    for why in failed:
        console.error(why)
    return FINDING if failed else DONE


def _real(paths: Sequence[str], sample: int) -> dict[str, Any]:
    return asdict(real.measure(paths, sample))


def library(sentences: int, seed: int, uri: str | None) -> dict[str, Any]:
    """What was measured of a made library of so many sentences, stage by stage; up to one that has `failed`, if any."""
    measured: dict[str, Any] = {}
    with TemporaryDirectory(prefix="yinzheng-scale-") as work:
        folder = Path(work) / "index"
        documents.write_questions(Path(work), sentences, seed, settings.SCALE_QUESTIONS)
        job = {"folder": str(folder), "sentences": sentences, "seed": seed}

        def stage(name: str, function: Callable[..., Any], **more: Any) -> None:
            try:
                measured[name] = apart(function, {**job, **more}, Path(work), settings.STAGE_SECONDS, {})
            except Failed as error:
                raise Failed(f"{name}: {error}") from None

        try:
            stage("build", made.build)
            measured["kept"] = kinds(_files(folder))
            stage("ask", made.ask, questions=work)
            if uri is not None:
                stage("load", made.load, uri=uri)
                measured["kept there"] = kinds(_files(folder))
                stage("ask there", made.ask, questions=work, uri=uri)
                stage("add", made.add, uri=uri)
        except Failed as error:
            measured["failed"] = str(error)
        finally:
            if uri is not None:
                made.forget(folder, uri)
    return measured


def _files(folder: Path) -> dict[str, int]:
    """The sizes of an index's files but for its parts, by their names."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != PARTS)
    return {str(path.relative_to(folder)): path.stat().st_size for path in found}


def of_text(text: Real) -> Iterator[Figure]:
    """What hangs on the text."""
    encoded, own = text.encoded, text.sentences
    for kind, amount in text.kept.items():
        yield Figure("disk: documents' parts", kind, "bytes", {encoded: amount * encoded})
    yield Figure("a server is sent", "rows, at least", "bytes", {own: text.rows * own})
    yield Figure("time", "structure", "seconds", {own: text.reading * own})
    yield Figure("time", "finding terms", "seconds", {own: text.terms * own})
    for what, (seconds, cpu) in (("encoder", text.encoding), ("reading model", text.windows)):
        yield Figure("time", what, "seconds", {encoded: seconds * encoded})
        yield Figure("time", f"{what}, of the processor", "seconds", {encoded: cpu * encoded})


# What is measured of a made library: a group, what it is, and where it stands among what the stages measured.
_FIGURES: tuple[tuple[str, str, Unit, tuple[str, ...]], ...] = (
    ("memory", "building, in a folder", "bytes", ("build", "merging", "peak")),
    ("memory", "asking, in a folder", "bytes", ("ask", "own")),
    ("memory", "asking, pages of files", "bytes", ("ask", "file")),
    ("memory", "loading into Milvus, client", "bytes", ("load", "peak")),
    ("memory", "asking Milvus, client", "bytes", ("ask there", "own")),
    ("memory", "adding a document, client", "bytes", ("add", "peak")),
    ("time", "writing parts", "seconds", ("build", "writing", "seconds")),
    ("time", "building, in a folder", "seconds", ("build", "merging", "seconds")),
    ("time", "building, of the processor", "seconds", ("build", "merging", "cpu")),
    ("time", "loading, of the client's processor", "seconds", ("load", "cpu")),
    ("time", "adding, of the client's processor", "seconds", ("add", "cpu")),
)
# Of a server that is not milvus-lite.
_WAITED: tuple[tuple[str, str, Unit, tuple[str, ...]], ...] = (
    ("time", "loading", "seconds", ("load", "seconds")),
    ("time", "adding a document", "seconds", ("add", "seconds")),
)
_KEPT = (("disk: in a folder", "kept"), ("disk: beside Milvus", "kept there"))


def of_libraries(libraries: Mapping[int, Mapping[str, Any]], is_lite: bool) -> Iterator[Figure]:
    """What is measured of made libraries, by their sizes, as far as they came."""
    kept: list[tuple[str, str, Unit, tuple[str, ...]]] = [
        (group, kind, "bytes", (name, kind)) for group, name in _KEPT for kind in KINDS
    ]
    for group, what, unit, names in (*kept, *_FIGURES, *(() if is_lite else _WAITED)):
        by: dict[int, float] = {}
        for chunks, value in libraries.items():
            found: Any = value
            for name in names:
                found = (found or {}).get(name)
            if found is not None:
                by[chunks] = float(found)
        if by:
            yield Figure(group, what, unit, by, fixed=what == FIXED)


def _print(
    console: Console,
    of_text: Sequence[Figure],
    of_libraries: Sequence[Figure],
    text: Real,
    libraries: Mapping[int, Mapping[str, Any]],
    is_lite: bool,
) -> None:
    rows = []
    for one in of_text:
        ((of, amount),) = one.by.items()
        rows.append([one.group, one.what, f"{of:,}", shown(amount / of, one.unit), shown(one.of_a_million, one.unit)])
    console.table(("real text", "", "sentences", "a sentence", "a million"), rows)
    console.line()
    sizes = sorted(libraries)
    rows = []
    for one in of_libraries:
        measured = [shown(one.by[size], one.unit) if size in one.by else "–" for size in sizes]
        rows.append([one.group, one.what, *measured, shown(one.of_a_million, one.unit)])
    console.table(("made libraries", "", *(f"{size:,}" for size in sizes), "a million"), rows)
    console.line()
    for made_one in libraries.values():
        if "ask" in made_one:
            many = made_one["build"]["documents"]
            console.line(
                f"Of {count(many, 'document')}: {made_one['build']['listed'] / many:,.0f} bytes each in the manifest, "
                f"{made_one['ask']['files']:,} files open to ask."
            )
    console.line(
        f"Rows have {text.words[0]:.0f} different terms a sentence and {text.words[1]:.0f} a paragraph. Memory is what "
        f"came to a process that had imports, dictionaries and models already. A million: in proportion, or by the "
        f"straight line through the smallest and the largest size."
    )
    if is_lite:
        console.line("The server is milvus-lite: nothing of its own speed is shown.")
    console.line(f"Python {platform.python_version()}, {count(cores(), 'core')}")

"""What an index holds and what became of added files: lines for a terminal, plain data. `console` prints them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.dense.nearest import Kind
from index.engine.engine import OnServer
from index.shelf import Report, What
from index.store.entry import Entry
from qa.terminal.console import count

_SAID: dict[What, str] = {
    "added": "added",
    "updated": "updated",
    "removed": "removed",
    "gone": "gone",
    "failed": "not read",
    "unchanged": "unchanged",
}

# How the nearest vectors are found.
_KINDS: dict[Kind | OnServer, str] = {
    "flat": "compared one by one",
    "coded": "by codes, the best compared",
    "hnsw": "by a graph (HNSW), the best compared",
    "ivf-sq8": "by lists of codes (IVF_SQ8), the best compared",
    "diskann": "by a graph on disk (DiskANN), the best compared",
}

# What is shown otherwise than it stands, and is no slip.
_NO_SLIPS = frozenset(
    {"line break", "hyphenation", "soft hyphen", "markup", "table cell", "compatibility character", "exponent"}
    | {"raised after a digit"}
)


def contents(manifest: Mapping[str, Any]) -> str:
    """How many documents, paragraphs and sentences."""
    documents = manifest["documents"]
    paragraphs = sum(document["paragraphs"] for document in documents)
    sentences = sum(document["sentences"] for document in documents)
    counts = [(len(documents), "document"), (paragraphs, "paragraph"), (sentences, "sentence")]
    return ", ".join(count(number, noun) for number, noun in counts)


def info_lines(folder: Path, manifest: Mapping[str, Any], stale: str | None) -> Iterator[str]:
    """What an index holds and how it was made."""
    yield f"{folder}: {contents(manifest)}"
    yield f"format {manifest['format']}, encoder {manifest['encoder']}, fingerprint {manifest['fingerprint']}"
    if kinds := manifest.get("kinds"):
        said = (f"{name} {_KINDS[kind]}" for name, kind in zip(("sentences", "paragraphs"), kinds, strict=True))
        yield "vectors: " + "; ".join(said)
    if engine := manifest.get("engine"):
        yield f"on Milvus at {engine['uri']}, collection {engine.get('collection') or 'none yet'}"
    yield stale or "up to date"
    for value in manifest["documents"]:
        yield from _document_lines(Entry.from_json(value))


def _document_lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.id} ({entry.file}): {entry.title}"
    if not entry.listed:
        yield f"  {_kind(entry)}; {_size(entry)}"
        yield from (f"  {note}" for note in entry.notes)
    mended = {rule: times for rule, times in entry.repairs.items() if rule not in _NO_SLIPS}
    if mended:
        by_rule = sum(mended.values()) - mended.get("errata", 0)
        yield (
            f"  {sum(mended.values())} slips mended, {by_rule} by general rules, {mended.get('errata', 0)} by its "
            f"errata table; {entry.repairs.get('line break', 0)} line breaks joined"
        )
        for rule, times in mended.items():
            yield f"  {times:>5}  {rule}"


def _kind(entry: Entry) -> str:
    return entry.format.upper() + (f", {entry.encoding}" if entry.encoding and entry.encoding != "utf-8" else "")


def _size(entry: Entry) -> str:
    counts = [(entry.pages, "page"), (entry.paragraphs, "paragraph"), (entry.sentences, "sentence")]
    said = ", ".join(count(number, noun) for number, noun in counts if number)
    return said + (f"; {count(entry.references, 'paragraph')} of references, never quoted" if entry.references else "")


def report_lines(report: Report, folder: Path) -> Iterator[str]:
    """What became of every file but those that are unchanged; what failed comes last, each with its reason."""
    for outcome in report.of("added", "updated", "removed", "unchanged"):
        entry = outcome.entry
        if entry is not None:
            about = f"{entry.title} ({_kind(entry)}; {_size(entry)})"
            yield f"{_SAID[outcome.what]} {outcome.file} as {outcome.id}: {about}"
            yield from (f"  {note}" for note in entry.notes)
        elif outcome.what == "removed" or outcome.why:
            yield f"{_SAID[outcome.what]} {outcome.file}" + (f": {outcome.why}" if outcome.why else "")
    for outcome in report.of("gone"):
        yield f"gone {outcome.file}: {outcome.why}; `yinzheng index remove {outcome.id}` or `update --prune` removes it"
    for outcome in report.of("failed"):
        yield f"not read {outcome.file}: {outcome.why}"
    yield f"{folder}: {contents(report.manifest)}; {_summary(report)}"


def _summary(report: Report) -> str:
    counts = [(len(report.of(what)), said) for what, said in _SAID.items()]
    if report.passed_over:
        counts.append((report.passed_over, "of other kinds passed over"))
    return ", ".join(f"{number} {said}" for number, said in counts if number) or "nothing to do"


def report_record(report: Report) -> dict[str, Any]:
    """What became of every file, as plain data."""
    return {
        "files": [
            {"file": one.file, "status": one.what, "document": one.id or None, "reason": one.why or None}
            for one in report.outcomes
        ],
        "passed_over": report.passed_over,
        "documents": len(report.manifest["documents"]),
        "fingerprint": report.manifest["fingerprint"],
    }

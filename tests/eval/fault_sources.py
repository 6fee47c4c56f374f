"""Faults in what is indexed: sentences, paragraphs, files, and the index on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sown import Bench, Patch, copied, stored

from eval.run.record import Run
from index import opening
from index.corpus import Corpus
from index.library import Library
from index.records import Document, Paragraph
from index.structure import outline, sentences


def splitter_cuts_marks(bench: Bench, patch: Patch) -> None:
    """A sentence ends before its citation mark, which goes to the next one."""
    real = sentences.split
    mark = sentences.regex.compile(rf"{sentences.CITATION}[。.]$")

    def split(text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        begin = None
        for start, end in real(text):
            start, begin = begin or start, None
            if (match := mark.search(text, start, end)) and match.start() > start:
                begin, end = match.start(), match.start()
            found.append((start, end))
        return [*found, (begin, len(text.rstrip()))] if begin else found

    patch.setattr(outline.sentences, "split", split)


def splitter_cuts_commas(bench: Bench, patch: Patch) -> None:
    real = sentences.split

    def split(text: str) -> list[tuple[int, int]]:
        found = []
        for start, end in real(text):
            at = text.find("，", start, end)
            found += [(start, at + 1), (at + 1, end)] if start < at < end - 1 else [(start, end)]
        return found

    patch.setattr(outline.sentences, "split", split)


def _restructured(bench: Bench, patch: Patch, change: Callable[[Document], tuple[Paragraph, ...]]) -> None:
    real = Corpus.document

    def document(self: Corpus, source: Any) -> Document:
        found = real(self, source)
        return replace(found, paragraphs=change(found))

    patch.setattr(Corpus, "document", document)


def ids_shifted(bench: Bench, patch: Patch) -> None:
    """Paragraphs are counted from 0."""

    def change(document: Document) -> tuple[Paragraph, ...]:
        def moved(id: str) -> str:
            section, _, number = id.rpartition("-P")
            return f"{section}-P{int(number) - 1}"

        return tuple(replace(p, id=moved(p.id)) for p in document.paragraphs)

    _restructured(bench, patch, change)


def section_missing(bench: Bench, patch: Patch) -> None:
    """One section is not indexed."""
    _restructured(bench, patch, lambda d: tuple(p for p in d.paragraphs if p.section.number != "4"))


def paragraphs_merged(bench: Bench, patch: Patch) -> None:
    """Re-chunking: the paragraphs of a section become one. Its labels are orphaned, no answer is worse."""

    def change(document: Document) -> tuple[Paragraph, ...]:
        found: list[Paragraph] = []
        for p in document.paragraphs:
            if found and found[-1].section == p.section:
                joined = found[-1].sentences + p.sentences
                found[-1] = replace(found[-1], end=p.end, sentences=joined)
            else:
                found.append(p)
        return tuple(found)

    _restructured(bench, patch, change)


def source_edited(bench: Bench, patch: Patch) -> Run:
    """Somebody mends a figure in the source, and its hash, and builds again: labels are orphaned."""
    import hashlib

    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        path = folder / bench.corpus.sources[0].file
        old = path.read_bytes()
        new = old.replace(b"28.1%", b"28.2%")
        assert new != old
        path.write_bytes(new)
        entries = folder / "sources.toml"
        digests = [hashlib.sha256(data).hexdigest() for data in (old, new)]
        entries.write_text(entries.read_text(encoding="utf-8").replace(*digests), encoding="utf-8")
        corpus = Corpus(folder)
        return bench.asked(bench.built(corpus), corpus)


def source_swapped(bench: Bench, patch: Patch) -> Run:
    """The file under a good index is replaced: what is quoted stands there no longer."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        path = folder / bench.corpus.sources[0].file
        path.write_bytes(path.read_bytes()[3:])
        return bench.asked(bench.library, Corpus(folder))


def stale_index(bench: Bench, patch: Patch) -> Library:
    """The index was built with other settings than the program has now."""
    from index import settings as index_settings
    from qa.service import expected

    with tempfile.TemporaryDirectory() as name:
        folder = stored(bench, Path(name))
        patch.setattr(index_settings, "BM25_B", 0.75)
        return opening.read(folder, expected)


def damaged_vectors(bench: Bench, patch: Patch) -> Library:
    """One byte of the vectors is flipped on disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = stored(bench, Path(name))
        path = next(folder.glob("data-*/sentence-vector-rows.npy"))
        data = bytearray(path.read_bytes())
        data[-1] ^= 255
        path.write_bytes(bytes(data))
        return opening.read(folder)

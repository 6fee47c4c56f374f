"""`yinzheng-eval bench formats`: what is left of a document that was written in each format and read again."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from time import perf_counter

from eval.bench.files.written import Plain, Written, written
from index.formats import kinds
from index.formats.sandbox import Sandbox
from index.records import Document
from index.store import part
from index.store.part import Name
from index.text.tokens import squeezed
from qa.service import open_library
from qa.terminal.command import DONE
from qa.terminal.console import Console

COLUMNS = ("format", "headings", "paragraphs", "sentences", "words lost", "words gained", "pages", "ms")


def formats(console: Console, *, index: Path | None, document: str | None) -> int:
    """Print a row for each format: shares of headings with their depth, paragraphs and sentences that are as written.

    `document` is one of the library, its first where none is named.
    """
    with console.progress() as progress:
        library = open_library(index, progress)
        source = library.document(document) if document else library.documents[0]
        plain = Plain.of(source)
        rows = []
        with Sandbox() as sandbox:
            for number, one in enumerate(written(plain)):
                progress("reading", number, 9)
                rows.append(_row(one, plain, sandbox))
    console.table(COLUMNS, rows)
    return DONE


def _row(one: Written, plain: Plain, sandbox: Sandbox) -> list[str]:
    kind = kinds.kind(one.file, one.data)
    sandbox.read(one.data, kind)  # its reader is loaded
    begun = perf_counter()
    extract = sandbox.read(one.data, kind)
    taken = perf_counter() - begun
    found = part.document(Name("paper", one.file, "", "0" * 64), extract)
    shares = [
        _kept(_headings(plain), _found_headings(found)),
        _kept([squeezed(text) for level, text in plain.parts if not level], _paragraphs(found)),
        _kept(_sentences(plain), _found_sentences(found)),
    ]
    words, read = _words(plain), _found_words(found)
    return [
        one.name,
        *(f"{share:.3f}" for share in shares),
        f"{1 - _kept(words, read):.4f}",
        f"{1 - _kept(read, words):.4f}",
        str(len(extract.places.sizes)) if extract.places else "–",
        f"{1000 * taken:.0f}",
    ]


def _kept(wanted: Sequence[object], found: Sequence[object]) -> float:
    """The share of what is wanted that was found, in its order; 1 where nothing is wanted."""
    matcher = SequenceMatcher(None, wanted, found, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(wanted) if wanted else 1.0


def _headings(plain: Plain) -> list[tuple[int, str]]:
    return [(level - 1, squeezed(text)) for level, text in plain.parts if level]


def _found_headings(document: Document) -> list[tuple[int, str]]:
    return [
        (len(section.titles), squeezed(section.titles[-1])) for section, _ in document.sections() if section.heading
    ]


def _paragraphs(document: Document) -> list[str]:
    return [squeezed(document.display(one.start, one.end)) for one in document.paragraphs]


def _sentences(plain: Plain) -> list[str]:
    from index.structure.sentences import split

    return [squeezed(text[a:b]) for level, text in plain.parts if not level for a, b in split(text)]


def _found_sentences(document: Document) -> list[str]:
    return [squeezed(document.display(s.start, s.end)) for one in document.paragraphs for s in one.sentences]


def _words(plain: Plain) -> list[str]:
    """Each letter and digit: where words end is what typesetting changes."""
    return list("".join(squeezed(text) for _, text in plain.parts))


def _found_words(document: Document) -> list[str]:
    parts = []
    for section, paragraphs in document.sections():
        if section.heading:
            parts.append(section.titles[-1])
        parts += [document.display(one.start, one.end) for one in paragraphs]
    return list("".join(map(squeezed, parts)))

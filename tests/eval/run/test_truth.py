"""Quotes held against the files: word for word, and whole sentences of the paragraph they are cited to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eval.run.truth import Truth
from index.corpus import Corpus
from index.library import Library
from index.originals import Originals
from qa.answering.answer import ask
from qa.answering.quotes import Quote

WHO = "CAAR-NK 细胞是谁构建的？"


@pytest.fixture(scope="module")
def quote(library: Library) -> Quote:
    return ask(library, WHO).quotes[0]


@pytest.fixture(scope="module")
def truth(corpus: Corpus) -> Truth:
    return Truth(Originals(corpus))


def moved(quote: Quote, by: int, end: int | None = None) -> Quote:
    """The quote with its start, and its end, unless that is given apart, so many characters further on."""
    start, end = quote.start + by, quote.end + (by if end is None else end)
    document = quote.document
    return replace(quote, start=start, end=end, raw=document.source[start:end], text=document.display(start, end))


@pytest.mark.parametrize(
    ("change", "verbatim", "placed"),
    [
        pytest.param(lambda q: q, True, True, id="as it is"),
        pytest.param(lambda q: replace(q, text=q.text.lower()), False, True, id="another text"),
        pytest.param(lambda q: replace(q, text=q.text + " "), False, True, id="a space more"),
        pytest.param(lambda q: moved(q, 1), True, False, id="both ends in a sentence"),
        pytest.param(lambda q: moved(q, 1, 0), True, False, id="its start in a sentence"),
        pytest.param(lambda q: moved(q, 0, -1), True, False, id="its end in a sentence"),
        pytest.param(
            lambda q: replace(q, paragraph=q.document.paragraphs[0]), True, False, id="another paragraph's sentence"
        ),
        pytest.param(
            lambda q: replace(q, paragraph=replace(q.paragraph, id="9-P9")), True, False, id="no such paragraph"
        ),
        pytest.param(
            lambda q: replace(q, document=replace(q.document, sha256="0" * 64)), False, False, id="another file"
        ),
    ],
)
def test_what_is_verbatim_and_placed(
    quote: Quote, truth: Truth, change: Callable[[Quote], Quote], verbatim: bool, placed: bool
) -> None:
    shown = truth.shown(change(quote))
    assert (shown.verbatim, shown.placed) == (verbatim, placed)


def copied(corpus: Corpus, folder: Path) -> Path:
    for path in corpus.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_a_file_that_has_changed_under_the_index(quote: Quote, corpus: Corpus, tmp_path: Path) -> None:
    path = copied(corpus, tmp_path) / corpus.sources[0].file
    path.write_bytes(path.read_bytes() + b"\n")
    shown = Truth(Originals(Corpus(tmp_path))).shown(quote)
    assert (shown.verbatim, shown.placed, shown.text) == (False, False, quote.text)


def test_a_file_that_is_gone(quote: Quote, corpus: Corpus, tmp_path: Path) -> None:
    (copied(corpus, tmp_path) / corpus.sources[0].file).unlink()
    assert Truth(Originals(Corpus(tmp_path))).shown(quote).verbatim is False


def test_a_document_that_the_corpus_lists_no_longer(quote: Quote, truth: Truth) -> None:
    other = replace(quote, document=replace(quote.document, id="other"))
    assert truth.shown(other).verbatim is False

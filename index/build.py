"""From a folder of sources to an index on disk, with progress.

The new index is made beside the old one and replaces it at the end, so a source or an encoder that fails
leaves the index as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import chunks, encoder, glossary, library, settings
from index import model as reading
from index.corpus import Corpus
from index.dense import Dense
from index.encoder import Encoder, Vectors
from index.glossary import Glossary
from index.late import Late
from index.library import Library
from index.records import Document
from index.store import Store
from index.tokens import Tokenizer

# Called with what is being done, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]

# Passages encoded between two reports of progress.
BATCH = 8


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


def build(
    corpus: Corpus,
    folder: Path,
    encoder_name: str = settings.ENCODER,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Build the index of `corpus` in `folder` and return its manifest.

    Raises SourceError, EncoderError or IndexUnwritable; the old index is then untouched.
    """
    store = Store(folder)
    with store.writing() as fresh:
        documents = []
        for number, source in enumerate(corpus.sources):
            progress("reading", number, len(corpus.sources))
            documents.append(corpus.document(source))
        progress("reading", len(documents), len(documents))
        made = make(documents, encoder.load(encoder_name), progress)
        progress("writing", 0, 1)
        library.write(made, fresh, corpus)
        core = {
            **library.expectation(corpus, encoder_name),
            "folder": str(corpus.folder.resolve()),
            "dim": made.encoder.dim,
            "documents": [_summary(document) for document in documents],
        }
        manifest = store.commit(fresh, core)
        progress("writing", 1, 1)
    return manifest


def make(documents: Sequence[Document], model: Encoder, progress: Progress = silent) -> Library:
    """The index of these documents, in memory."""
    progress("terms", 0, 1)
    pairs = glossary.mine(documents)
    words = chunks.vocabulary(pairs)
    tokenizer = Tokenizer(words + chunks.compounds(documents, Tokenizer(words)))
    sentences, paragraphs = chunks.rows(documents)
    row_texts = [chunks.sentence_text(row) for row in sentences]
    paragraph_texts = [chunks.paragraph_text(*pair) for pair in paragraphs]
    seen = {term for text in paragraph_texts for term in tokenizer.terms(text)}
    pairs += glossary.dictionary(
        {term for term in seen if not term.isascii()}, {term for term in seen if term.isascii()}
    )
    both = Glossary(pairs)
    row_languages = [row.paragraph.language for row in sentences]
    paragraph_languages = [paragraph.language for _, paragraph in paragraphs]
    terms = (
        [chunks.terms(text, of, tokenizer, both) for text, of in zip(row_texts, row_languages, strict=True)],
        [
            chunks.terms(text, of, tokenizer, both)
            for text, of in zip(paragraph_texts, paragraph_languages, strict=True)
        ],
    )
    progress("terms", 1, 1)
    plain = [row.text for row in sentences]
    texts = plain + row_texts + paragraph_texts
    vectors = _encode(model, texts, progress)
    n = len(sentences)
    dense = Dense.build(
        model,
        (_between(vectors[:n], vectors[n : 2 * n]), row_languages),
        (vectors[2 * n :], paragraph_languages),
    )
    late = Late.build(reading.load(), sentences, lambda done, total: progress("windows", done, total))
    made = Library(documents, tokenizer, both, terms, dense, late, model.name)
    made.encoder = model
    return made


def _between(plain: Vectors, titled: Vectors) -> Vectors:
    """A sentence's vector: half by itself, half after its title (each alone is worse, see `settings`)."""
    return ((plain + titled) / 2).astype(np.float32)


def _encode(model: Encoder, texts: list[str], progress: Progress) -> Vectors:
    """Each text's vector, equal texts encoded once."""
    distinct = list(dict.fromkeys(texts))
    found: list[Vectors] = []
    for at in range(0, len(distinct), BATCH):
        progress("encoding", at, len(distinct))
        found.append(model.passages(distinct[at : at + BATCH]))
    progress("encoding", len(distinct), len(distinct))
    place = {text: row for row, text in enumerate(distinct)}
    return np.concatenate(found)[[place[text] for text in texts]]


def _summary(document: Document) -> dict[str, Any]:
    """What the manifest says of a document."""
    edits: dict[str, int] = {}
    for edit in document.edits:
        edits[edit.rule] = edits.get(edit.rule, 0) + 1
    return {
        "id": document.id,
        "file": document.file,
        "title": document.title,
        "language": document.language,
        "sha256": document.sha256,
        "paragraphs": len(document.paragraphs),
        "sentences": sum(len(p.sentences) for p in document.paragraphs),
        "repairs": dict(sorted(edits.items())),
    }

"""Opening the index for whoever asks: where it lies, and when it is built by itself.

The default index is ours and is built or rebuilt when it is missing or stale. One that the user named
is never touched unasked.
"""

from __future__ import annotations

import os
from pathlib import Path

from index import library, settings
from index.build import Progress, build, silent
from index.corpus import Corpus
from index.errors import IndexMissing, IndexStale, SourceError, StoreError
from index.library import Library
from index.store import Store


def default_index() -> Path:
    """`YINZHENG_INDEX`, or a folder in the user's cache."""
    if named := os.environ.get("YINZHENG_INDEX"):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("yinzheng") / "index"


def open_library(folder: Path | None = None, progress: Progress = silent) -> Library:
    """The index in `folder`, or the default one, which is built first where need be.

    Raises SourceError, StoreError or EncoderError.
    """
    if folder is not None:
        return library.read(folder, expected(folder))
    folder = default_index()
    named = Store(folder).sources()
    corpus = Corpus(Path(named) if named and Path(named).is_dir() else None)
    try:
        return library.read(folder, library.expectation(corpus, encoder_of(folder)))
    except StoreError:
        build(corpus, folder, encoder_of(folder), progress)
        return library.read(folder)


def expected(folder: Path) -> dict[str, object]:
    """What an up-to-date manifest of this index would say, its own sources and encoder kept."""
    return library.expectation(corpus_of(folder), encoder_of(folder))


def corpus_of(folder: Path) -> Corpus:
    """The sources an index was built from; those that come with the package where it does not say."""
    named = Store(folder).sources()
    return Corpus(Path(named) if named else None)


def encoder_of(folder: Path) -> str:
    """The encoder an index was built with, or the default where there is none."""
    try:
        return str(Store(folder).manifest()["encoder"])
    except (StoreError, KeyError):
        return settings.ENCODER


def staleness(folder: Path) -> str | None:
    """Why the index in `folder` is stale, or None."""
    manifest = Store(folder).manifest()
    try:
        library.compare(manifest, expected(folder), folder)
    except IndexStale as error:
        return str(error)
    return None


def findings(folder: Path) -> list[str]:
    """Everything wrong with the index in `folder`; IndexMissing when there is none.

    Every file is hashed and read; every sentence is read back from its source.
    """
    found: list[str] = []
    try:
        if stale := staleness(folder):
            found.append(stale)
        opened = library.read(folder)
    except IndexMissing:
        raise
    except StoreError as error:
        return [*found, str(error)]
    except SourceError as error:
        return [*found, str(error)]
    counts = {len(opened.rows), len(opened.terms[0]), opened.dense.sizes[0]}
    if len(counts) > 1 or len({len(opened.paragraphs), len(opened.terms[1]), opened.dense.sizes[1]}) > 1:
        found.append(f"the index in {folder} has rows, terms and vectors of different numbers")
    for document in opened.documents:
        if document.display(0, len(document.source)) != document.repaired.text.strip():
            found.append(f"{document.file}: its repairs do not fit its text")
    return found

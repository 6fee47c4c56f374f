"""Opening the index for whoever asks: where it lies, and when it is built by itself.

The default index is ours and is built or rebuilt when it is missing or stale. One that the user named
is never touched unasked.
"""

from __future__ import annotations

import os
import shlex
import tomllib
from pathlib import Path

import platformdirs

from index import library, settings
from index.build import build, silent
from index.corpus import Corpus
from index.errors import IndexEmpty, IndexMissing, IndexStale, InputError, SourceError, StoreError
from index.library import Library
from index.originals import Originals
from index.part import Progress
from index.shelf import Shelf
from index.store import Store


def default_index() -> Path:
    """`YINZHENG_INDEX`, or the `index` of the user's `config.toml`, or a folder in the user's cache."""
    if named := os.environ.get("YINZHENG_INDEX"):
        return _folder(named, "YINZHENG_INDEX")
    return configured_index() or platformdirs.user_cache_path("yinzheng") / "index"


def config_file() -> Path:
    """Where the user's settings are looked for."""
    return platformdirs.user_config_path("yinzheng") / "config.toml"


def configured_index() -> Path | None:
    """The folder that `config.toml` names, from its own folder if it is relative; InputError for a malformed file."""
    path = config_file()
    try:
        config = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read ({error})", "correct or delete that file") from None
    unknown = sorted(set(config) - {"index"})
    if unknown or not isinstance(config.get("index", ""), str):
        found = f"has the key {unknown[0]!r}" if unknown else "names an index that is no text"
        raise InputError(f"{path} {found}", 'expected one line such as index = "~/papers"')
    named = config.get("index")
    return path.parent / _folder(named, str(path)) if named else None


def _folder(named: str, where: str) -> Path:
    """The folder of that name, which may begin with a user's `~`."""
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise InputError(f"{where} names {named!r}, of a user that there is not", "name another folder") from None


def open_library(folder: Path | None = None, progress: Progress = silent) -> Library:
    """The index in `folder`, or the default one, which is built first where need be.

    Raises SourceError, StoreError or EncoderError.
    """
    if folder is not None:
        return library.read(folder, expected(folder))
    folder = default_index()
    try:
        return library.read(folder, expected(folder))
    except IndexEmpty:
        raise
    except (StoreError, SourceError):
        corpus = corpus_of(folder)
        if corpus is not None and not corpus.folder.is_dir():
            corpus = Corpus()
        build(corpus, folder, encoder_of(folder), progress)
        return library.read(folder)


def expected(folder: Path) -> dict[str, object]:
    """What an up-to-date manifest of this index would say, its own sources and encoder kept."""
    return library.expectation(corpus_of(folder), encoder_of(folder), Store(folder).core()["removed"])


def corpus_of(folder: Path) -> Corpus | None:
    """The sources an index was built from: none where files were added only, the package's where it does not say."""
    store = Store(folder)
    named = store.sources()
    if named is None and store.begun:
        return None
    return Corpus(Path(named) if named else None)


def shelf(folder: Path | None, progress: Progress = silent, encoder: str | None = None) -> Shelf:
    """The documents of the index in `folder`, to be changed; of the default one where none is named.

    A new folder of the user's own begins empty, the default one with the documents that come with the package.
    `encoder` is for a new one; InputError where there is one already with another.
    """
    place = folder or default_index()
    corpus = corpus_of(place) if folder is None or Store(place).begun else None
    own = encoder_of(place)
    if encoder not in (None, own) and Store(place).begun:
        raise InputError(
            f"the index in {place} is made with the encoder {own}",
            f"run `yinzheng index build --index {shlex.quote(str(place))} --encoder {encoder}` to change it",
        )
    return Shelf(place, corpus, encoder or own, progress)


def originals(folder: Path | None) -> Originals:
    """The documents of an index as their files are now."""
    place = folder or default_index()
    return Originals(corpus_of(place), Store(place).entries())


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
    store = Store(folder)
    try:
        if stale := staleness(folder):
            found.append(stale)
        opened = library.read(folder)
    except (IndexMissing, IndexEmpty):
        raise
    except StoreError as error:
        return [*found, str(error)]
    except SourceError as error:
        return [*found, str(error)]
    if left := store.leftovers(store.manifest()):
        found.append(f"{folder} holds what a killed build left ({len(left)}); {store.rebuild}")
    counts = {len(opened.rows), len(opened.terms[0]), opened.dense.sizes[0]}
    if len(counts) > 1 or len({len(opened.paragraphs), len(opened.terms[1]), opened.dense.sizes[1]}) > 1:
        found.append(f"the index in {folder} has rows, terms and vectors of different numbers")
    for document in opened.documents:
        if document.display(0, len(document.source)) != document.repaired.text.strip():
            found.append(f"{document.file}: its repairs do not fit its text")
    return found

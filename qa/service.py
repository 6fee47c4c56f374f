"""Opening the index for whoever asks: where it lies, and when it is built by itself.

The default index is ours and is built or rebuilt when it is missing or stale. One that the user named
is never touched unasked.
"""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from index import opening, settings
from index.build import build, silent
from index.corpus import Corpus
from index.errors import (
    IndexDamaged,
    IndexEmpty,
    IndexMissing,
    IndexStale,
    IndexTooLarge,
    InputError,
    SourceError,
    StoreError,
)
from index.library import Library
from index.milvus.server import checked
from index.originals import Originals
from index.shelf import Shelf
from index.store.manifest import COPY, Manifest
from index.store.manifest import FILE as MANIFEST
from index.store.part import Progress
from index.store.store import Store


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

    Raises SourceError, StoreError or EncoderError; IndexDamaged for the default one only where neither its manifest nor
    the copy of it can be read.
    """
    if (found := as_it_lies(folder)) is not None:
        return found
    folder = default_index()
    said = Store(folder).said
    moved = said.get("folder") and not Path(said["folder"]).is_dir()
    build(corpus_of({} if moved else said), folder, encoder_of(said), progress)
    return opening.read(folder)


def as_it_lies(folder: Path | None = None) -> Library | None:
    """The index in `folder`, or the default one; None where the latter has to be built first.

    Raises what `open_library` raises but for what goes wrong in building.
    """
    if folder is not None:
        return opening.read(folder, expected)
    folder = default_index()
    try:
        return opening.read(folder, expected)
    except (IndexEmpty, IndexTooLarge):
        raise
    except (StoreError, SourceError) as error:
        if isinstance(error, IndexDamaged) and not Store(folder).said:
            raise  # what was added is known no more: whoever added it is to know of that before it is built anew
        return None


def expected(said: Manifest) -> dict[str, object]:
    """What the manifest that says so would say if it were up to date, its own sources and encoder kept."""
    return opening.expectation(corpus_of(said), encoder_of(said), said.get("removed", ()))


def corpus_of(said: Manifest) -> Corpus | None:
    """The sources an index was built from: none where files were added only, the package's where there is none."""
    folder = said.get("folder")
    return None if said and folder is None else Corpus(Path(folder) if folder else None)


def shelf(
    folder: Path | None,
    progress: Progress = silent,
    encoder: str | None = None,
    engine: Mapping[str, str] | None = None,
) -> Shelf:
    """The documents of the index in `folder`, to be changed; of the default one where none is named.

    A new folder of the user's own begins empty, the default one with the documents that come with the package.
    `encoder` and `engine` (see `engine_of`) are for a new one; InputError where there is one already with another.
    """
    place = folder or default_index()
    said = Store(place).said
    corpus = corpus_of(said) if folder is None or said else None
    own = encoder_of(said)
    if encoder not in (None, own) and said:
        raise InputError(
            f"the index in {place} is made with the encoder {own}",
            f"run `yinzheng index build --index {shlex.quote(str(place))} --encoder {encoder}` to change it",
        )
    if engine is not None and said and server_of(said) != engine.get("uri"):
        raise InputError(
            f"the index in {place} lies on {server_of(said) or 'no server'}",
            f"run `yinzheng index build --index {shlex.quote(str(place))} --engine …` to move it",
        )
    return Shelf(place, corpus, encoder or own, progress, engine=engine)


def originals(folder: Path | None) -> Originals:
    """The documents of an index as their files are now."""
    store = Store(folder or default_index())
    return Originals(corpus_of(store.said), store.entries())


def encoder_of(said: Manifest) -> str:
    """The encoder an index was built with, or the default where there is none."""
    return str(said.get("encoder", settings.ENCODER))


def engine_of(name: str | None, uri: str | None) -> dict[str, str] | None:
    """The engine of that name, `milvus` at an address or `embedded`, as `build` takes it; None where none is named.

    InputError where the address is missing or one too many.
    """
    if name == "milvus":
        if uri is None:
            raise InputError("--engine milvus needs an address", "add --uri, such as --uri http://127.0.0.1:19530")
        return {"name": name, "uri": checked(uri)}
    if uri is not None:
        raise InputError(f"--uri {checked(uri)} is the address of no engine", "add --engine milvus")
    return None if name is None else {}


def server_of(said: Manifest) -> str | None:
    """The address of the server that an index lies on; None for one in its own folder."""
    return (said.get("engine") or {}).get("uri")


def staleness(folder: Path) -> str | None:
    """Why the index in `folder` is stale, or None."""
    manifest = Store(folder).manifest()
    try:
        opening.compare(manifest, expected(manifest), folder)
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
        store.check(store.manifest())
        opened = opening.read(folder)
        opened.engine.check()
    except (IndexMissing, IndexEmpty):
        raise
    except StoreError as error:
        return [*found, str(error)]
    except SourceError as error:
        return [*found, str(error)]
    if left := store.leftovers(store.manifest()):
        found.append(f"{folder} holds what a killed build left ({len(left)}); {store.rebuild}")
    if not store.copied():
        found.append(f"{folder / COPY} is not the same as {MANIFEST}; {store.rebuild}")
    for document in opened.documents:
        _ = document.places  # unpacked only when it is needed, so that nothing has looked at it yet
        if document.display(0, len(document.source)) != document.repaired.text.strip():
            found.append(f"{document.file}: its repairs do not fit its text")
    return found

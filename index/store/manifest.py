"""What an index says of itself: its format, settings, encoder, documents, and the sum of every data file.

Its fingerprint tells one index from another, wherever they lie; its sum covers every word of it, so that no flipped bit
goes unseen. `store` reads and replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any, get_args

import regex

from index.dense.nearest import Kind
from index.disk.sums import Sum
from index.engine.engine import OnServer
from index.errors import IndexTooLarge
from index.store.entry import Entry

FILE, COPY = "manifest.json", "manifest.copy.json"
# Bytes that are read of it at most; it has some 600 for a document, and 1 for each 1,000 of the data files.
BYTES_MAX = 200_000_000
# What the user has said, which outlives a build. The folder of sources.toml, if any; the folders whose files were
# added; which listed documents were removed, by their ids, and which files of those folders, by the SHA-256 of their
# paths.
# How the nearest vectors are to be found, by their number if it is not said.
# Which server they lie on, `{"name": "milvus", "uri": …, "collection": …}`; in this folder if it is not said.
NOTHING_SAID: dict[str, Any] = {
    "folder": None,
    "vectors": None,
    "engine": None,
    "roots": [],
    "removed": [],
    "left_out": [],
}

_DATA = regex.compile(r"data-[0-9a-f]{16}")

Manifest = dict[str, Any]


def signed(manifest: Manifest) -> Manifest:
    """A manifest with its fingerprint and its sum."""
    named = {**manifest, "fingerprint": fingerprint(manifest)}
    return {**named, "sum": _sum(named)}


def fingerprint(manifest: Manifest) -> str:
    """16 hexadecimal digits over what an index is: not over where its sources were read and what was said of them."""
    core = {key: value for key, value in manifest.items() if key not in ("fingerprint", "sum", *NOTHING_SAID)}
    if isinstance(documents := core.get("documents"), list):
        core["documents"] = [
            {key: value for key, value in one.items() if key != "path"} if isinstance(one, dict) else one
            for one in documents
        ]
    return _digest(core)[:16]


def fit(manifest: Manifest) -> None:
    """Raise IndexTooLarge where a manifest, or what there is of one, could not be read again."""
    size, count = len(to_bytes(manifest)), len(manifest["documents"])
    if size > BYTES_MAX:
        raise IndexTooLarge(
            f"the manifest of {count} documents has {size:,} bytes, expected at most {BYTES_MAX:,}",
            "make indexes of fewer documents; what was encoded is kept",
        )


def is_signed(manifest: Manifest) -> bool:
    """Whether a manifest is, word for word, what `signed` made."""
    return manifest.get("sum") == _sum(manifest)


def is_said(manifest: Manifest) -> bool:
    """Whether a manifest has what the user has said, as far as it has that at all, in the form of `NOTHING_SAID`."""
    lists = [manifest.get(key, []) for key, nothing in NOTHING_SAID.items() if nothing is not None]
    return (
        "folder" in manifest
        and isinstance(manifest["folder"], str | None)
        and manifest.get("vectors") in (None, *get_args(Kind), *get_args(OnServer))
        and _is_engine(manifest.get("engine"))
        and all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in lists)
    )


def _is_engine(said: Any) -> bool:
    """Whether something says which server an index lies on, or that it lies on none."""
    return said is None or (
        isinstance(said, dict)
        and set(said) <= {"name", "uri", "collection"}
        and all(isinstance(text, str) for text in said.values())
        and said.get("name") == "milvus"
        and "uri" in said
    )


def is_whole(manifest: Manifest) -> bool:
    """Whether a manifest has all that is read of it, and names no file outside its folder."""
    try:
        for value in manifest["files"].values():
            Sum.from_json(value)
        names = [*manifest["files"], *(Entry.from_json(value).part for value in manifest["documents"])]
        return (
            is_said(manifest)
            and _DATA.fullmatch(manifest["data"]) is not None
            and all(isinstance(text, str) for text in (manifest["encoder"], manifest["fingerprint"], *names))
            and all(os.path.basename(name) == name not in ("", ".", "..") for name in names)
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def named(manifest: Manifest) -> set[str]:
    """The data folder and the parts that a manifest names."""
    documents = (one for one in manifest.get("documents", ()) if isinstance(one, dict))
    return {str(name) for name in (manifest.get("data"), *(one.get("part") for one in documents))}


def to_bytes(manifest: Manifest) -> bytes:
    """A manifest's file; a name that is no text is kept as Python has it."""
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _sum(manifest: Manifest) -> str:
    """The SHA-256 of a manifest, but for this sum itself."""
    return _digest({key: value for key, value in manifest.items() if key != "sum"})


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

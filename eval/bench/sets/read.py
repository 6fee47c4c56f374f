"""A set at a path, of whatever format; `collection` says what it holds."""

from __future__ import annotations

import os
from pathlib import Path

from eval.bench.sets import beir, squad
from eval.bench.sets.collection import Collection
from eval.bench.sets.entry import EXPECTED
from index.errors import InputError


def found(path: Path, data: Path | None) -> Path:
    """The path itself, or where it is in `data`, or in the folder that YINZHENG_DATA names."""
    if path.exists():
        return path
    named = os.environ.get("YINZHENG_DATA")
    folder = data or (Path(named).expanduser() if named else None)
    if folder is None or path.is_absolute():
        raise InputError(f"no set {path}", "name one that is there, or the folder it lies in with --data DIR")
    if not (folder / path).exists():
        raise InputError(f"no set {path}, nor {folder / path}", "name one that is there")
    return folder / path


def read(path: Path, articles: int | None = None) -> Collection:
    """The set at a path, of whatever format, or its first `articles` articles with their questions."""
    if beir.is_folder(path):
        return beir.read(path, articles)
    if path.is_dir():
        raise InputError(f"{path} has no corpus.jsonl", EXPECTED)
    return squad.read(path, articles)

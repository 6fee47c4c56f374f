"""An index that does not fit: said before anything is tried, and nothing is harmed."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index import opening
from index.build import build
from index.corpus import Corpus
from index.errors import IndexTooLarge
from index.machine import memory
from index.store import store


def test_what_is_available_is_told_on_linux() -> None:
    found = memory.available()
    assert found is None or found > 1_000_000
    if sys.platform == "linux":
        assert found is not None


def test_a_limit_on_the_process_counts() -> None:
    code = (
        "import resource; from index.machine import memory; before = memory.available();"
        "resource.setrlimit(resource.RLIMIT_AS, (900_000_000, resource.RLIM_INFINITY));"
        "assert memory.available() < 900_000_000, memory.available(); assert before > 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0.0 MB"), (1_500_000, "1.5 MB"), (480_000_000, "0.5 GB"), (24e9, "24.0 GB")]
)
def test_sizes_as_people_write_them(size: int, said: str) -> None:
    assert memory.said(size) == said


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_index_larger_than_memory_is_not_searched(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 10)
    with pytest.raises(IndexTooLarge, match=r"takes \d\.\d MB of memory, 0\.0 MB are free; close what else is running"):
        opening.read(built)
    monkeypatch.setattr(memory, "available", lambda: None)  # where the system does not tell
    assert opening.read(built).rows


def test_a_build_larger_than_memory_leaves_the_old_index(
    built: Path, tmp_path: Path, hashed_encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    shutil.copytree(built, folder)
    before = files(folder)
    monkeypatch.setattr(memory, "available", lambda: 10)
    with pytest.raises(IndexTooLarge, match=r"to build this index takes .* what was encoded is kept"):
        build(Corpus(built.parent / "corpus"), folder, hashed_encoder, vectors="coded")
    assert files(folder) == before
    monkeypatch.setattr(memory, "available", lambda: 1_000_000_000)
    assert len(opening.read(folder).rows) == 6
    assert build(Corpus(built.parent / "corpus"), folder, hashed_encoder, vectors="coded")["kinds"] == [
        "coded",
        "coded",
    ]
    assert opening.read(folder).engine.kinds == ("coded", "coded")


def test_more_documents_than_files_may_be_open(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))

    monkeypatch.setattr(store, "File", full)
    with pytest.raises(IndexTooLarge, match=r"more files than may be open at once .*ulimit -n"):
        opening.read(built)

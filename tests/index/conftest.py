"""A made-up corpus and a made-up encoder, so that indexes are built in a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from hashed import Hashed, small_dictionary

from index.build import build
from index.corpus import Corpus
from index.dense import encoder as encoders
from index.lexical import glossary

# The first example loads dictionaries; a slow machine is no failure.
hypothesis.settings.register_profile("index", deadline=None)
hypothesis.settings.load_profile("index")

PAPER = """[摘要] 海藻可以吸收二氧化碳。本文介绍两种海藻(seaweed)的养殖方法。
一、养殖方法
大型海藻(macroalgae, MA)在春季下水，每公顷产量为12.5吨［1］。冬季的产量较低。
1.水温的影响：水温高于25℃时，海藻停止生长［2］。
二、结语
海藻养殖仍需改进。
"""


def entry(data: bytes, **changes: str) -> str:
    """One entry of sources.toml; `changes` overrides its values, an empty one drops the key."""
    values = {
        "id": "paper",
        "file": "paper.txt",
        "title": "[海藻]",
        "language": "zh",
        "origin": "made up",
        "sha256": hashlib.sha256(data).hexdigest(),
    } | changes
    return "\n".join(["[[source]]", *(f'{key} = "{value}"' for key, value in values.items() if value)]) + "\n"


@pytest.fixture(scope="session")
def make_corpus() -> Callable[..., Path]:
    """A function that writes a corpus of one file, paper.txt, into a new folder and returns it."""

    def make(folder: Path, text: str | bytes = PAPER, errata: str | None = None, **changes: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        data = text.encode() if isinstance(text, str) else text
        (folder / "paper.txt").write_bytes(data)
        (folder / "sources.toml").write_text(entry(data, **changes), encoding="utf-8")
        if errata is not None:
            table = "line\traw\tcorrected\tcertainty\treason\n" + errata
            (folder / "paper.txt.errata.tsv").write_text(table, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Hashed:
    """The made-up encoder, and a small dictionary."""
    monkeypatch.setattr(glossary, "cedict", small_dictionary)
    return Hashed()


@pytest.fixture
def hashed_encoder(hashed: Hashed, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name by which builds and libraries get the made-up encoder."""
    real = encoders.load
    monkeypatch.setattr(encoders, "load", lambda name: hashed if name == "hashed" else real(name))
    return "hashed"


def build_index(corpus: Path, folder: Path) -> Path:
    """Build an index with the made-up encoder and the small dictionary."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(glossary, "cedict", small_dictionary)
        patch.setattr(encoders, "load", lambda name: Hashed())
        build(Corpus(corpus), folder, "hashed")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, make_corpus: Callable[..., Path]) -> Path:
    """The folder of a good index, not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    return build_index(make_corpus(folder / "corpus"), folder / "index")


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory, make_corpus: Callable[..., Path]) -> Path:
    """The folder of an index of another document, of the same size and structure."""
    folder = tmp_path_factory.mktemp("other")
    return build_index(make_corpus(folder / "corpus", PAPER.replace("海藻", "海带")), folder / "index")

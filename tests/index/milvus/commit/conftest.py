"""An index of a few papers in a folder, and on a server that is a stand-in, each a test's own."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from committed import At
from few_papers import dictionary, write
from hashed import Hashed
from in_memory import ENGINE, StandIn, Table, standing

from index.build import build
from index.dense import encoder as encoders
from index.formats.sandbox import Sandbox
from index.lexical import glossary
from index.milvus import load
from index.shelf import Shelf


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> tuple[Path, Path, dict[str, Table]]:
    """The papers, an embedded index, one on a server, and what lies on that server; all to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "load", lambda name: Hashed())
        patch.setattr(glossary, "cedict", dictionary)
        at = standing(patch)
        Shelf(folder / "embedded", None, "hashed", sandbox=sandbox).add([write(folder / "papers")])
        (folder / "embedded" / load.ID).write_text("0123abcd")
        shutil.copytree(folder / "embedded", folder / "served")
        build(None, folder / "served", "hashed", engine=ENGINE)
        return folder / "embedded", folder / "served", at(ENGINE["uri"]).tables


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """The servers, which are empty; and the encoder and the dictionary."""
    monkeypatch.setattr(encoders, "load", lambda name: Hashed())
    monkeypatch.setattr(glossary, "cedict", dictionary)
    return standing(monkeypatch)


@pytest.fixture
def server(at: At) -> StandIn:
    return at(ENGINE["uri"])


@pytest.fixture
def embedded(prepared: tuple[Path, Path, dict[str, Table]], at: At, tmp_path: Path) -> Path:
    """An embedded index of one's own."""
    shutil.copytree(prepared[0], tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def served(prepared: tuple[Path, Path, dict[str, Table]], server: StandIn, tmp_path: Path) -> Path:
    """An index on the server of one's own."""
    shutil.copytree(prepared[1], tmp_path / "index")
    server.tables = copy.deepcopy(prepared[2])
    return tmp_path / "index"


@pytest.fixture
def shelf(served: Path, sandbox: Sandbox) -> Shelf:
    return Shelf(served, None, "hashed", sandbox=sandbox)

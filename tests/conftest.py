"""One index of the real review for all tests, kept between runs and rebuilt when it is stale."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import NOT_ALLOWED

from index.corpus import Corpus
from index.library import Library
from index.records import Document
from qa.service import open_library


@pytest.fixture(scope="session")
def index_folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The folder of the index, also the default one for commands that a test starts."""
    cache: pytest.Cache = request.config.cache  # type: ignore[attr-defined]
    folder = cache.mkdir("yinzheng-index")
    before = os.environ.get("YINZHENG_INDEX")
    os.environ["YINZHENG_INDEX"] = str(folder)
    yield folder
    if before is None:
        del os.environ["YINZHENG_INDEX"]
    else:
        os.environ["YINZHENG_INDEX"] = before


@pytest.fixture(scope="session")
def library(index_folder: Path) -> Library:
    """The opened index of the review."""
    return open_library()


@pytest.fixture(scope="session")
def review(library: Library) -> Document:
    """The review itself."""
    return library.documents[0]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The sources that come with the package."""
    return Corpus()


@pytest.fixture(scope="session")
def alone() -> list[str]:
    """What comes before a command that is to run where there is only loopback."""
    command = [sys.executable, str(Path(__file__).parent / "loopback.py")]
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode == NOT_ALLOWED:
        pytest.skip(tried.stderr)
    assert tried.returncode == 0, tried.stderr
    return command

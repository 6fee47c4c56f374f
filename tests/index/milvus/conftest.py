"""A server for all tests of a worker, and libraries that are the same on it and in a folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from milvus_served import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Milvus."""
    found = Served(tmp_path_factory.mktemp("milvus") / "data")
    yield found
    found.kill()

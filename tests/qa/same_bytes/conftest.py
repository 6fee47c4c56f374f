"""The questions whose answers must stay the same to the byte, and these answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from same import Lines, answers, sample, told

from index.library import Library


@pytest.fixture(scope="module", autouse=True)
def count() -> Iterator[None]:
    """Says at the end how much was compared."""
    yield
    print(told())


@pytest.fixture(scope="module")
def questions(library: Library) -> list[str]:
    return sample(library)


@pytest.fixture(scope="module")
def expected(library: Library, questions: list[str]) -> Lines:
    """The line of `ask --json` for each question."""
    return answers(library, questions)

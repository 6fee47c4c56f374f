"""A run: what it was made from, and every outcome.

It is enough to compare it, to report it and to export it without the index. `file` writes and reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eval.run.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph that was searched: its full name, and the spans of its sentences in the source."""

    paragraph: str
    sentences: tuple[tuple[int, int], ...]

    @property
    def document(self) -> str:
        """The id of its document."""
        return self.paragraph.rpartition(":")[0]

    @property
    def span(self) -> tuple[int, int]:
        """Its own span, from the first sentence to the last."""
        return self.sentences[0][0], self.sentences[-1][1]


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was made from: hashes of index, sets and documents, and the settings of answering."""

    format: int
    index: str
    encoder: str
    sets: Mapping[str, str]
    half: str | None
    documents: Mapping[str, str]
    outline: tuple[Place, ...]
    settings: Mapping[str, Any]
    reason: str | None = None  # why it became a baseline


@dataclass(frozen=True)
class Run:
    """Every outcome of a set of questions, in the order of the set."""

    header: Header
    outcomes: tuple[Outcome, ...]

    @cached_property
    def by_id(self) -> dict[str, Outcome]:
        """The outcomes by the id of their question."""
        return {outcome.id: outcome for outcome in self.outcomes}

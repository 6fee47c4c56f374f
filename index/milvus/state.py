"""What an index on Milvus keeps in its own folder, beside its documents' parts: all but vectors and postings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.dense.centres import LANGUAGES
from index.dense.moments import Moments
from index.disk.members import ARRAY
from index.documents import Documents
from index.engine.engine import OnServer
from index.errors import IndexDamaged
from index.milvus.collection import Collection
from index.milvus.engine import Both, Milvus
from index.milvus.frame import Frame
from index.milvus.shelved import Shelved
from index.milvus.statistics import LEVELS, Statistics
from index.scores.spread import Spread
from index.spelling import Retold, Spelling
from index.store.shared import Reading, words


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What rows are made by, and what is known of all of them together."""

    spelling: Spelling
    frame: Frame
    statistics: Statistics
    moments: Both
    spread: Spread

    def files(self) -> Iterator[tuple[str, bytes | NDArray[Any]]]:
        """The names and contents of the files that keep this."""
        yield from words(self.spelling.tokenizer, self.spelling.glossary)
        yield from self.frame.files()
        yield from self.spread.files()
        yield from self.statistics.arrays()
        for prefix, one in zip(_moments(), (one for both in self.moments for one in both), strict=True):
            for name, array in one.arrays():
                yield f"{prefix}{name}{ARRAY}", array


class ReadState(Reading):
    """What `State.files` wrote, of the documents of these parts, and the collection that the manifest names."""

    def __init__(
        self,
        files: Mapping[str, Any],
        damaged: Callable[[str], IndexDamaged],
        shelved: Shelved,
        collection: Collection,
        kind: OnServer,
    ) -> None:
        sentences, paragraphs = shelved.firsts[-1].tolist()
        super().__init__(files, (sentences, paragraphs), damaged)
        self._shelved, self._collection, self._kind = shelved, collection, kind

    @cached_property
    def state(self) -> State:
        """All of it."""
        return State(Spelling(self.tokenizer, self.glossary), *self._read(self._known), self.spread)

    def _known(self) -> tuple[Frame, Statistics, Both]:
        files = self._files
        frame, statistics = Frame.read(files), Statistics.read(files)
        moments = []
        for prefix in _moments():
            arrays = {name: np.asarray(files[f"{prefix}{name}{ARRAY}"]) for name in Moments.NAMES}
            moments.append(Moments.read(arrays))
        if {len(one.first) for one in moments} != {frame.dim}:
            raise ValueError("the moments of the vectors are of another length")
        if tuple(one.count for one in statistics.counts) != self._size:
            raise ValueError("it has counts of other sentences")
        return frame, statistics, ((moments[0], moments[1]), (moments[2], moments[3]))

    def terms_of(self, documents: Documents, /) -> Retold:
        """The terms of sentences and paragraphs, which are cut again when they are asked for."""
        return Retold(documents, Spelling(self.tokenizer, self.glossary))

    @cached_property
    def engine(self) -> Milvus:
        """The engine."""
        state = self.state
        return Milvus(
            self._collection, self._kind, state.frame, state.statistics, state.moments, state.spread, self._shelved
        )

    def look(self) -> None:
        """Read everything now."""
        _ = self.state


def _moments() -> Iterator[str]:
    """What the names of the files of each moment begin with."""
    return (f"{level}-moments-{language}-" for level in LEVELS for language in LANGUAGES)

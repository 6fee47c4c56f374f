"""An encoder and a reading model in line, for `room`: a batch at a time, so that questions come in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from index.dense.encoder import Encoder, Vectors
from index.dense.parallel import PAIRS
from index.dense.passages import batches
from index.machine.line import Line
from index.model.model import Model, Seen

# Passages that the encoder reads between two turns, and their characters: half a second.
TEXTS, CHARACTERS = 8, 1_000
# Windows that the reading model sees between two turns: a tenth of a second.
WINDOWS = 4
# What every library is centred by: always the same sentences.
_KNOWN = frozenset(chain.from_iterable(PAIRS))


class Batchwise:
    """An encoder in line: each call waits for its turn. The sentences that centre a library are remembered."""

    def __init__(self, encoder: Encoder, line: Line) -> None:
        self.name, self.dim = encoder.name, encoder.dim
        self._encoder, self._line = encoder, line
        self._remembered = lru_cache(maxsize=4)(self._encode)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The encoder's own."""
        return self._have(texts, queries=False)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The encoder's own."""
        return self._have(texts, queries=True)

    def _have(self, texts: Sequence[str], *, queries: bool) -> Vectors:
        return (self._remembered if _KNOWN.issuperset(texts) else self._encode)(tuple(texts), queries)

    def _encode(self, texts: tuple[str, ...], queries: bool) -> Vectors:
        if queries:
            with self._line:
                return self._encoder.queries(texts)
        found = []
        for batch in batches(texts, TEXTS, CHARACTERS):
            with self._line:
                found.append(self._encoder.passages(batch))
        return np.concatenate(found)


class Aside(Model):
    """A reading model in line: it sees a few windows at a time, and not all before the next question."""

    def __init__(self, model: Model, line: Line) -> None:
        self.__dict__.update(model.__dict__)
        self._model, self._line = model, line

    def see_all(self, windows: Sequence[Any]) -> Iterator[list[Seen]]:
        """The model's own."""
        for first in range(0, len(windows), WINDOWS):
            with self._line:
                seen = list(self._model.see_all(windows[first : first + WINDOWS]))
            yield from seen

"""What is measured: a system that makes an index of data that lies in a folder, and is asked questions by number.

`trial` runs one, in a process of its own; `roster` has them all.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

Leg = Literal["lexical", "dense", "hybrid", "pipelines"]
LEGS: tuple[Leg, ...] = ("lexical", "dense", "hybrid", "pipelines")

# How many rows a question is to be given, best first.
BEST = 10


class Contestant:
    """A system; each subclass says what it is and does what it can.

    `needs` are the modules without which it cannot run, `most` is the number of chunks beyond which it is not tried,
    and `kept` says that its index can be written to disk and opened there by another process. `making` are seconds
    of its building that went into making the data, which do not count.
    """

    name: ClassVar[str]
    leg: ClassVar[Leg]
    needs: ClassVar[tuple[str, ...]] = ()
    most: ClassVar[int | None] = None
    kept: ClassVar[bool] = True
    making: float = 0.0

    def read(self, data: Path) -> None:
        """Take in what the index is to be made of; this is not measured."""
        raise NotImplementedError

    def build(self) -> None:
        """Make the index in memory, or where `save` will find it."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Write the index into an empty folder, where it is `kept`."""
        raise NotImplementedError

    def open(self, folder: Path, data: Path) -> None:
        """Open what `save` wrote; `data` is for the questions alone."""
        raise NotImplementedError

    def ask(self, number: int) -> list[int]:
        """The `BEST` rows for a question, best first."""
        raise NotImplementedError

    @property
    def scored(self) -> bool:
        """Whether it has `scores`, to be held against the formula."""
        return type(self).scores is not Contestant.scores

    def scores(self, number: int) -> NDArray[np.float64]:
        """The scores of all rows for a question, at least 0 and not rounded further than to 1e-6."""
        raise NotImplementedError

    @classmethod
    def missing(cls) -> list[str]:
        """The modules that it needs and that are not installed."""
        return [name for name in cls.needs if find_spec(name) is None]


def best(scores: NDArray[np.floating]) -> list[int]:
    """The `BEST` rows by their scores, as one would write it with numpy: ties in any order."""
    few = min(BEST, len(scores))
    top = np.argpartition(-scores, few - 1)[:few]
    return [int(row) for row in top[np.argsort(-scores[top], kind="stable")]]

"""Systems that find what they should not, or come to no end, for tests of the bench."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.speed.contestant import Contestant, best
from eval.bench.speed.dense import Faiss
from eval.bench.speed.lexical import RankBm25


class Off(RankBm25):
    """A thousandth too much for every tenth chunk."""

    name = "off"

    def scores(self, number: int) -> NDArray[np.float64]:
        return super().scores(number) + 0.001 * (np.arange(len(self._chunks)) % 10 == 0)


class Second(RankBm25):
    """Right scores, and not the best rows."""

    name = "second"

    def ask(self, number: int) -> list[int]:
        scores = self.scores(number)
        scores[best(scores)[0]] = 0
        return best(scores)


class Blind(Faiss):
    """Looks at every other row."""

    name = "blind"

    def build(self) -> None:
        self._rows[1::2] = 0
        super().build()


class Absent(Faiss):
    """Needs what nobody has."""

    name = "absent"
    needs = ("faiss", "no_such_module")


class Small(Faiss):
    """Not for many chunks."""

    name = "small"
    most = 150


class Broken(Contestant):
    """Cannot be built."""

    name = "broken"
    leg = "dense"

    def read(self, data: Path) -> None:
        pass

    def build(self) -> None:
        raise ValueError("no room\nfor that")


class Killed(Broken):
    """Is ended, as where memory runs out."""

    name = "killed"

    def build(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Endless(Broken):
    """Never comes to an end."""

    name = "endless"

    def build(self) -> None:
        signal.pause()


class Chatty(Faiss):
    """Prints, and asks for what it was told not to reach for."""

    name = "chatty"

    def build(self) -> None:
        print("something")
        assert os.environ["HAYSTACK_TELEMETRY_ENABLED"] == "false"
        assert os.environ["HF_HUB_OFFLINE"] == "1"
        super().build()

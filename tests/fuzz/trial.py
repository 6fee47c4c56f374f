"""A trial: an entry point of ours, what is thrown at it, and what must hold whatever that was.

A check calls its entry point through `told`: it gives a result, or an error of the tree with a line to show. Anything
else it raises is a bug. `conftest` prints how many inputs each trial had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

from index.errors import YinzhengError

T = TypeVar("T")

# Inputs by trial, and those of them that ended in an error of the tree.
TRIED: Counter[str] = Counter()
REFUSED: Counter[str] = Counter()
_now = ""


@dataclass(frozen=True)
class Trial:
    """`check` must return for every input; `quick` and `slow` say how many are tried, `raw` that they are bytes."""

    name: str
    inputs: SearchStrategy[Any]
    check: Callable[[Any], None]
    quick: int = 40
    slow: int = 1000
    raw: bool = False

    def run(self, count: int, number: int | None = None) -> None:
        """Try so many inputs, the same ones each time for the same number."""
        tried = self.test(count, derandomized=number is None)
        (tried if number is None else seed(number)(tried))()

    def test(self, count: int, *, derandomized: bool = False) -> Any:
        """The trial as a test of Hypothesis."""

        @settings(
            max_examples=count,
            derandomize=derandomized,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(self.inputs)
        def tried(value: Any) -> None:
            self.once(value)

        return tried

    def once(self, value: Any) -> None:
        """Try one input."""
        global _now
        _now = self.name
        TRIED[self.name] += 1
        self.check(value)


def told(call: Callable[..., T], *arguments: Any) -> T | None:
    """What a call gives; None where it raised an error of the tree, whose message is one line that can be shown."""
    try:
        return call(*arguments)
    except YinzhengError as error:
        REFUSED[_now] += 1
        message = str(error)
        assert message
        assert message == " ".join(message.split())
        return None

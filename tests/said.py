"""What a command said, for the tests of both command lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one clean line of a failed command."""
        assert self.status == 2
        assert self.out == ""
        assert self.err.startswith("yinzheng: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        assert "Traceback" not in self.err
        return self.err.removeprefix("yinzheng: ").removesuffix("\n")


# Runs `yinzheng` in this process; its standard input may be given as `stdin`.
Run = Callable[..., Result]

"""How long commands take in processes of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from time import perf_counter

ROUNDS = 5


def in_turn(commands: Mapping[str, Sequence[str]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Seconds of each in each round, by name; in turn, so that all meet the same machine."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            began = perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append(perf_counter() - began)
    return times

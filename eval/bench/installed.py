"""What an installation costs: the bytes of every distribution in this environment, and the imports of three of them.

Bytes are those of the files that each distribution lists as its own, compiled modules among them, as they lie there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from statistics import median

from eval.bench.fresh import ROUNDS, in_turn
from qa.terminal.console import Console, count

IMPORTED = ("qa", "sentence_transformers", "gradio")
MIB = 1 << 20


def installed(console: Console, *, top: int) -> int:
    """Print the `top` largest distributions, all together, and the imports as shares of the slowest."""
    found = sizes(distributions())
    total = sum(found.values())
    shown = list(found.items())[:top]
    rows = [[name, f"{size / MIB:.1f} MiB", f"{size / total:.2f}"] for name, size in shown]
    rest = total - sum(size for _, size in shown)
    if len(found) > top:
        rows.append([f"{len(found) - top} more", f"{rest / MIB:.1f} MiB", f"{rest / total:.2f}"])
    console.table(("distribution", "size", "share"), rows)
    console.line(f"{count(len(found), 'distribution')}, {total / MIB:.0f} MiB")
    console.line()
    times = in_turn({name: [sys.executable, "-c", f"import {name}"] for name in IMPORTED})
    slowest = max(median(taken) for taken in times.values())
    rows = [
        [f"import {name}", f"{median(taken):.2f} s", f"{min(taken):.2f} s", f"{median(taken) / slowest:.2f}"]
        for name, taken in times.items()
    ]
    console.table(("import", f"median of {ROUNDS}", "best", "ratio"), rows)
    return 0


def sizes(found: Iterable[Distribution]) -> dict[str, int]:
    """Bytes by name, the largest first; of a name that is found twice, the first, which is the one that is imported."""
    bytes_of: dict[str, int] = {}
    for distribution in found:
        if distribution.name not in bytes_of:
            bytes_of[distribution.name] = _size(distribution)
    return dict(sorted(bytes_of.items(), key=lambda one: (-one[1], one[0])))


def _size(distribution: Distribution) -> int:
    """Bytes of the files it lists; one that is gone, or was never compiled, counts nothing."""
    paths = [distribution.locate_file(file) for file in distribution.files or ()]
    return sum(path.stat().st_size for path in paths if path.is_file())  # type: ignore[attr-defined]

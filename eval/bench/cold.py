"""A cold `yinzheng ask` against `import sentence_transformers`, each a fresh process, in one run."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

from qa.service import open_library
from qa.terminal.console import Console

ROUNDS = 5
QUESTION = "CAAR-NK 细胞是谁构建的？"


def cold(console: Console) -> int:
    """Print both medians and their ratio."""
    with console.progress() as progress:
        open_library(progress=progress)
    ask = [
        sys.executable,
        "-c",
        "import sys; from qa.terminal.cli import main; sys.exit(main(sys.argv[1:]))",
        "ask",
        QUESTION,
    ]
    peer = [sys.executable, "-c", "import sentence_transformers"]
    times: dict[str, list[float]] = {"yinzheng ask": [], "import sentence_transformers": []}
    for _ in range(ROUNDS):  # in turn, so that both meet the same machine
        for name, command in zip(times, (ask, peer), strict=True):
            began = perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append(perf_counter() - began)
    rows = [[name, f"{median(found):.2f} s", f"{min(found):.2f} s"] for name, found in times.items()]
    console.table(("command", f"median of {ROUNDS}", "best"), rows)
    ratio = median(times["yinzheng ask"]) / median(times["import sentence_transformers"])
    console.line(f"ratio of the medians: {ratio:.2f}")
    return 0

"""A cold `yinzheng ask` against `import sentence_transformers`, each a fresh process, in one run."""

from __future__ import annotations

import sys
from statistics import median

from eval.bench.fresh import ROUNDS, in_turn
from qa.service import open_library
from qa.terminal.console import Console

QUESTION = "CAAR-NK 细胞是谁构建的？"


def cold(console: Console) -> int:
    """Print both medians and their ratio."""
    with console.progress() as progress:
        open_library(progress=progress)
    ask = [sys.executable, "-m", "qa", "ask", QUESTION]
    peer = [sys.executable, "-c", "import sentence_transformers"]
    times = in_turn({"yinzheng ask": ask, "import sentence_transformers": peer})
    rows = [[name, f"{median(found):.2f} s", f"{min(found):.2f} s"] for name, found in times.items()]
    console.table(("command", f"median of {ROUNDS}", "best"), rows)
    ratio = median(times["yinzheng ask"]) / median(times["import sentence_transformers"])
    console.line(f"ratio of the medians: {ratio:.2f}")
    return 0

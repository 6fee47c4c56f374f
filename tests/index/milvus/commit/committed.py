"""What lies in an index on a server, and what it says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from few_papers import by_hand, legs
from in_memory import StandIn

from index import opening
from index.dense.moments import Moments
from index.milvus.engine import Milvus
from index.store.store import Store

OTHER = {"name": "milvus", "uri": "http://127.0.0.1:2"}
At = Callable[[str], StandIn]


def everything(folder: Path) -> dict[str, bytes]:
    """Names and bytes of whatever lies in a folder."""
    return {os.fsdecode(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def keys(folder: Path) -> set[str]:
    return {entry.part for entry in Store(folder).entries()}


def said(folder: Path) -> tuple[str, list[Any]]:
    """What an index says."""
    opened = opening.read(folder)
    return opened.fingerprint, list(legs(opened))


def sparse_by_hand(folder: Path) -> None:
    """Hold the words' scores against what the texts say."""
    opened = opening.read(folder)
    assert [found["lexical"] for found in legs(opened)] == list(by_hand(opened))


def collections(folder: Path) -> str:
    return str(Store(folder).manifest()["engine"]["collection"])


def moments_by_hand(folder: Path) -> None:
    """Hold the moments against those of the rows that there are, to the last bit."""
    engine = opening.read(folder).engine
    assert isinstance(engine, Milvus)
    lengths = np.diff(engine.spread.firsts)
    for level, both in enumerate(engine.moments):
        rows = engine.dense(level, np.arange(engine.sizes[level]))
        times = lengths if level else np.ones(len(rows), np.int64)
        chinese = engine.spread.chinese[engine.spread.firsts[:-1]] if level else engine.spread.chinese
        for one, own in zip(both, (chinese, ~chinese), strict=True):
            for (_, array), (_, expected) in zip(one.arrays(), Moments.of(rows, times * own).arrays(), strict=True):
                np.testing.assert_array_equal(array, expected)

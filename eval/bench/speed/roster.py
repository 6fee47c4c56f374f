"""Who is measured, ours first in every leg."""

from __future__ import annotations

from eval.bench.speed import dense, hybrid, lexical, pipelines
from eval.bench.speed.contestant import Contestant

ROSTER: tuple[type[Contestant], ...] = (
    lexical.Ours,
    lexical.RankBm25,
    lexical.Bm25s,
    dense.Ours,
    dense.Faiss,
    hybrid.Whole,
    pipelines.Ours,
    pipelines.LangChain,
    pipelines.Txtai,
    pipelines.Haystack,
)

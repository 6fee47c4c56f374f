"""A few short papers in both languages, an embedded index of them, and what libraries are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.library import Library
from index.records import Language

PAPERS = {
    "seaweed.md": "# 海藻\n\n## 养殖\n\n大型海藻(macroalgae, MA)在春季下水，每公顷产量为12.5吨。冬季的产量较低。"
    "海藻停止生长。\n\n"
    "## 水温\n\n水温高于25℃时，海藻停止生长。海藻可以吸收二氧化碳。产量与水温有关。\n",
    "tea.txt": "绿茶在春天采摘，用八十度的水冲泡三分钟。红茶需要全发酵。\n",
    "coffee.md": "# Coffee\n\n## Roasting\n\nBeans are roasted at 220 degrees. It takes 12 minutes.\n\n"
    "The yield of beans is low in winter. Coffee and seaweed are not alike. Beans, beans and beans.\n",
    "kelp.md": "# Kelp\n\n## Growth\n\nSeaweed (海藻) stops growing above 25 degrees. The yield is 12.5 tonnes per "
    "hectare.\n\nKelp takes up carbon. Kelp grows in cold water. In winter the yield of kelp is low.\n\n"
    "## Closing\n\nKelp is fine.\n",
    "cocoa.md": "# 可可\n\n可可豆要发酵六天，然后晒干。产量在冬季较低。可可与绿茶不同。\n",
}
QUESTIONS: tuple[tuple[str, Language], ...] = (
    ("海藻的产量是多少？", "zh"),
    ("seaweed yield in winter", "en"),
    ("发酵 beans 25 degrees", "en"),
    ("无关的问题", "zh"),
)


def dictionary() -> Iterator[tuple[str, str]]:
    """A few entries in place of CC-CEDICT, whose reading takes seconds."""
    return iter(
        [
            ("海藻", "seaweed"),
            ("产量", "yield"),
            ("绿茶", "green tea"),
            ("红茶", "black tea"),
            ("冬季", "winter"),
            ("牛奶", "milk"),
        ]
    )


def write(folder: Path) -> Path:
    """The papers in a new folder."""
    folder.mkdir()
    for name, text in PAPERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def legs(library: Library) -> Iterator[dict[str, list[float]]]:
    """What the engine's legs say of every sentence, for each question."""
    for text, language in QUESTIONS:
        vector = library.encoder.queries([text])[0]
        scores = library.engine.ask(library.tokenizer.terms(text), vector, language).scores()
        yield {name: found.tolist() for name, found in scores.items()}


def pools(library: Library, *within: Any) -> Iterator[tuple[Any, ...]]:
    """Which rows are found for each question, their scores, and the totals of all."""
    for question in QUESTIONS:
        pool = library.pool(*question, *within)
        found = {name: scores.tolist() for name, scores in pool.legs.items()}
        yield pool.rows.tolist(), found, dict(pool.totals)


def by_hand(library: Library) -> Iterator[list[float]]:
    """The BM25 of every sentence for each question, from the texts, with the mean length that the rows are made by."""
    from index.lexical.impacts import idf, saturations
    from index.settings import BM25_B, BM25_K1

    bags = [library.terms.sentence(row) for row in range(len(library.rows))]
    mean = library.engine.frame.lengths[0]  # type: ignore[attr-defined]
    for question, _ in QUESTIONS:
        df = {term: sum(term in bag for bag in bags) for term in library.tokenizer.terms(question)}
        scores = np.zeros(len(bags))
        for term in sorted((term for term in df if df[term]), key=lambda term: (df[term], term)):
            for row in (row for row, bag in enumerate(bags) if term in bag):
                count, length = np.array([bags[row].count(term)]), np.array([len(bags[row])])
                scores[row] += idf(len(bags), df[term]) * saturations(count, length, mean, BM25_K1, BM25_B)[0]
        yield np.round(scores, 6).tolist()

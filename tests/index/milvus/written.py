"""Made-up papers in Chinese and English, of as many sentences as are wanted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CHINESE = (
    "海藻 红藻 绿藻 养殖 产量 水温 春季 冬季 二氧化碳 吸收 生长 停止 研究 方法 结果 显著 提高 降低 样本 对照 CAR-T 细胞"
)
ENGLISH = (
    "seaweed kelp yield water temperature spring winter carbon uptake growth study method result sample cell CAR-T"
)


def write(folder: Path, papers: int, seed: int = 0) -> list[Path]:
    """So many papers of some forty sentences, every third of them in English; one sentence stands in all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _paper(folder / f"paper-{number}.md", number, np.random.default_rng((seed, number))) for number in range(papers)
    ]


def _paper(path: Path, number: int, rng: np.random.Generator) -> Path:
    english = number % 3 == 2
    words = (ENGLISH if english else CHINESE).split()
    weights = 1 / np.arange(1, len(words) + 1)

    def sentence() -> str:
        some = rng.choice(words, int(rng.integers(4, 14)), p=weights / weights.sum())
        return (
            " ".join(some).capitalize() + f" {rng.integers(100)}."
            if english
            else "".join(some) + f"{rng.integers(100)}。"
        )

    same = "The same is said everywhere." if english else "各处所说相同。"
    lines = [f"# {'Paper' if english else '论文'} {number}"]
    for section in range(4):
        lines.append(f"## {'Section' if english else '部分'} {section} {words[section]}")
        for _ in range(int(rng.integers(1, 4))):
            lines.append((" " if english else "").join([*(sentence() for _ in range(int(rng.integers(2, 6)))), same]))
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return path

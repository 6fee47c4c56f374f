"""Documents that are made to win every question: words and questions over and over, and not one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from index.library import Library

# What a review of cell therapy is asked about, and the words that questions are made of.
TERMS = (
    "CAR-T lupus SLE NK cells MSC HSCT Treg CD19 BCMA remission safety adverse events dose patients trial "
    "系统性红斑狼疮 细胞疗法 间充质干细胞 造血干细胞移植 缓解率 安全性 副作用 患者 临床试验 "
)
ASKING = (
    "what when where which who how many how long percentage rate date year number trial registration "
    "多少 什么时候 哪些 谁 为什么 多久 哪年 比例 编号 剂量 "
)
SAYING = (
    "CAR-T细胞疗法治疗系统性红斑狼疮患者的疗效、安全性、缓解率和副作用。",
    "CAR-T cell therapy for lupus: efficacy, safety, remission rate, adverse events, dose and trials.",
)


def documents(library: Library, questions: Sequence[str]) -> dict[str, str]:
    """Texts by file name; `questions` are those that will be asked."""
    counts = Counter(term for row in range(len(library.rows)) for term in library.terms.sentence(row))
    words = [term for term, _ in counts.most_common()]
    lines = [" ".join(words[at : at + 40]) for at in range(0, len(words), 40)]
    return {
        "terms.txt": f"{(TERMS * 60).strip()}.\n\n{(TERMS + ASKING) * 40}.\n",
        "vocabulary.txt": ".\n\n".join(lines) + ".\n",
        "sentences.txt": "\n\n".join(sentence * 20 for sentence in SAYING * 5) + "\n",
        "questions.txt": "\n\n".join(questions) + "\n",
        "repeated.txt": "\n\n".join(" ".join([question] * 5) for question in questions) + "\n",
        "numbered.md": "\n".join(f"{number}. 问：{question}" for number, question in enumerate(questions, 1)) + "\n",
    }

"""What is a list of references, and what only looks like one."""

from __future__ import annotations

import pytest

from index.structure import references


@pytest.mark.parametrize(
    "title",
    [
        "References",
        "REFERENCES",
        "References and notes",
        "Bibliography",
        "Works cited",
        "7. References",
        "参考文献",
        "参 考 文 献",
        "[参考文献]",
        "【参考文献】",
        "六、参考文献",
        "参考资料",
        "参考文献：",
    ],
)
def test_headings(title: str) -> None:
    assert references.is_heading(title)


@pytest.mark.parametrize("title", ["", "Reference values", "Cited twice", "参考文献的选择", "References to other work"])
def test_other_headings(title: str) -> None:
    assert not references.is_heading(title)


@pytest.mark.parametrize(
    "text",
    [
        "[1] Müller F, Taubmann J, Bucci L. CD19 CAR T-cell therapy in autoimmune disease. NEJM, 2024, 390: 687.",
        "12. Mackensen A, et al. Anti-CD19 CAR T cell therapy. Nat Med 2022;28(10):2124-2132. doi: 10.1038/x",
        "［3］王某, 李某. 间充质干细胞治疗狼疮[J]. 中华风湿病学杂志, 2020, 24(3): 145-150.",
        "Smith J, Jones A. A trial of nothing. Lancet. 2019;393:11-20.",
        "(4) 张三. 免疫学[M]. 北京: 人民卫生出版社, 2018.",
        "Vaswani, A. (2017) Attention. arXiv 1706.03762",
    ],
)
def test_entries(text: str) -> None:
    assert references.is_entry(text)


@pytest.mark.parametrize(
    "text",
    [
        "1. Patients were enrolled between 2019 and 2021.",
        "In 2024 the trial (NCT05938725) reported 15 patients; see https://clinicaltrials.gov.",
        "[1] is the first reference.",
        "2．安全性：2022年报道了5例患者。",
        "Smith J was born in 1990.",
        "Müller等［31］于2024年报道：8例患者全部缓解。",
        "",
    ],
)
def test_sentences(text: str) -> None:
    assert not references.is_entry(text)


ENTRY = "[{}] Doe J. Title. Journal, 2020, 3: 1-2."


@pytest.mark.parametrize("count", range(5))
def test_a_run_is_of_three_at_least(count: int) -> None:
    texts = ["Before.", *(ENTRY.format(n) for n in range(count)), "After."]
    assert references.runs(texts) == (set(range(1, count + 1)) if count >= references.ENTRIES_MIN else set())


def test_two_runs() -> None:
    texts = [ENTRY.format(1)] * 3 + ["Between."] + [ENTRY.format(1)] * 4
    assert references.runs(texts) == {0, 1, 2, 4, 5, 6, 7}

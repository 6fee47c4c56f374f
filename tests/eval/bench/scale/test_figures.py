"""What is scaled to a million, and how amounts are shown: by hand."""

from __future__ import annotations

import pytest

from eval.bench.scale import figures
from eval.bench.scale.figures import FIXED, MANIFEST, TERMS, VECTORS, Figure, shown


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ({100_000: 5.0}, 50.0),
        ({2_000_000: 5.0}, 2.5),
        ({100_000: 30.0, 300_000: 50.0}, 120.0),  # 20 whatever the size, and 10 for each 100,000
        ({100_000: 30.0, 200_000: 1.0, 300_000: 50.0}, 120.0),
        ({100_000: 50.0, 300_000: 40.0}, 40.0),  # less of more: no size below a million takes more than a million
        ({500_000: 10.0, 2_000_000: 40.0}, 20.0),
    ],
)
def test_a_million(by: dict[int, float], expected: float) -> None:
    assert Figure("", "", "bytes", by).of_a_million == pytest.approx(expected)
    assert Figure("", "", "bytes", by, fixed=True).of_a_million == by[max(by)]


@pytest.mark.parametrize("by", [{}, {0: 1.0}])
def test_a_figure_of_nothing_is_none(by: dict[int, float]) -> None:
    with pytest.raises(ValueError, match="of some sentences"):
        Figure("", "", "bytes", by)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (30.0, "bytes", "0.03 kB"),
        (5_012.0, "bytes", "5.01 kB"),
        (12_340_000.0, "bytes", "12.3 MB"),
        (4.56e11, "bytes", "456 GB"),
        (5e12, "bytes", "5.00 TB"),
        (0.0, "seconds", "0.00 ms"),
        (0.0662, "seconds", "66.2 ms"),
        (71.99, "seconds", "72.0 s"),
        (3_600.0, "seconds", "1.00 h"),
        (93_600.0, "seconds", "26.0 h"),
    ],
)
def test_amounts_are_shown_to_three_figures(amount: float, unit: figures.Unit, expected: str) -> None:
    assert shown(amount, unit) == expected


def test_the_kinds_of_files() -> None:
    names = {
        "manifest.json": 1,
        "manifest.copy.json": 2,
        "data-0/sentence-vector-rows.npy": 4,
        "data-0/sentence-vector-moments-zh-second.npy": 8,
        "data-0/sentence-moments-en-first.npy": 16,
        "data-0/question-centres.npy": 32,
        "data-0/sentence-terms.npy": 64,
        "data-0/words.json": 128,
        "milvus.id": 256,
    }
    found = figures.kinds(names)
    assert found == {VECTORS: 4, TERMS: 192, MANIFEST: 3, FIXED: 312}
    assert sum(found.values()) == sum(names.values())

"""What reading more windows gives, as the command shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.questions import dataset
from qa import settings


@pytest.mark.usefixtures("quick")
def test_a_row_for_each_number_and_for_the_one_in_use(
    evaluate: Any, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "default_sets", lambda: [small])
    head, *rows = (line.split() for line in evaluate("bench", "windows", "2", "1", "1").out.splitlines())
    assert head[:2] == ["windows", "hit@1"]
    assert [row[0] for row in rows] == ["1", "2", str(settings.READ_WINDOWS)]
    assert rows[-1][1:5] == ["0.500", "0.500", "0.000", "0.000"]  # one of two is met, the third is refused
    assert rows[-1][-1] == "1.00"


@pytest.mark.parametrize("number", ["0", "x", "1.5"])
def test_numbers_are_positive(evaluate: Any, number: str) -> None:
    assert evaluate("bench", "windows", number).status == 2

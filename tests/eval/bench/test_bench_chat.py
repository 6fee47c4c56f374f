"""What somebody waits for on the chat page: the table, and what is missing said in a line."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from browser import CHROMIUM, INSTALL

ROWS = [
    "a bare Gradio chat: first paint",
    "first paint",
    "ready to be asked",
    "Enter to the first quote",
    "the answer alone",
]


def test_no_browser_is_one_clean_error(evaluate: Any) -> None:
    said = evaluate("bench", "chat", "--chromium", "/no/such/browser")
    assert said.status == 2
    assert "no browser '/no/such/browser'" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("rounds", ["0", "x"])
def test_rounds_are_positive(evaluate: Any, rounds: str) -> None:
    assert evaluate("bench", "chat", "--rounds", rounds).status == 2


@pytest.mark.slow
@pytest.mark.browser
def test_a_row_for_each_wait(evaluate: Any) -> None:
    if not shutil.which(CHROMIUM):
        pytest.skip(f"no {CHROMIUM}: {INSTALL}")
    head, *rows = evaluate("bench", "chat", "--rounds", "1", "--chromium", CHROMIUM).out.splitlines()
    assert head.split()[:4] == ["what", "median", "of", "1"]
    assert [row.split("  ")[0] for row in rows] == ROWS
    assert all(" ms" in row for row in rows)
    assert rows[0].split()[-1] == rows[-1].split()[-1] == "1.00"

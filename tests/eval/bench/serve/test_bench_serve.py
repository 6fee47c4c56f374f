"""The bench of a server: its options, and a real server in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import InputError


@pytest.mark.parametrize("option", [("--clients", "0"), ("--seconds", "x"), ("--questions", "-1"), ("--way", "post")])
def test_options_are_checked(evaluate: Any, option: tuple[str, str]) -> None:
    assert evaluate("bench", "serve", *option).status == 2


def test_a_share_is_between_0_and_1(evaluate: Any) -> None:
    said = evaluate("bench", "serve", "--repeated", "1.5")
    assert said.status == 2
    assert "the share that is repeated is 1.5" in said.err


def test_an_index_that_is_not_there_is_one_line(evaluate: Any, tmp_path: Path) -> None:
    said = evaluate("bench", "serve", "--index", tmp_path / "none")
    assert said.status == 2
    assert said.err.count("\n") == 1


@pytest.mark.slow
def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    from eval.bench.serve.server import serving

    with pytest.raises(InputError, match="did not start"), serving(tmp_path / "none"):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("way", ["call", "mcp"])
def test_a_real_server(evaluate: Any, small: Path, index_folder: Path, way: str) -> None:
    options = ("--clients", "2", "4", "--every", "2", "--seconds", "2", "--questions", "10", "--way", way)
    found = json.loads(evaluate("bench", "serve", small, *options, "--json").out)
    assert [step["clients"] for step in found["steps"]] == [2, 4]
    for step in found["steps"]:
        assert set(step["ends"]) == {"answered"}
        assert step["changed"] == 0
        assert step["server"] > 0
        assert step["memory"] > 10**8
    assert next(part["name"] for part in found["parts"]) == "encoder"
    assert all(one["same"] for one in found["together"])
    assert found["memory"]["samples"][-1][0] == 10
    assert found["memory"]["refused"] == 0

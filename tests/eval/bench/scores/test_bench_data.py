"""The public sets themselves, in small: left out, and said so, where they are not at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from eval.cli import main

DATA = os.environ.get("YINZHENG_DATA", "")
SETS = ("xquad.zh.json", "xquad.en.json")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all((Path(DATA) / name).is_file() for name in SETS),
        reason=f"no {' and '.join(SETS)}: set YINZHENG_DATA to the folder that has them",
    ),
]


def test_both_languages_over_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--articles", "5", "--sample", "30", "--simple", "--json", "--cache", str(tmp_path))
    assert main(["bench", "sets", *SETS, *options]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ours = {line["pair"]: line for line in lines if line["system"] == "Yinzheng"}
    assert set(ours) == {"zh-zh", "en-en", "zh-en", "en-zh"}
    for pair, line in ours.items():
        assert line["asked"] == 30
        assert line["R@5"] >= 0.9, pair
        simple = [other for other in lines if other["pair"] == pair and other["system"] != "Yinzheng"]
        assert len(simple) == 4
        assert line["R@1"] >= max(other["R@1"] for other in simple) - 0.05, pair

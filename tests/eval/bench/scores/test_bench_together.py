"""Two languages in one library: what is measured, on a set small enough to reckon by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.bench.scores.together import together
from index.dense.encoder import Vectors
from index.errors import InputError
from qa.terminal.console import Console


class Same:
    """An encoder to which all texts are one."""

    name = "same"
    dim = 8

    def passages(self, texts: list[str]) -> Vectors:
        return np.tile(np.eye(1, self.dim, dtype=np.float32), (len(texts), 1))

    queries = passages


def a_set(paragraphs: dict[str, str], questions: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """SQuAD-format JSON; `questions` by id have their text, and the words that answer."""
    entries = [
        {
            "context": text,
            "qas": [
                {"id": id, "question": question, "answers": [{"text": answer, "answer_start": text.index(answer)}]}
                for id, (question, answer) in questions.items()
                if answer in text
            ],
        }
        for text in paragraphs.values()
    ]
    return {"version": "1.1", "data": [{"title": "t", "paragraphs": entries}]}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    english = a_set(
        {"a": "Green tea is picked in spring.", "b": "Coffee is roasted at 220 degrees."},
        {"1": ("When is green tea picked?", "spring"), "2": ("At what heat is coffee roasted?", "220 degrees")},
    )
    chinese = a_set(
        {"a": "绿茶在春天采摘。", "b": "咖啡在220度烘焙。"},
        {"1": ("绿茶什么时候采摘？", "春天"), "2": ("咖啡在几度烘焙？", "220度")},
    )
    for name, data in (("en", english), ("zh", chinese)):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    return [tmp_path / "en.json", tmp_path / "zh.json"]


@pytest.mark.slow
def test_a_row_for_each_pair(paths: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert together(paths, Console(), cache=tmp_path / "cache", model=Same()) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["pair", "questions"]
    assert [row.split()[:2] for row in rows] == [["en-en", "2"], ["zh-zh", "2"], ["en-zh", "2"], ["zh-en", "2"]]
    for row in rows:
        alone1, alone5, together1, together5 = map(float, row.split()[2:])
        assert alone5 == together5 == 1.0  # two and three paragraphs are ranked
        assert 0 <= together1 <= 1
        assert alone1 in (0.0, 0.5, 1.0)
    assert [row.split()[2] for row in rows[:2]] == ["1.000", "1.000"]


def test_one_language_has_nothing_to_be_together_with(paths: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="do not belong together"):
        together(paths[:1], Console(), cache=tmp_path / "cache", model=Same())

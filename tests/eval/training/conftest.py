"""Sets in a folder, what is gathered of them, and the examples that are made of that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from taught import EN, QUESTIONS, ZH, ZH_QUESTIONS, by_number, squad

from eval.training.examples import data
from eval.training.examples.data import Data
from eval.training.examples.examples import Examples
from eval.training.model import base
from eval.training.model.base import Unpacked
from index.model.layout import Layout


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with made-up sets of the names that are gathered; XQuAD has the last paragraph of each."""
    folder = tmp_path_factory.mktemp("sets")
    made = {
        "squad2-dev-half": squad(EN, QUESTIONS, "h"),
        "squad2-dev-zh-mt": squad(ZH, ZH_QUESTIONS, "m"),
        "xquad.en": squad(EN[-1:], QUESTIONS[-1:], "x"),
        "xquad.zh": squad([("无", "无关的段落。")], [[("无？", "无关")]], "m-4"),
        "drcd-dev": squad([("梵文", "梵語是一種語言。它來自印度。")], [[("梵語來自哪裡？", "印度")]], "d"),
        "drcd-test": squad([("鹽", "鹽是白色的。")], [[("鹽是什麼顏色？", "白色")]], "t"),
        "cmrc2018-trial": squad([("茶", "茶产于中国。")], [[("茶产于哪里？", "中国")]], "c"),
    }
    # the id by which the machine translation is known to be XQuAD's
    made["xquad.zh"]["data"][0]["paragraphs"][0]["qas"][0]["id"] = "m-4-0"
    for name, value in made.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def gathered(sets: Path) -> Data:
    return data.gather([sets], by_number)


@pytest.fixture(scope="module")
def unpacked() -> Unpacked:
    return base.unpack()


@pytest.fixture(scope="module")
def layout(unpacked: Unpacked) -> Layout:
    return Layout(base.tokenizer(unpacked.pieces))


@pytest.fixture(scope="module")
def shown(gathered: Data, layout: Layout) -> Examples:
    return Examples(layout, gathered)

"""The reading model: its files are checked before they are used, and nothing else changes what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.model import model
from index.model.model import FOLDER, Model

QUESTION = "移植后多少例患者死亡？"
SENTENCES = ["共有30例SLE患者接受移植。", "其中4例患者在移植后死亡。", "The weather was fine."]
FILES = ("body.onnx", "words.bin", "tokenizer.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the model in it, to be spoilt."""
    for path in FOLDER.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def spoil(path: Path, change: Callable[[bytes], bytes]) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(change(data))


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def test_the_copied_model_is_good(folder: Path) -> None:
    assert Model(folder).load().fingerprint == model.load().fingerprint


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", [flipped, lambda data: data[:-1], lambda data: b""], ids=["flipped", "cut", "empty"])
def test_a_damaged_file_is_named_with_what_mends_it(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    spoil(folder / name, change)
    with pytest.raises(ModelError, match=rf"{name} is damaged.*pip install.*git checkout"):
        Model(folder).load()


@pytest.mark.parametrize("name", [*FILES, "model.json"])
def test_a_missing_file_is_named_with_what_mends_it(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} cannot be read \(No such file.*pip install"):
        Model(folder).load()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "files": 3}', "\x00"])
def test_a_manifest_that_says_nothing(folder: Path, text: str) -> None:
    spoil(folder / "model.json", lambda data: text.encode())
    with pytest.raises(ModelError, match=r"model\.json cannot be read"):
        Model(folder)


def test_another_format(folder: Path) -> None:
    spoil(folder / "model.json", lambda data: json.dumps({**json.loads(data), "format": 99}).encode())
    with pytest.raises(ModelError, match=r"is of format 99, this version reads 1"):
        Model(folder)


def test_the_whole_model_is_small_enough() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 50_000_000


def test_what_is_read_does_not_hang_on_what_was_read_before() -> None:
    one = model.load()
    first = Model(FOLDER).read(QUESTION, "移植", SENTENCES)
    for other in ("What?", "很长的问题" * 30):
        one.read(other, "", SENTENCES[:1])
    again = one.read(QUESTION, "移植", SENTENCES)
    assert again.odds == first.odds
    assert all(np.array_equal(a, b) for a, b in zip(again.starts, first.starts, strict=True))


def test_what_a_question_asks_is_read_in_the_sentence_that_says_it() -> None:
    odds = model.load().read(QUESTION, "", SENTENCES).odds
    assert odds[1] > max(odds[0], odds[2])
    odds = model.load().read("How many patients died after the transplantation?", "", SENTENCES).odds
    assert odds[1] > max(odds[0], odds[2])


def test_vectors_are_of_unit_length_and_weights_sum_up_to_one() -> None:
    asked = model.load().ask(QUESTION)
    assert np.linalg.norm(asked.tokens, axis=1) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(asked.pooled) == pytest.approx(1, abs=1e-4)
    assert asked.weights.sum() == pytest.approx(1, abs=1e-4)
    assert len(asked.weights) == len(asked.tokens)
    for seen, text in zip(model.load().see("移植", SENTENCES), SENTENCES, strict=True):
        assert len(seen.tokens) == len(model.load().layout.sentence(text).ids)
        assert np.linalg.norm(seen.tokens, axis=1) == pytest.approx(1, abs=1e-4)


def test_a_sentence_is_seen_in_its_context() -> None:
    alone = model.load().see("", SENTENCES[1:2])[0].tokens
    among = model.load().see("", SENTENCES)[1].tokens
    assert alone.shape == among.shape
    assert np.abs(alone - among).max() > 0.01

"""The encoder that remembers what it encoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from counting import Counting

from eval.bench import settings as bench_settings
from eval.bench.scores.remembered import Remembered
from index.dense.encoder import Vectors
from index.errors import InputError

TEXTS = ["one", "two two", "three", "one"]


def test_remembered_says_what_the_encoder_says(tmp_path: Path) -> None:
    plain, asked = Counting(), Counting()
    with Remembered(asked, tmp_path) as first:
        assert (first.name, first.dim) == (asked.name, asked.dim)
        assert np.array_equal(first.passages(TEXTS), plain.passages(TEXTS))
        assert first.passages([]).shape == (0, plain.dim)
        assert np.array_equal(first.queries(TEXTS[:2]), plain.queries(TEXTS[:2]))
        asked.encoded.clear()
        assert np.array_equal(first.passages(TEXTS[::-1]), plain.passages(TEXTS[::-1]))
        assert asked.encoded == []
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".npz"}

    again = Counting()
    second = Remembered(again, tmp_path)
    again.encoded.clear()
    assert np.array_equal(second.passages(TEXTS), plain.passages(TEXTS))
    assert np.array_equal(second.queries(["one"]), plain.queries(["one"]))
    assert again.encoded == []
    second.passages(["one", "four"])
    second.queries(["three"])
    assert again.encoded == ["four", "three"]


def test_remembered_in_memory_only() -> None:
    model = Counting()
    memory = Remembered(model)
    memory.passages(TEXTS)
    memory.passages(TEXTS)
    memory.save()
    assert model.encoded == ["one", "two two", "three"]


def test_an_interrupted_run_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "REMEMBERED_AT_ONCE", 2)
    first = Remembered(Counting(), tmp_path)
    for text in ("a", "b", "c"):
        first.passages([text])  # and nobody saves
    model = Counting()
    second = Remembered(model, tmp_path)
    model.encoded.clear()
    second.passages(["a", "b", "c"])
    assert model.encoded == ["c"]


def test_a_damaged_file_is_dropped_and_written_again(tmp_path: Path) -> None:
    with Remembered(Counting(), tmp_path) as memory:
        memory.passages(TEXTS)
        memory.queries(["one"])
    for path in tmp_path.rglob("*.npz"):
        path.write_bytes(path.read_bytes()[:-40])
    model = Counting()
    with Remembered(model, tmp_path) as memory:
        assert list(tmp_path.rglob("*.npz")) == []
        model.encoded.clear()
        memory.passages(["one"])
    assert model.encoded == ["one"]
    assert len(list(tmp_path.rglob("*.npz"))) == 1


def test_another_model_of_that_name_remembers_nothing(tmp_path: Path) -> None:
    class Trained(Counting):
        def passages(self, texts: Sequence[str]) -> Vectors:
            return super().passages(texts)[:, ::-1]

    with Remembered(Counting(), tmp_path) as memory:
        memory.passages(TEXTS)
    model = Trained()
    memory = Remembered(model, tmp_path)
    model.encoded.clear()
    memory.passages(["one"])
    assert model.encoded == ["one"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Remembered(Counting(), tmp_path / "file")
    memory.passages(TEXTS)
    with pytest.raises(InputError, match=r"cannot be written \(Not a directory\); name another folder with --cache"):
        memory.save()

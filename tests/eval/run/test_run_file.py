"""A run on disk: what is no run is named by its line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.run import file
from index.errors import InputError


def test_the_reason_of_a_baseline_is_kept(made: Any, tmp_path: Path) -> None:
    run = made.run([made.outcome()], reason="记号 «why»")
    file.write(run, tmp_path / "run.jsonl")
    assert file.read(tmp_path / "run.jsonl").header.reason == "记号 «why»"


@pytest.fixture
def lines(made: Any) -> list[str]:
    return file.to_lines(made.run([made.outcome("zh-1"), made.outcome("zh-2", answerable=False)]))


def edited(line: str, **changes: Any) -> str:
    return json.dumps({**json.loads(line), **changes}, ensure_ascii=False)


def without(line: str, key: str) -> str:
    return json.dumps({name: value for name, value in json.loads(line).items() if name != key})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda a, b, c: ["", b, c], "line 1 is not of a run", id="no header"),
        pytest.param(lambda a, b, c: [b, c], "line 1 is not of a run", id="header gone"),
        pytest.param(lambda a, b, c: ["[]", b], "line 1 is not of a run", id="header no object"),
        pytest.param(lambda a, b, c: ["hello"], "line 1 is not of a run", id="no JSON"),
        pytest.param(lambda a, b, c: ["\0\1\2"], "line 1 is not of a run", id="control characters"),
        pytest.param(lambda a, b, c: ["[" * 100_000], "line 1 is not of a run", id="nested without end"),
        pytest.param(
            lambda a, b, c: [edited(a, format=0), b], r"line 1 .*format 0, this version reads 1", id="older format"
        ),
        pytest.param(
            lambda a, b, c: [edited(a, format="1"), b], r"line 1 .*format '1', this version reads 1", id="no number"
        ),
        pytest.param(lambda a, b, c: [edited(a, note=1), b], "line 1 is not of a run", id="header with more"),
        pytest.param(lambda a, b, c: [without(a, "outline"), b], "line 1 is not of a run", id="header with less"),
        pytest.param(lambda a, b, c: [edited(a, outline=[["x"]]), b], "line 1 is not of a run", id="outline"),
        pytest.param(lambda a, b, c: [a, b, c[:-20]], "line 3 is not of a run", id="truncated"),
        pytest.param(lambda a, b, c: [a, b[: len(b) // 2]], "line 2 is not of a run", id="truncated in the middle"),
        pytest.param(lambda a, b, c: [a, b, "[]"], "line 3 is not of a run", id="no object"),
        pytest.param(lambda a, b, c: [a, without(b, "ranks"), c], "line 2 is not of a run", id="a key missing"),
        pytest.param(lambda a, b, c: [a, edited(b, note=1), c], "line 2 is not of a run", id="a key more"),
        pytest.param(lambda a, b, c: [a, edited(b, quotes=[{}]), c], "line 2 is not of a run", id="a quote"),
        pytest.param(lambda a, b, c: [a, edited(b, evidence=5), c], "line 2 is not of a run", id="evidence"),
        pytest.param(lambda a, b, c: [a, edited(b, hits={"one": True}), c], "line 2 is not of a run", id="hits"),
        pytest.param(
            lambda a, b, c: [a, edited(b, ranks={"fused": {"sentence": 1, "paragraphs": {}, "top": [99]}}), c],
            "line 2 is not of a run",
            id="a paragraph that the outline has not",
        ),
        pytest.param(lambda a, b, c: [a], "holds no question", id="no question"),
        pytest.param(lambda a, b, c: [a, "", " "], "holds no question", id="blank lines"),
    ],
)
def test_a_file_that_is_no_run(tmp_path: Path, lines: list[str], spoil: Callable[..., list[str]], said: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(spoil(*lines)) + "\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=rf"run\.jsonl {said}.*; (name a file that `yinzheng-eval run` wrote|make the)"
    ):
        file.read(path)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda b: edited(b, hits={}), id="answerable without hits"),
        pytest.param(lambda b: edited(b, confidence="high"), id="confidence"),
        pytest.param(lambda b: edited(b, answered="no"), id="answered"),
        pytest.param(
            lambda b: edited(b, ranks={"fused": {"sentence": 0, "paragraphs": {}, "top": []}}), id="a rank of 0"
        ),
        pytest.param(
            lambda b: edited(b, ranks={"fused": {"sentence": 1, "paragraphs": {}, "top": [-1]}}), id="a place of -1"
        ),
        pytest.param(lambda b: edited(b, id="zh-2"), id="an id that stands twice"),
    ],
)
def test_a_run_of_impossible_values(tmp_path: Path, lines: list[str], spoil: Callable[[str], str]) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join([lines[0], spoil(lines[1]), lines[2]]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"run\.jsonl line [23] is not of a run"):
        file.read(path)


def test_blank_lines_and_a_missing_line_end_do_no_harm(tmp_path: Path, made: Any, lines: list[str]) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n\n".join(lines), encoding="utf-8")
    assert [outcome.id for outcome in file.read(path).outcomes] == ["zh-1", "zh-2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"\x89PNG\r\n\x1a\n\xff", "it is not UTF-8"), ("细胞".encode("utf-16"), "not UTF-8")],
    ids=["missing", "binary", "UTF-16"],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "run.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=rf"run\.jsonl cannot be read \(.*{said}.*\); name a file that"):
        file.read(tmp_path / "run.jsonl")


def test_a_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        file.read(tmp_path)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, Path]]:
    (tmp_path / "file").write_text("x")
    yield {"a folder": tmp_path, "below a file": tmp_path / "file" / "run.jsonl"}
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("name", ["a folder", "below a file"])
def test_where_a_run_cannot_be_written(made: Any, places: dict[str, Path], name: str) -> None:
    for write in (file.check_writable, lambda path: file.write(made.run([made.outcome()]), path)):
        with pytest.raises(InputError, match=r"cannot be (written|made).*; name (a|another) file"):
            write(places[name])


def test_a_disk_that_is_full(made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("before")

    def full(draft: Any, target: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"run\.jsonl cannot be written \(No space left on device\)"):
        file.write(made.run([made.outcome()]), path)
    assert path.read_text() == "before"


def test_a_disk_that_is_full_keeps_no_draft(made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(draft: Any, target: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError):
        file.write(made.run([made.outcome()]), tmp_path / "run.jsonl")
    assert list(tmp_path.iterdir()) == []

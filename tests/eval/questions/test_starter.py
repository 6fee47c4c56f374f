"""A new set: its evidence stands, its questions are to be written, and nothing is overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.questions import starter
from eval.questions.dataset import load
from eval.questions.labels import Labels, check
from index.errors import InputError
from index.library import Library


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def shelf(made: Any) -> Any:
    """Two documents of three paragraphs together; two sentences are too short to ask about."""
    tea = made.document(
        "tea",
        {
            "1-P1": ["绿茶含有茶多酚，含量为百分之二十八。", "红茶需要全发酵才能制成。", "好茶。"],
            "1-P2": ["乌龙茶产于福建省安溪县一带。"],
        },
    )
    return made.library(tea, made.document("coffee", {"1-P1": ["Coffee beans are roasted at 220 degrees.", "Yes."]}))


def test_a_set_of_several_documents(shelf: Any, tmp_path: Path) -> None:
    assert starter.start(shelf, tmp_path / "new.jsonl", size=9) == 4 + 1
    made = entries(tmp_path / "new.jsonl")
    assert made[0] == {
        "id": "zh-fact-01",
        "language": "zh",
        "kind": "fact",
        "question": "",
        "answerable": True,
        "evidence": [[{"paragraph": "tea:1-P1", "text": "绿茶含有茶多酚，含量为百分之二十八。"}]],
    }
    assert [(e["id"], e["evidence"][0][0]["paragraph"]) for e in made[:4]] == [
        ("zh-fact-01", "tea:1-P1"),
        ("zh-fact-02", "tea:1-P1"),
        ("zh-fact-03", "tea:1-P2"),
        ("en-fact-04", "coffee:1-P1"),
    ]
    assert (made[4]["id"], made[4]["answerable"], made[4]["evidence"]) == ("zh-near-01", False, [])


@pytest.mark.parametrize("seed", range(5))
def test_sentences_come_from_as_many_paragraphs_as_there_are(shelf: Any, tmp_path: Path, seed: int) -> None:
    starter.start(shelf, tmp_path / "new.jsonl", size=3, seed=seed)
    places = [e["evidence"][0][0]["paragraph"] for e in entries(tmp_path / "new.jsonl") if e["answerable"]]
    assert places == ["tea:1-P1", "tea:1-P2", "coffee:1-P1"]


@pytest.mark.parametrize(("size", "answerable", "unanswerable"), [(1, 1, 1), (8, 8, 2), (20, 20, 5), (22, 22, 5)])
def test_a_quarter_as_many_unanswerable(
    library: Library, tmp_path: Path, size: int, answerable: int, unanswerable: int
) -> None:
    assert starter.start(library, tmp_path / "new.jsonl", size) == answerable + unanswerable
    kinds = [e["answerable"] for e in entries(tmp_path / "new.jsonl")]
    assert (kinds.count(True), kinds.count(False)) == (answerable, unanswerable)


def test_seeds(library: Library, tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        starter.start(library, tmp_path / name, 10, seed)
        texts.append((tmp_path / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != texts[2]


def test_a_few_are_drawn_from_anywhere(library: Library, tmp_path: Path) -> None:
    """Not the first paragraphs of the library, whatever the seed."""
    drawn = set()
    for seed in range(6):
        starter.start(library, tmp_path / f"{seed}", 2, seed)
        drawn |= {e["evidence"][0][0]["paragraph"] for e in entries(tmp_path / f"{seed}") if e["answerable"]}
    assert len(drawn) > 4


def test_lines_are_refused_until_their_question_is_written(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    count = starter.start(library, path, 6)
    lines = path.read_text(encoding="utf-8").splitlines()
    for number in range(count):
        with pytest.raises(InputError, match=rf"new\.jsonl line {number + 1}: question is ''; expected a text"):
            load([path])
        lines[number] = lines[number].replace('"question": ""', f'"question": "第{number}个问题？"')
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    items = load([path])
    assert len(items) == count
    check(items, Labels(library))
    # of one document, paragraphs are named without it
    assert all(":" not in item.gold[0] for item in items if item.answerable)


def test_a_file_is_never_overwritten(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("precious")
    with pytest.raises(InputError, match=r"mine\.jsonl is there already; name a new file"):
        starter.start(library, path, 3)
    assert path.read_text() == "precious"
    with pytest.raises(InputError, match="is there already"):
        starter.start(library, tmp_path, 3)


def test_a_folder_that_is_not_there(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"new\.jsonl cannot be written \(No such file or directory\); name another"):
        starter.start(library, tmp_path / "none" / "new.jsonl", 3)


def test_a_library_of_short_sentences(made: Any, tmp_path: Path) -> None:
    assert starter.start(made.library(made.document("d", {"1-P1": ["好茶。"]})), tmp_path / "new.jsonl", 5) == 1
    assert [e["answerable"] for e in entries(tmp_path / "new.jsonl")] == [False]

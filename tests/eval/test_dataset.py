"""Question sets: what is refused, at which line, and halves that stay where they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eval.dataset import Alternative, Item, check, load, loose
from index.errors import InputError, NotFound

if TYPE_CHECKING:
    from index.library import Library

GOOD: dict[str, Any] = {
    "id": "zh-1",
    "language": "zh",
    "kind": "number",
    "section": "2",
    "question": "多少？",
    "answerable": True,
    "evidence": [[{"paragraph": "2-P2", "text": "28.1%"}]],
}
NO: dict[str, Any] = {**GOOD, "id": "zh-2", "answerable": False, "evidence": [], "section": None}


def write(path: Path, *entries: Any) -> Path:
    path.write_text("\n".join(e if isinstance(e, str) else json.dumps(e) for e in entries), encoding="utf-8")
    return path


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def test_a_good_set(tmp_path: Path) -> None:
    items = load([write(tmp_path / "a.jsonl", GOOD, "", NO), write(tmp_path / "b.jsonl", {**NO, "id": "en-1"})])
    assert [item.id for item in items] == ["zh-1", "zh-2", "en-1"]
    assert items[0].evidence == ((Alternative("2-P2", "28.1%"),),)
    assert items[1].evidence == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 has other keys"),
        ("5", "line 2 has other keys"),
        (without("kind"), "line 2 has other keys"),
        ({**GOOD, "note": "x"}, "line 2 has other keys"),
        ({**GOOD, "language": "fr"}, "line 2: language or answerable"),
        ({**GOOD, "answerable": "yes"}, "line 2: language or answerable"),
        ({**GOOD, "evidence": None}, "line 2: evidence is malformed"),
        ({**GOOD, "evidence": [[{"paragraph": "2-P2"}]]}, "line 2: evidence is malformed"),
        ({**GOOD, "evidence": [["2-P2"]]}, "line 2: evidence is malformed"),
        ({**GOOD, "evidence": []}, "line 2: evidence and answerable disagree"),
        ({**GOOD, "evidence": [[]]}, "line 2: evidence and answerable disagree"),
        ({**GOOD, "answerable": False}, "line 2: evidence and answerable disagree"),
        ({**GOOD, "id": "zh-0"}, "line 2: the id 'zh-0' stands in .*line 1 too"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_errors_name_the_line(tmp_path: Path, entry: Any, said: str) -> None:
    path = write(tmp_path / "set.jsonl", {**GOOD, "id": "zh-0"}, entry)
    with pytest.raises(InputError, match=rf"set\.jsonl {said}"):
        load([path])


def test_an_id_that_stands_in_two_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"b\.jsonl line 1: the id 'zh-1' stands in .*a\.jsonl line 1 too"):
        load([write(tmp_path / "a.jsonl", GOOD), write(tmp_path / "b.jsonl", GOOD)])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load([tmp_path / "none"])
    with pytest.raises(InputError, match="cannot be read"):
        load([tmp_path])
    (tmp_path / "gb.jsonl").write_bytes("多少".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        load([tmp_path / "gb.jsonl"])
    with pytest.raises(InputError, match="no questions in"):
        load([write(tmp_path / "empty.jsonl", "", "  ")])


@pytest.mark.parametrize(
    ("id", "half"), [("zh-number-01", "held-out"), ("zh-number-05", "tuning"), ("zh-number-06", "tuning")]
)
def test_halves_hang_on_the_id_alone(id: str, half: str) -> None:
    assert Item(id, "zh", "k", None, "q", False, ()).half == half
    assert Item(id, "en", "other", "2", "other?", True, ((Alternative("p", "t"),),)).half == half


def item(*evidence: tuple[Alternative, ...]) -> Item:
    return Item("x-1", "zh", "number", "2", "q", True, evidence)


def test_evidence_that_stands(library: Library) -> None:
    check([item((Alternative("2-P2", "28.1%（77/273）"), Alternative("4-P2", "Meng等")))], library)


@pytest.mark.parametrize(
    "wrong", [Alternative("2-P1", "28.1%"), Alternative("2-P2", "29.1%"), Alternative("2-P2", "罕见［7］目前")]
)
def test_evidence_that_does_not_stand(library: Library, wrong: Alternative) -> None:
    with pytest.raises(InputError, match=r"x-1: .* stands in no sentence of 2-P"):
        check([item((Alternative("2-P2", "28.1%"),), (wrong,))], library)


def test_evidence_in_no_paragraph(library: Library) -> None:
    with pytest.raises((NotFound, InputError), match="9-P9"):
        check([item((Alternative("9-P9", "x"),))], library)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("28.1%（77/273）", "28.1% (77/273)", True),
        ("IL－37，", "il-37", True),
        ("５周内", "5周内", True),
        ("50%~66%", "50%-66%", False),
        ("28.1%", "281%", False),
    ],
)
def test_loose(a: str, b: str, same: bool) -> None:
    assert (loose(a) == loose(b)) is same

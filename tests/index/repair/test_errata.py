"""The reviewed table beside a source: how it is read, and what it does to a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SourceError
from index.repair import errata
from index.repair.edits import Edit, Repaired
from index.repair.errata import Erratum

HEAD = "line\traw\tcorrected\tcertainty\treason\n"
SOURCE = "第一行有错字\r\nkiUer cell\n\n第四行[sl。\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "paper.txt.errata.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_table_means_no_errata(tmp_path: Path) -> None:
    assert errata.read(tmp_path / "paper.txt.errata.tsv") == ()


def test_rows_are_read_as_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + '2\tkiUer\tkiller\tcertain\tll read as U\n4\t"[sl\t［8］\tlikely\t8, "not" s\n')
    assert errata.read(path) == (
        Erratum(2, "kiUer", "killer", "certain", "ll read as U"),
        Erratum(4, '"[sl', "［8］", "likely", '8, "not" s'),
    )


def test_edits_are_sorted_and_mend_the_text() -> None:
    table = (
        Erratum(4, "[sl。", "［8］。", "likely", "b"),
        Erratum(2, "U", "ll", "certain", "a"),
        Erratum(1, "错", "", "certain", "c"),
    )
    edits = errata.edits(SOURCE, table, "t")
    assert edits == sorted(edits)
    assert {e.rule for e in edits} == {"errata"}
    assert [e.reason for e in edits] == ["c", "a", "b"]
    assert Repaired(SOURCE, edits).text == "第一行有字\r\nkiller cell\n\n第四行［8］。\n"


def test_an_offset_is_one_of_the_whole_source() -> None:
    assert errata.edits(SOURCE, (Erratum(2, "cell", "cells", "certain", ""),), "t") == [
        Edit(14, 18, "cells", "errata", "")
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("", "line 1", id="empty"),
        pytest.param("line,raw,corrected,certainty,reason\n", "line 1", id="commas"),
        pytest.param("raw\tline\tcorrected\tcertainty\treason\n", "line 1", id="other-order"),
        pytest.param(HEAD + "1\ta\tb\tcertain\n", "line 2", id="column-missing"),
        pytest.param(HEAD + "1\ta\tb\tcertain\tr\tx\n", "line 2", id="column-too-many"),
        pytest.param(HEAD + "1\ta\tb\tcertain\tr\n\n", "line 3", id="blank-row"),
        pytest.param(HEAD + "one\ta\tb\tcertain\tr\n", "line 2", id="line-is-no-number"),
        pytest.param(HEAD + "-1\ta\tb\tcertain\tr\n", "line 2", id="line-is-negative"),
        pytest.param(HEAD + "9" * 5000 + "\ta\tb\tcertain\tr\n", "line 2", id="line-of-thousands-of-digits"),
        pytest.param(HEAD + "1\ta\tb\tsure\tr\n", "line 2", id="unknown-certainty"),
    ],
)
def test_a_malformed_table_is_refused_by_line(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(SourceError) as caught:
        errata.read(write(tmp_path, text))
    assert f"paper.txt.errata.tsv {place}" in str(caught.value)
    assert "expected" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "raw", "found"),
    [
        pytest.param(1, "无此字", "stands 0 times in line 1", id="absent"),
        pytest.param(2, "l", "stands 2 times in line 2", id="twice"),
        pytest.param(1, "kiUer", "stands 0 times in line 1", id="another-line"),
        pytest.param(99, "kiUer", "stands 0 times in line 99", id="beyond"),
        pytest.param(0, "第", "stands 0 times in line 0", id="zero"),
    ],
)
def test_a_row_that_does_not_fit_names_itself(line: int, raw: str, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        errata.edits(SOURCE, (Erratum(line, raw, "x", "certain", ""),), "paper.txt.errata.tsv")
    assert str(caught.value).startswith("paper.txt.errata.tsv: ")
    assert repr(raw) in str(caught.value)
    assert found in str(caught.value)
    assert "correct that row" in str(caught.value)

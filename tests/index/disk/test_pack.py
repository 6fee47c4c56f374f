"""Several contents in one file: read as they were written, block by block, or found to be damaged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.disk import pack
from index.disk.arrays import OnDisk
from index.disk.disk import Content, File
from index.disk.pack import Pack
from index.disk.sums import BLOCK, Sum, Summing
from index.errors import IndexDamaged

# More than one block, and an end within one.
LONG = bytes(range(256)) * (2 * BLOCK // 256) + b"end"
ARRAY = np.arange(3 * BLOCK, dtype=np.float32).reshape(-1, 24)
CONTENTS: dict[str, Any] = {"a.json": b"[1]", "empty": b"", "long": LONG, "rows.npy": ARRAY, "none.npy": ARRAY[:0]}


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    pack.write(tmp_path / "pack", CONTENTS.items())
    return tmp_path / "pack"


def test_what_is_written_is_read(packed: Path) -> None:
    found = Pack(File(packed), "mend it")
    assert list(found) == list(CONTENTS)
    assert [found[name] for name in ("a.json", "empty", "long")] == [b"[1]", b"", LONG]
    rows = found["rows.npy"]
    assert isinstance(rows, OnDisk)
    assert (rows.shape, rows.dtype, len(rows)) == (ARRAY.shape, ARRAY.dtype, len(ARRAY))
    assert np.asarray(rows).tobytes() == ARRAY.tobytes()
    assert np.asarray(found["none.npy"]).shape == (0, 24)
    assert Pack(File(packed), "mend it", found.digest)["a.json"] == b"[1]"
    found.check()


def test_a_file_that_was_opened_can_be_read_when_it_is_gone(packed: Path) -> None:
    found = Pack(File(packed), "mend it")
    packed.unlink()
    assert found["long"] == LONG


def test_a_file_that_is_held_stays_as_it_was(packed: Path) -> None:
    found = Pack(File(packed), "mend it")
    found.hold()
    os.truncate(packed, 0)
    assert found["long"] == LONG
    assert np.asarray(found["rows.npy"]).tobytes() == ARRAY.tobytes()


@pytest.mark.parametrize("at", range(40))
def test_no_flipped_bit_goes_unseen(packed: Path, at: int) -> None:
    good = packed.read_bytes()
    place = at * len(good) // 40 if at < 39 else len(good) - 1
    packed.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])
    digest = Pack(File(packed), "").digest if at < 38 else "0" * 64
    with pytest.raises(IndexDamaged, match=r"pack is damaged.*; mend it"):
        Pack(File(packed), "mend it", digest).check()


@pytest.mark.parametrize("size", [0, 1, 8, 300, -1])
def test_a_file_that_is_cut(packed: Path, size: int) -> None:
    os.truncate(packed, size if size >= 0 else packed.stat().st_size - 1)
    with pytest.raises(IndexDamaged, match=r"pack is damaged"):
        Pack(File(packed), "mend it").check()


def test_only_the_blocks_that_are_needed_are_read(packed: Path) -> None:
    """The second block is damaged: the first and the third are read all the same."""
    data = bytearray(packed.read_bytes())
    data[len(b"[1]") + BLOCK] ^= 1
    packed.write_bytes(data)
    content = Content(File(packed), 3, Sum.of(LONG), "mend it")
    assert content.read(0, BLOCK) == LONG[:BLOCK]
    assert content.read(2 * BLOCK, 2 * BLOCK + 3) == b"end"
    for start, end in ((BLOCK, BLOCK + 1), (BLOCK - 1, BLOCK + 1), (0, len(LONG))):
        with pytest.raises(IndexDamaged):
            content.read(start, end)


def test_a_file_that_becomes_shorter_once_it_was_seen(packed: Path) -> None:
    content = Content(File(packed), 3, Sum.of(LONG), "mend it")
    assert content.whole() == LONG
    os.truncate(packed, 10)
    with pytest.raises(IndexDamaged, match="shorter"):
        content.read(BLOCK, BLOCK + 4)


@given(st.lists(st.integers(0, len(ARRAY) - 1), max_size=30), st.integers(0, len(ARRAY)), st.integers(0, 9_000))
def test_rows_are_those_of_the_array(rows: list[int], start: int, count: int) -> None:
    stored = _stored()
    assert stored[np.array(rows, np.int64)].tobytes() == ARRAY[np.array(rows, np.int64)].tobytes()
    assert stored[start : start + count].tobytes() == ARRAY[start : start + count].tobytes()
    assert [stored[row].tolist() for row in rows[:2]] == [ARRAY[row].tolist() for row in rows[:2]]


@given(st.lists(st.binary(max_size=40)), st.integers(1, 9))
def test_a_sum_is_that_of_the_whole_however_it_comes(pieces: list[bytes], times: int) -> None:
    pieces = [piece * times * 997 for piece in pieces]
    summing = Summing()
    assert b"".join(map(bytes, summing.over(pieces))) == b"".join(pieces)
    assert summing.sum == Sum.of(b"".join(pieces)) == Sum.from_json(summing.sum.to_json())


@pytest.mark.parametrize(
    "value",
    [None, [], [1], ["a", "b"], [True, "0" * 64], [-1, "0" * 64], [1, "0" * 62], [1, "x" * 64], [BLOCK + 1, "0" * 64]],
)
def test_what_is_no_sum(value: object) -> None:
    with pytest.raises(ValueError, match=r"expected a size|non-hexadecimal"):
        Sum.from_json(value)


def _stored() -> OnDisk:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        pack.write(Path(folder, "pack"), [("rows.npy", ARRAY)])
        stored = Pack(File(Path(folder, "pack")), "")["rows.npy"]
    assert isinstance(stored, OnDisk)
    return stored

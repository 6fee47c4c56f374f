"""A damaged index never answers otherwise than the good one: it answers the same, or says which file to mend how."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index import opening
from index.disk.lock import FILE as LOCK
from index.errors import IndexDamaged, IndexMissing, IndexStale, StoreError
from index.library import Library
from index.store.manifest import COPY

SEED = 20


def said(opened: Library) -> tuple[object, ...]:
    """All that an index says."""
    document = opened.documents[0]
    shown = tuple(row.text for row in opened.rows)
    lexical = opened.engine.terms.lexical.scores(opened.tokenizer.terms("海藻 产量"))
    dense = opened.engine.dense.scores(opened.engine.dense.query_centres[0] + 0.1, "zh")
    arrays = (array for part in opened.parts for array in (part.sentences, part.late.tokens))
    vectors = tuple(np.asarray(array).tobytes() for array in arrays)
    places = document.places
    return document, shown, *(scores.tobytes() for scores in (*lexical, *dense)), vectors, places, opened.fingerprint


@pytest.fixture(scope="module")
def good(built: Path) -> tuple[object, ...]:
    return said(opening.read(built))


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "index")
    return tmp_path / "index"


def files(folder: Path) -> list[Path]:
    """Every file that an answer hangs on."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in (LOCK, COPY))
    return sorted(found)


def outcome(folder: Path, good: tuple[object, ...]) -> str:
    """What comes of asking a damaged index."""
    try:
        found = said(opening.read(folder))
    except (IndexDamaged, IndexMissing, IndexStale) as error:
        message = str(error)
        return message if f"run `yinzheng index build --index {folder}`" in message else f"no command: {message}"
    assert found == good, "a damaged index has another answer"
    return "the same"


def flips(folder: Path, count: int) -> Iterator[tuple[Path, int, int]]:
    """Files, places in them and the bit to be flipped there: each file as often as any other, whatever its size."""
    picked = random.Random(SEED)
    paths = files(folder)
    for number in range(count):
        path = paths[number % len(paths)]
        yield path, picked.randrange(path.stat().st_size), 1 << picked.randrange(8)


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.slow)])
def test_flipped_bits(folder: Path, good: tuple[object, ...], count: int) -> None:
    unharmed = 0
    for path, at, bit in flips(folder, count):
        content = path.read_bytes()
        path.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
        found = outcome(folder, good)
        assert not found.startswith("no command")
        assert found == "the same" or str(path) in found or (path.name == "manifest.json" and str(folder) in found)
        unharmed += found == "the same"
        path.write_bytes(content)
    print(f"{count} bits flipped in {len(files(folder))} files, {unharmed} without effect, no wrong answer")
    assert unharmed < count / 50  # white space of the manifest
    assert outcome(folder, good) == "the same"


def cut(path: Path, picked: random.Random) -> None:
    os.truncate(path, picked.randrange(1, path.stat().st_size - 1))


def emptied(path: Path, picked: random.Random) -> None:
    os.truncate(path, 0)


def longer(path: Path, picked: random.Random) -> None:
    with path.open("ab") as file:
        file.write(picked.randbytes(9))


def gone(path: Path, picked: random.Random) -> None:
    path.unlink()


def noise(path: Path, picked: random.Random) -> None:
    path.write_bytes(picked.randbytes(path.stat().st_size))


def folder_instead(path: Path, picked: random.Random) -> None:
    path.unlink()
    path.mkdir()


def loop(path: Path, picked: random.Random) -> None:
    path.unlink()
    path.symlink_to(path.name)


def endless(path: Path, picked: random.Random) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def sparse(path: Path, picked: random.Random) -> None:
    os.truncate(path, 1 << 40)


HARMS = [cut, emptied, longer, gone, noise, folder_instead, loop, endless, sparse]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_harmed_files(folder: Path, good: tuple[object, ...], harm: Callable[[Path, random.Random], None]) -> None:
    picked = random.Random(SEED)
    before = files(folder)
    for path in before:
        if harm is sparse and path.name == "manifest.json":
            continue  # no sum tells their size: see below
        content = path.read_bytes()
        harm(path, picked)
        found = outcome(folder, good)
        assert not found.startswith(("the same", "no command"))
        assert str(path) in found or (path.name == "manifest.json" and str(folder) in found)
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        path.write_bytes(content)
    assert files(folder) == before
    assert outcome(folder, good) == "the same"


def test_files_of_another_index(folder: Path, other: Path, good: tuple[object, ...]) -> None:
    part, *parts = other.glob("parts/*")
    assert not parts
    theirs = {path.name: path for path in files(other)}
    swapped = 0
    for path in files(folder):
        content, foreign = path.read_bytes(), theirs.get(path.name, part).read_bytes()
        if content == foreign:
            continue
        path.write_bytes(foreign)
        found = outcome(folder, good)
        assert found != "the same"
        swapped += 1
        path.write_bytes(content)
    assert swapped > 8


def test_a_part_and_data_of_another_index(folder: Path, other: Path, good: tuple[object, ...]) -> None:
    for pattern in ("parts/*", "data-*"):
        (mine,), (theirs,) = folder.glob(pattern), other.glob(pattern)
        shutil.move(mine, folder / "kept")
        shutil.copytree(theirs, mine) if theirs.is_dir() else shutil.copy(theirs, mine)
        assert "is damaged" in outcome(folder, good) or "cannot be read" in outcome(folder, good)
        shutil.rmtree(mine) if mine.is_dir() else mine.unlink()
        shutil.move(folder / "kept", mine)
    assert outcome(folder, good) == "the same"


def test_files_that_change_places(folder: Path, good: tuple[object, ...]) -> None:
    paths = files(folder)
    for one, two in zip(paths, [*paths[1:], paths[0]], strict=True):
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)
        assert outcome(folder, good) != "the same"
        one.write_bytes(first)
        two.write_bytes(second)
    assert outcome(folder, good) == "the same"


def test_a_manifest_without_end_is_not_read(folder: Path, good: tuple[object, ...]) -> None:
    for path in (folder / "manifest.json", next(folder.glob("parts/*"))):
        content = path.read_bytes()
        os.truncate(path, 1 << 40)
        assert "cannot be read" in outcome(folder, good) or "damaged" in outcome(folder, good)
        path.write_bytes(content)


def test_nothing_but_errors_of_the_store(folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(StoreError):
        opening.read(folder)

"""The files of an index: damage is found and named, and no build that fails harms the last good one."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import library
from index.dense import Dense
from index.errors import IndexDamaged, IndexMissing, IndexStale, IndexUnwritable, StoreError
from index.late import LatePart
from index.part import SUMS
from index.store import MANIFEST, NOTHING_SAID, Store, fingerprint

DATA_FILES = ["terms.json", "glossary.json", *Dense.FILES]
PART_FILES = ["extract.npz", "document.json", "sentences.npy", "paragraphs.npy", *LatePart.FILES]


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the good index."""
    shutil.copytree(built, tmp_path / "index")
    return tmp_path / "index"


def data(folder: Path) -> Path:
    (found,) = folder.glob("data-*")
    return found


def part(folder: Path) -> Path:
    (found,) = folder.glob("parts/*")
    return found


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_a_good_index_has_these_files_and_no_others(built: Path) -> None:
    assert sorted(Store(built).manifest()["files"]) == sorted(DATA_FILES)
    assert {path.name for path in data(built).iterdir()} == set(DATA_FILES)
    assert {path.name for path in part(built).iterdir()} == {*PART_FILES, SUMS}
    assert {path.name for path in built.iterdir()} == {MANIFEST, ".lock", "parts", data(built).name}
    assert len(library.read(built).rows) == 6


@pytest.mark.parametrize("damage", [truncate, flip, empty, Path.unlink, as_folder])
@pytest.mark.parametrize("name", [*DATA_FILES, *PART_FILES, SUMS])
def test_a_damaged_file_is_named_with_the_mend(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    path = (data if name in DATA_FILES else part)(folder) / name
    damage(path)
    with pytest.raises(IndexDamaged) as caught:
        library.read(folder)
    message = str(caught.value)
    assert str(path) in message
    assert f"run `yinzheng index build --index {folder}`" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param("", IndexDamaged, id="empty"),
        pytest.param('{"format": 2', IndexDamaged, id="cut"),
        pytest.param("[]", IndexDamaged, id="no-object"),
        pytest.param("{}", IndexDamaged, id="no-format"),
        pytest.param('{"format": 2}', IndexDamaged, id="no-fingerprint"),
        pytest.param('{"format": 0}', IndexStale, id="older"),
        pytest.param('{"format": 3}', IndexStale, id="newer"),
        pytest.param('{"format": "2"}', IndexStale, id="another-kind"),
        pytest.param('"\ud83d"', IndexDamaged, id="not-utf8"),
    ],
)
def test_a_manifest_that_is_none(folder: Path, content: str, error: type[StoreError]) -> None:
    (folder / MANIFEST).write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(error) as caught:
        library.read(folder)
    assert type(caught.value) is error
    assert str(folder) in str(caught.value)
    assert "yinzheng index build" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_flipped_bit_of_a_manifest_goes_unseen(folder: Path) -> None:
    path = folder / MANIFEST
    good = path.read_bytes()
    before = Store(folder).manifest()
    unseen = []
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        try:
            after = Store(folder).manifest()
        except StoreError:
            continue
        # white space, and the places of the sources, which are no part of what an index is
        unseen.append(placeless(after) == placeless(before))
    assert all(unseen)
    assert len(unseen) < len(good) / 5


def placeless(manifest: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in manifest.items() if key not in NOTHING_SAID}
    return {**kept, "documents": [{**document, "path": ""} for document in kept["documents"]]}


def test_a_folder_without_an_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "nothing", tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(IndexMissing, match=r"no index in .*; run `yinzheng index build --index"):
            library.read(place)


@pytest.mark.parametrize("below", ["", "deeper"], ids=["a-file", "below-a-file"])
def test_a_place_that_cannot_be_written(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x")
    place = tmp_path / "file" / below
    with (
        pytest.raises(IndexUnwritable, match=r"cannot be written to .*; name a folder of yours"),
        Store(place).writing(),
    ):
        pytest.fail("nothing can be written here")
    assert (tmp_path / "file").read_text() == "x"


def test_a_disk_that_fills_up_is_unwritable_and_harms_nothing(folder: Path) -> None:
    before = snapshot(folder)
    with pytest.raises(IndexUnwritable, match=r"No space left on device.*make room"):
        fail(folder, OSError(28, "No space left on device"))
    assert snapshot(folder) == before


def fail(folder: Path, error: BaseException) -> None:
    """Begin a build and break off."""
    with Store(folder).writing() as fresh:
        (fresh / "terms.json").write_text("[]")
        raise error


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
def test_a_build_that_fails_leaves_the_last_good_index(folder: Path, error: type[BaseException]) -> None:
    before = snapshot(folder)
    with pytest.raises(error):
        fail(folder, error())
    assert snapshot(folder) == before
    assert len(library.read(folder).rows) == 6


# A build that is killed: `os._exit` runs no clean-up, as SIGKILL or a power cut.
KILLED = """
import os, sys
from pathlib import Path
from index import store

folder, stage = Path(sys.argv[1]), sys.argv[2]
rename, replace = os.rename, os.replace

def dies(name, real):
    def call(*arguments):
        if stage == "before-" + name:
            os._exit(9)
        real(*arguments)
        if stage == "after-" + name:
            os._exit(9)
    return call

store.os.rename, store.os.replace = dies("data", rename), dies("manifest", replace)
one = store.Store(folder)
with one.writing() as fresh:
    (fresh / "terms.json").write_text("[]")
    if stage == "while-filling":
        os._exit(9)
    one.commit(fresh, {"encoder": "x"})
"""


def kill(folder: Path, stage: str) -> int:
    return subprocess.run([sys.executable, "-c", KILLED, str(folder), stage], check=False, timeout=60).returncode


@pytest.mark.parametrize("stage", ["while-filling", "before-data", "after-data", "before-manifest"])
def test_a_build_that_is_killed_leaves_the_last_good_index(folder: Path, stage: str) -> None:
    before = snapshot(folder)
    assert kill(folder, stage) == 9
    after = snapshot(folder)
    assert {name: after[name] for name in before} == before
    assert set(after) > set(before)
    assert len(library.read(folder).rows) == 6
    assert kill(folder, "never") == 0  # and the next build gets through, and clears up
    manifest = Store(folder).manifest()
    assert Store(folder).data(manifest) == data(folder)
    assert {path.name for path in folder.iterdir()} == {MANIFEST, ".lock", "parts", manifest["data"]}
    assert list((folder / "parts").iterdir()) == []  # the new index has no documents


def test_a_build_killed_after_its_last_step_is_done(folder: Path) -> None:
    assert kill(folder, "after-manifest") == 9
    manifest = Store(folder).manifest()
    assert manifest["encoder"] == "x"
    assert list(manifest["files"]) == ["terms.json"]
    assert Store(folder).data(manifest).is_dir()


def test_writing_the_same_again_mends_the_data(folder: Path) -> None:
    store, good = Store(folder), snapshot(folder)
    manifest = store.manifest()
    flip(data(folder) / "terms.json")
    with store.writing() as fresh:
        for name in manifest["files"]:
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_bytes(good[f"{manifest['data']}/{name}"])
        core = {k: v for k, v in manifest.items() if k not in ("format", "data", "files", "fingerprint")}
        assert store.commit(fresh, core) == manifest
    assert snapshot(folder) == good


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path).writing(), (tmp_path / ".lock").open("w") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_fingerprint_is_of_the_content_not_of_the_place(built: Path) -> None:
    manifest = json.loads((built / MANIFEST).read_text(encoding="utf-8"))
    assert fingerprint(manifest) == manifest["fingerprint"]
    assert fingerprint({**manifest, "folder": "elsewhere"}) == manifest["fingerprint"]
    for key in set(manifest) - {*NOTHING_SAID, "fingerprint"}:
        assert fingerprint({**manifest, key: "other"}) != manifest["fingerprint"]


def test_nothing_is_pickled(built: Path) -> None:
    for path in (path for path in built.rglob("*") if path.is_file() and path.name != ".lock"):
        content = path.read_bytes()
        assert content[:1] != b"\x80", path  # the start of a pickle of protocol 2 or later
        if path.suffix == ".json":
            json.loads(content)
        elif path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).dtype != object
        elif path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype != object for name in arrays)
        else:
            assert path.suffix == ".faiss"

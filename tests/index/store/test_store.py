"""The files of an index: damage is found and named, and no build that fails harms the last good one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import opening
from index.disk.disk import File
from index.disk.lock import FILE as LOCK
from index.disk.pack import Pack
from index.errors import IndexDamaged, IndexMissing, IndexStale, IndexUnwritable, StoreError
from index.store.manifest import COPY, NOTHING_SAID, fingerprint, signed
from index.store.manifest import FILE as MANIFEST
from index.store.store import Store

DATA_FILES = [
    "words.json",
    "glossary.json",
    "sentence-paragraphs.npy",
    "sentence-chinese.npy",
    "vocabulary-text.npy",
    "vocabulary-starts.npy",
    *(
        f"{chunk}-{name}.npy"
        for chunk in ("sentence", "paragraph")
        for name in (
            "terms",
            "term-starts",
            "posting-rows",
            "posting-codes",
            "posting-starts",
            "saturations",
            "vector-rows",
        )
    ),
    "centres.npy",
]


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
    path.write_bytes(path.read_bytes()[:-2])


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
    assert part(built).is_file()
    assert {path.name for path in built.iterdir()} == {MANIFEST, COPY, LOCK, "parts", data(built).name}
    assert (built / COPY).read_bytes() == (built / MANIFEST).read_bytes()
    assert len(opening.read(built).rows) == 6


@pytest.mark.parametrize("damage", [truncate, flip, empty, Path.unlink, as_folder])
@pytest.mark.parametrize("name", [*DATA_FILES, "part"])
def test_a_damaged_file_is_named_with_the_mend(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    path = part(folder) if name == "part" else data(folder) / name
    damage(path)
    with pytest.raises(IndexDamaged) as caught:
        opening.read(folder)
    message = str(caught.value)
    assert str(path) in message
    assert f"run `yinzheng index build --index {folder}`" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param("", IndexDamaged, id="empty"),
        pytest.param('{"format": 4', IndexDamaged, id="cut"),
        pytest.param("[]", IndexDamaged, id="no-object"),
        pytest.param("{}", IndexDamaged, id="no-format"),
        pytest.param('{"format": 4}', IndexDamaged, id="no-sum"),
        pytest.param("[" * 100_000, IndexDamaged, id="nested"),
        pytest.param('{"format": 0}', IndexStale, id="older"),
        pytest.param('{"format": 5}', IndexStale, id="newer"),
        pytest.param('{"format": "4"}', IndexStale, id="another-kind"),
        pytest.param('"\ud83d"', IndexDamaged, id="not-utf8"),
    ],
)
def test_a_manifest_that_is_none(folder: Path, content: str, error: type[StoreError]) -> None:
    (folder / MANIFEST).write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(error) as caught:
        opening.read(folder)
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
        unseen.append(after == before)  # white space
    assert all(unseen)
    assert len(unseen) < len(good) / 10


def test_a_folder_without_an_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "nothing", tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(IndexMissing, match=r"no index in .*; run `yinzheng index build --index"):
            opening.read(place)


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


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != LOCK)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
def test_a_build_that_breaks_off_leaves_the_last_good_index(folder: Path, error: type[BaseException]) -> None:
    before = snapshot(folder)

    def files() -> Iterator[tuple[str, bytes]]:
        yield "words.json", b"[]"
        assert snapshot(folder) != before
        raise error

    with pytest.raises(error), Store(folder).writing():
        Store(folder).commit(files(), {})
    assert snapshot(folder) == before
    assert len(opening.read(folder).rows) == 6


def test_writing_the_same_again_mends_the_data(folder: Path) -> None:
    store, good = Store(folder), snapshot(folder)
    manifest = store.manifest()
    flip(data(folder) / "words.json")
    (folder / COPY).unlink()
    with store.writing():
        files = ((name, good[f"{manifest['data']}/{name}"]) for name in manifest["files"])
        core = {k: v for k, v in manifest.items() if k not in ("format", "data", "files", "fingerprint", "sum")}
        assert store.commit(files, core) == manifest
    assert snapshot(folder) == good


@pytest.mark.parametrize("damage", [truncate, flip, empty, Path.unlink, as_folder])
def test_what_was_said_survives_a_damaged_manifest(folder: Path, damage: Callable[[Path], None]) -> None:
    before = (Store(folder).said, Store(folder).entries(), Store(folder).core())
    assert before[1]
    damage(folder / MANIFEST)
    with pytest.raises(StoreError):
        Store(folder).manifest()
    assert (Store(folder).said, Store(folder).entries(), Store(folder).core()) == before
    assert not Store(folder).copied()
    damage(folder / COPY) if damage is not flip else empty(folder / COPY)
    assert damage is flip or Store(folder).said == {}


@pytest.mark.parametrize(
    "change",
    [
        {"data": "../data-0000000000000000"},
        {"files": {"../words.json": [1, "0" * 64]}},
        {"files": {"..": [1, "0" * 64]}},
        {"files": {"words.json": "0" * 64}},
        {"files": None},
        {"documents": None},
        {"documents": [{"part": "x"}]},
        {"encoder": 5},
    ],
    ids=str,
)
def test_a_signed_manifest_that_leads_elsewhere_is_none(folder: Path, change: dict[str, Any]) -> None:
    manifest = {**Store(folder).manifest(), **change}
    (folder / MANIFEST).write_text(json.dumps(signed(manifest)), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"manifest\.json is damaged"):
        opening.read(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.json", b"5"),
        ("words.json", b"[[]]"),
        ("glossary.json", b"[5]"),
        ("glossary.json", b"[" * 100_000),
        ("sentence-vector-rows.npy", b"IxFI"),
        ("sentence-vector-rows.npy", b""),
        ("sentence-paragraphs.npy", b""),
        ("sentence-terms.npy", b"\x93NUMPY"),
        ("paragraph-posting-rows.npy", b""),
        ("centres.npy", b"\x93NUMPY"),
        ("centres.npy", b"\x80\x04."),
    ],
)
def test_files_that_another_program_wrote_and_signed(folder: Path, name: str, content: bytes) -> None:
    store = Store(folder)
    manifest = store.manifest()
    files = {one: (data(folder) / one).read_bytes() for one in manifest["files"]} | {name: content}
    with store.writing():
        store.commit(files.items(), {k: v for k, v in manifest.items() if k not in ("data", "files")})
    with pytest.raises(IndexDamaged, match="cannot be read"):
        opening.read(folder)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    for path in (data(folder) / "words.json", part(folder), folder / MANIFEST):
        path.unlink()
        os.mkfifo(path)
        with pytest.raises(IndexDamaged, match="it is no file"):
            opening.read(folder)


def test_names_that_are_no_text_are_kept(folder: Path) -> None:
    store, odd = Store(folder), "/papers/\udcff.txt"
    core = {k: v for k, v in store.manifest().items() if k not in ("data", "files")}
    with store.writing():
        store.commit([], {**core, "roots": [odd]})
    assert Store(folder).core()["roots"] == [odd]


def test_a_fingerprint_is_of_the_content_not_of_the_place(built: Path) -> None:
    manifest = json.loads((built / MANIFEST).read_text(encoding="utf-8"))
    assert fingerprint(manifest) == manifest["fingerprint"]
    assert fingerprint({**manifest, "folder": "elsewhere"}) == manifest["fingerprint"]
    for key in set(manifest) - {*NOTHING_SAID, "fingerprint", "sum"}:
        assert fingerprint({**manifest, key: "other"}) != manifest["fingerprint"]


def test_nothing_is_pickled(built: Path) -> None:
    for path in (path for path in built.rglob("*") if path.is_file() and path.name != LOCK):
        content = path.read_bytes()
        assert content[:1] != b"\x80", path  # the start of a pickle of protocol 2 or later
        if path.suffix == ".json":
            json.loads(content)
        elif path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).dtype != object
        else:
            assert path.parent.name == "parts"
            with np.load(BytesIO(Pack(File(path), "")["extract.npz"]), allow_pickle=False) as arrays:
                assert all(arrays[name].dtype != object for name in arrays)

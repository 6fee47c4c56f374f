"""Files as they lie on disk, and what else lies there."""

from __future__ import annotations

import hashlib
import os
import socket
import tempfile
from pathlib import Path

import pytest

from index.errors import SourceError
from index.formats import file, limits
from index.formats.file import Found, Skipped, load, shown, walk


def names(top: Path, *paths: Path) -> list[str]:
    """What is found, by its path below `top`, and what is skipped for a reason, with `!`."""
    found = []
    for one in walk(list(paths)):
        if isinstance(one, Found):
            found.append(str(one.path.relative_to(top)))
        elif one.reason:
            found.append("!" + one.name.removeprefix(f"{top}/"))
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    for name in ("b.txt", "a.pdf", "c.mp3", ".hidden.txt", "deep/d.md", ".git/e.txt", "deep/er/f.html"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("x")
    return top


def test_a_file_is_read_with_its_hash(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(data)
    found = load(tmp_path / "a")
    assert (found.data, found.sha256) == (data, hashlib.sha256(data).hexdigest())


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    (tmp_path / "loop").symlink_to("loop")
    with tempfile.TemporaryDirectory(dir="/tmp") as short, socket.socket(socket.AF_UNIX) as one:
        one.bind(f"{short}/s")
        for path, reason in (
            (tmp_path, "is a folder, no file"),
            (tmp_path / "pipe", "is a pipe, no file"),
            (Path("/dev/zero"), "is a device, no file"),
            (Path(short, "s"), "cannot be read"),
            (tmp_path / "empty", "is empty"),
            (tmp_path / "nothing", "is not there"),
            (tmp_path / "loop", "cannot be read"),
            (Path("a\0b"), "cannot be read"),
            (tmp_path / ("n" * 300), "cannot be read"),
        ):
            with pytest.raises(SourceError, match=reason):
                load(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as large:
        large.truncate(limits.FILE_BYTES_MAX + 1)
    with pytest.raises(SourceError, match="has 200 MB, at most 200 MB are read; split it"):
        load(tmp_path / "large")


@pytest.mark.parametrize("change", ["grow", "shrink", "touch"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 5000)
    real, calls = os.fstat, []

    def fstat(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        calls.append(1)
        if len(calls) == 2:  # the last before it is read
            if change == "grow":
                path.write_bytes(b"y" * 6000)
            elif change == "shrink":
                path.write_bytes(b"y" * 100)
            else:
                os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(file.os, "fstat", fstat)
    with pytest.raises(SourceError, match="changed while it was read"):
        load(path)


def test_a_file_that_vanishes_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    (found,) = walk([path])
    assert isinstance(found, Found)
    path.unlink()
    with pytest.raises(SourceError, match="is not there"):
        load(found.path)


def test_a_folder(tree: Path) -> None:
    assert names(tree, tree) == ["a.pdf", "b.txt", "deep/d.md", "deep/er/f.html"]
    assert [one.name for one in walk([tree]) if isinstance(one, Skipped)] == [str(tree / "c.mp3")]


def test_what_is_named_itself_comes_whatever_its_kind(tree: Path) -> None:
    named = [tree / "c.mp3", tree / ".hidden.txt", tree / "nothing.txt"]
    assert names(tree, *named) == ["c.mp3", ".hidden.txt", "!nothing.txt"]


def test_patterns(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(tree, tree / "*.txt") == ["b.txt"]
    assert names(tree, tree / "**" / "*.md") == ["deep/d.md"]
    assert names(tree, tree / "*.docx") == ["!*.docx"]
    (tree / "odd[1].txt").write_text("x")
    assert names(tree, tree / "odd[1].txt") == ["odd[1].txt"]
    monkeypatch.chdir(tree)
    assert [str(one.path) for one in walk([Path("deep/../b.txt")]) if isinstance(one, Found)] == [str(tree / "b.txt")]


def test_patterns_find_what_a_shell_would(tree: Path) -> None:
    assert names(tree, tree / "**" / "*.txt") == ["b.txt"]
    assert names(tree, tree / ".h*") == [".hidden.txt"]
    assert names(tree, tree / ".g*" / "*") == [".git/e.txt"]
    assert names(tree, tree / "dee?") == ["deep/d.md", "deep/er/f.html"]
    assert names(tree, tree / "[ab].*") == ["a.pdf", "b.txt"]


def test_a_pattern_ends_where_links_go_round(tree: Path) -> None:
    for name in ("one", "two", "three"):
        (tree / name).symlink_to(".")
    assert names(tree, tree / "**" / "*.md") == ["deep/d.md"]


def test_one_bad_path_stops_no_other(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = [Path("n" * 300), Path("a\0b"), Path("a\0*"), Path("x\ud800"), tree / "b.txt" / "c", Path("**a/**b/*")]
    found = list(walk([*bad, tree / "b.txt"]))
    assert found[-1] == Found(tree / "b.txt")
    skipped = [one for one in found if isinstance(one, Skipped)]
    assert len(skipped) == len(bad)
    assert all(one.reason and one.name.isprintable() for one in skipped)


def test_what_stands_behind_a_link_and_two_points_is_beside_its_target(tree: Path) -> None:
    (tree / "link").symlink_to("deep/er")
    assert names(tree, tree / "link" / ".." / "d.md") == ["deep/d.md"]
    assert names(tree, tree / "link" / "..") == ["deep/d.md", "deep/er/f.html"]
    (tree / "d.md").write_text("another")
    assert names(tree, tree / "link" / ".." / "d.md") == ["deep/d.md"]
    assert names(tree, tree / "deep" / ".." / "d.md") == ["d.md"]


def test_links_to_hidden_folders_are_named(tree: Path) -> None:
    (tree / "kept").symlink_to(".git")
    assert names(tree, tree)[0] == "!kept"
    assert names(tree, tree / "kept") == ["kept/e.txt"]  # named by the user


def test_a_file_that_may_not_be_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **more: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(file.os, "open", refuse)
    with pytest.raises(SourceError, match=r"cannot be read \(Permission denied\); check its permissions"):
        load(tree / "b.txt")


def test_a_file_of_the_greatest_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES_MAX", 5000)
    for size in (1, 4999, 5000):
        (tmp_path / "a").write_bytes(b"x" * size)
        assert len(load(tmp_path / "a").data) == size
    (tmp_path / "a").write_bytes(b"x" * 5001)
    with pytest.raises(SourceError, match="split it"):
        load(tmp_path / "a")


def test_descriptors_are_closed_again(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").write_bytes(b"x")
    before = set(os.listdir("/proc/self/fd"))
    load(tmp_path / "a")
    for name in ("empty", "pipe", "", "nothing"):
        with pytest.raises(SourceError):
            load(tmp_path / name)
    assert set(os.listdir("/proc/self/fd")) <= before


def test_each_file_once(tree: Path) -> None:
    (tree / "same.txt").symlink_to("b.txt")
    assert len([one for one in walk([tree, tree]) if isinstance(one, Skipped)]) == 1
    assert names(tree, tree, tree / "b.txt", tree / "deep", tree / "same.txt") == names(tree, tree)


def test_links_that_lead_out_are_not_followed(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "s.txt").write_text("x")
    (tmp_path / "top-beside").mkdir()
    (tree / "z.txt").symlink_to(tmp_path / "secret.txt")
    (tree / "zz").symlink_to(tmp_path / "secrets")
    (tree / "zzz").symlink_to(tmp_path / "top-beside")
    (tree / "zzzz.txt").symlink_to("nowhere.txt")
    (tree / "deep" / "up").symlink_to("..")
    assert names(tree, tree) == [
        *("!zz", "!zzz", "a.pdf", "b.txt", "!z.txt", "!zzzz.txt", "deep/d.md", "deep/er/f.html"),
    ]
    assert names(tmp_path, tree / "z.txt") == ["top/z.txt"]  # named by the user


def test_names_are_shown_in_one_line(tmp_path: Path) -> None:
    assert shown("a\nb\x1b[31m") == "a\\nb\\x1b[31m"
    assert shown(os.fsdecode(b"\xff.txt")) == "\\udcff.txt"
    assert shown("茶 é.txt") == "茶 é.txt"
    bad = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.txt"))
    bad.write_text("x")
    (found,) = walk([tmp_path])
    assert isinstance(found, Found)
    assert load(found.path).data == b"x"


def test_a_folder_that_cannot_be_listed_is_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = names(tree, tree)
    assert found[:2] == ["a.pdf", "b.txt"]
    assert found[2].startswith("!deep")

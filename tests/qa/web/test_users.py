"""Who may log in: the file's form, its errors, and what passwords are taken."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import InputError
from qa.web.guard.users import Users, add

HASH = "$2b$04$UpGGWnBLs5HV0G6WCRTxteDcuKH.lJXcrCG3I8H2nyVtMdFjiWiYK"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """bcrypt at its least cost."""
    import bcrypt

    make = bcrypt.gensalt
    monkeypatch.setattr(bcrypt, "gensalt", lambda rounds=4: make(4))


def test_users_are_added_changed_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "users"
    add(path, "ana", "a long password")
    add(path, "李雷", "韩梅梅的一个密码")
    add(path, "ana", "another password")
    users = Users.read(path)
    assert users.check("ana", "another password")
    assert users.check("李雷", "韩梅梅的一个密码")
    assert not users.check("ana", "a long password")
    assert not users.check("bob", "another password")
    assert not users.check("", "")
    assert not users.check("ana", "another password" + "x" * 80)
    text = path.read_text(encoding="utf-8")
    assert "password" not in text
    assert text.count("\n") == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_comments_and_what_htpasswd_writes(tmp_path: Path) -> None:
    path = tmp_path / "users"
    add(path, "ana", "a long password")
    hashed = path.read_text(encoding="utf-8").replace("$2b$", "$2y$")
    path.write_text(f"\ufeff# who may ask\n  # of old: bob:hunter2\n\n {hashed}", encoding="utf-8")
    assert Users.read(path).check("ana", "a long password")


def test_a_password_of_72_bytes_is_the_longest(tmp_path: Path) -> None:
    path = tmp_path / "users"
    add(path, "ana", "x" * 72)
    assert Users.read(path).check("ana", "x" * 72)
    assert not Users.read(path).check("ana", "x" * 73)
    with pytest.raises(InputError, match="at most 72 bytes"):
        add(path, "ana", "密" * 25)


@pytest.mark.parametrize("password", ["", "short", "x" * 73])
@pytest.mark.parametrize("name", ["ana"])
def test_a_bad_password_changes_nothing(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(InputError, match="expected at least 8 characters"):
        add(tmp_path / "users", name, password)
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a\nb", "#ana", "a\u200bb"])
def test_a_bad_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="will not do"):
        add(tmp_path / "users", name, "a long password")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "names no user"),
        (b"# nobody\n", "names no user"),
        (b"ana:hunter2\n", "line 1 of .* has no bcrypt hash .*`yinzheng user NAME --auth-file .*users`"),
        (f"ana:{HASH}:hunter2\n".encode(), "line 1 of .* has no bcrypt hash"),
        # of the form of a hash, and nothing that bcrypt can read
        (f"ana:{HASH.replace('$04$', '$03$')}\n".encode(), "line 1 of .* has no bcrypt hash"),
        (f"ana:{HASH.replace('$04$', '$32$')}\n".encode(), "line 1 of .* has no bcrypt hash"),
        (f"ana:{HASH[:28]}f{HASH[29:]}\n".encode(), "line 1 of .* has no bcrypt hash"),
        (f"ana:{HASH}\nhunter3\n".encode(), "line 2 of .* is not user:hash"),
        (f":{HASH}\n".encode(), "line 1 of"),
        (b"ana:\n", "line 1 of"),
        (f"ana:{HASH}\nana:{HASH}\n".encode(), "names 'ana' again"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_bad_file_is_one_clean_error(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "users"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        Users.read(path)
    assert "hunter" not in str(caught.value)
    assert HASH not in str(caught.value)


def test_a_missing_file_is_one_clean_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the auth file"):
        Users.read(tmp_path / "none")
    with pytest.raises(InputError, match="cannot write the auth file"):
        add(tmp_path / "none" / "users", "ana", "a long password")


_BASE64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@given(tail=st.text(_BASE64, min_size=53, max_size=53), kind=st.sampled_from("aby"))
@settings(max_examples=60, deadline=None)
def test_whatever_is_read_can_be_checked(tmp_path_factory: pytest.TempPathFactory, tail: str, kind: str) -> None:
    path = tmp_path_factory.mktemp("users") / "users"
    path.write_text(f"ana:$2{kind}$04${tail}\n", encoding="utf-8")
    try:
        users = Users.read(path)
    except InputError:
        assert tail[21] not in ".Oeu"
        return
    assert not users.check("ana", "a long password")


def test_an_unknown_name_costs_what_a_known_one_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One check of a hash each, at the cost of the dearest; nothing is hashed anew."""
    import bcrypt

    path = tmp_path / "users"
    path.write_text(f"ana:{HASH}\nbob:{HASH.replace('$04$', '$05$')}\n", encoding="utf-8")
    make, check, costs = bcrypt.gensalt, bcrypt.checkpw, []
    monkeypatch.setattr(bcrypt, "gensalt", lambda rounds: b"$2b$%02d$" % rounds + make(4)[7:])
    monkeypatch.setattr(bcrypt, "checkpw", lambda given, hashed: costs.append(hashed[4:6]) or check(given, hashed))
    monkeypatch.delattr(bcrypt, "hashpw")
    users = Users.read(path)
    assert not any([users.check("ana", "x"), users.check("bob", "x"), users.check("eve", "x"), users.check("eve", "y")])
    assert costs == [b"04", b"05", b"05", b"05"]


def test_a_file_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "users"
    add(path, "ana", "a long password")
    before = path.read_bytes()

    def fail(*names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match=r"cannot write the auth file .*users \(No space left on device\)"):
        add(path, "bob", "another password")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]

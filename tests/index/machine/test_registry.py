"""What is registered: our own first, then a program's, then what is installed, loaded when it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from index.errors import InputError
from index.machine.registry import Registry


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with two numbers, a text, and one whose module is not there."""
    about = tmp_path / "numbers-2.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: numbers\nVersion: 2.0\n")
    (about / "entry_points.txt").write_text(
        "[tests.numbers]\nthree = some_numbers:THREE\none = some_numbers:THREE\n"
        "text = some_numbers:TEXT\ngone = no_such_module:FOUR\n"
    )
    (tmp_path / "some_numbers.py").write_text("THREE, TEXT = 3, 'three'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "some_numbers", raising=False)


def numbers(group: str = "tests.numbers") -> Registry[int]:
    return Registry(group, {"one": 1}, lambda one: isinstance(one, int))


def test_our_own_is_never_replaced(installed: None) -> None:
    found = numbers()
    with pytest.raises(ValueError, match="'one' is there already"):
        found.register("one", 11)
    assert found.get("one") == 1


def test_one_by_one(installed: None) -> None:
    found = numbers()
    found.register("two", 2)
    assert [found.get(name) for name in ("one", "two", "three", "four")] == [1, 2, 3, None]


@pytest.mark.parametrize(("name", "why"), [("gone", "No module named 'no_such_module'"), ("text", "a str is none of")])
def test_what_cannot_be_loaded_is_named_with_its_package(installed: None, name: str, why: str) -> None:
    found = numbers()
    with pytest.raises(InputError, match=f"{name} of numbers cannot be loaded .*{why}.*; mend or uninstall numbers"):
        found.get(name)
    with pytest.raises(InputError, match="of numbers cannot be loaded"):
        found.all()
    assert found.get("three") == 3


def test_nothing_installed() -> None:
    found = numbers("tests.nothing")
    found.register("two", 2)
    assert found.all() == {"one": 1, "two": 2}


def test_one_of_another_sort_is_refused() -> None:
    with pytest.raises(TypeError, match=r"a str is none of tests\.nothing"):
        numbers("tests.nothing").register("two", "2")  # type: ignore[arg-type]

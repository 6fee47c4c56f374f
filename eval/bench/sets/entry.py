"""Reading third-party JSON: each value is checked, and an error names the file and the place in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import InputError

EXPECTED = "expected SQuAD-format JSON, CMRC 2018's list, or a BEIR folder (corpus.jsonl, queries.jsonl, qrels/)"


def read_text(path: Path) -> str:
    """The text of a file that a set consists of."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{path} cannot be read ({reason})", EXPECTED) from None


def parse(text: str, where: str, line: int | None = None) -> Any:
    """A JSON text; `line` is where it stands in the file, None where it is the whole file."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        number = error.lineno if line is None else line
        raise InputError(f"{where} line {number} is not JSON ({error.msg}, column {error.colno})", EXPECTED) from None
    except RecursionError:
        raise InputError(f"{where} is nested too deeply", EXPECTED) from None
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"{where} cannot be read ({error})", EXPECTED) from None


def lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON lines file, each with its place; blank lines are left out."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            entry = parse(line, str(path), number)
            if not isinstance(entry, dict):
                raise InputError(f"{path} line {number} is no JSON object", "one object a line")
            yield f"{path} line {number}", entry


def objects(entry: Any, key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of the list `entry[key]`, each with its place, such as `FILE: data[3].paragraphs[0]`."""
    joint = "" if where.endswith(": ") else "."
    members = entry.get(key)
    if not isinstance(members, list):
        found = "there is none" if key not in entry else f"found {_kind(members)}"
        raise InputError(f"{where}{joint}{key} is no list ({found})", EXPECTED)
    for number, member in enumerate(members):
        place = f"{where}{joint}{key}[{number}]"
        if not isinstance(member, dict):
            raise InputError(f"{place} is no JSON object but {_kind(member)}", EXPECTED)
        yield place, member


def text(entry: dict[str, Any], key: str, where: str, *, blank: bool = False) -> str:
    """The text at a key, which is not blank unless it may be."""
    found = entry.get(key)
    if not isinstance(found, str) or not (blank or found.strip()):
        raise InputError(
            f"{where} {_said(entry, key)}", "expected a text" + (" that is not blank" if not blank else "")
        )
    return found


def name(entry: dict[str, Any], key: str, where: str) -> str:
    """The id at a key, a text or a whole number."""
    found = entry.get(key)
    if isinstance(found, bool) or not isinstance(found, str | int) or not str(found).strip():
        raise InputError(f"{where} {_said(entry, key)}", "expected an id, a text or a whole number")
    return str(found)


def _said(entry: dict[str, Any], key: str) -> str:
    return f"has the {key} {entry[key]!r}"[:200] if key in entry else f"has no {key!r}"


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", type(None): "null"}.get(type(value), repr(value))

"""A run on disk: JSON lines, a header and then one line a question; the same bytes but for the times.

A stage's best paragraphs are written as their places in the header's outline.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.run.outcome import Outcome, Part, Shown
from eval.run.record import Header, Place, Run
from eval.run.stages import Ranks
from index.errors import InputError

FORMAT = 1


def to_lines(run: Run, *, timed: bool = True) -> list[str]:
    """A run as JSON lines; without its times where two are to be compared byte by byte."""
    header = {**asdict(run.header), "outline": [[place.paragraph, place.sentences] for place in run.header.outline]}
    lines = [_json(header)]
    number = {place.paragraph: at for at, place in enumerate(run.header.outline)}
    for outcome in run.outcomes:
        entry = asdict(outcome)
        for found in entry["ranks"].values():
            found["top"] = [number[name] for name in found["top"]]
        entry = {"id": entry.pop("id"), "verdict": outcome.verdict, **entry}
        if not timed:
            del entry["milliseconds"]
        lines.append(_json(entry))
    return lines


def write(run: Run, path: Path) -> None:
    """Write a run, in one step; InputError where that cannot be done."""
    check_writable(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # half a surrogate pair, which UTF-8 cannot spell, becomes JSON's own escape
        draft.write_bytes(("\n".join(to_lines(run)) + "\n").encode("utf-8", "backslashreplace"))
        os.replace(draft, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})", "name another file") from None
    finally:
        with suppress(OSError):
            draft.unlink()


def check_writable(path: Path) -> None:
    """InputError where a run could not be written, before the time is spent on making it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path.parent} cannot be made ({error.strerror})", "name another file") from None
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{path} cannot be written", "name a file in a folder of yours")


def read(path: Path) -> Run:
    """Read a run; InputError names the file, the line and what is wrong there."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{path} cannot be read ({reason})", "name a file that `yinzheng-eval run` wrote") from None
    at = 1
    try:
        header = _header(_parsed(lines[0]))
        outcomes: list[Outcome] = []
        seen: set[str] = set()
        for number, line in enumerate(lines[1:], start=2):
            at = number
            if line.strip():
                outcome = _outcome(_parsed(line), header.outline)
                if outcome.id in seen:
                    raise ValueError(f"{outcome.id} stands twice")
                seen.add(outcome.id)
                outcomes.append(outcome)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(
            f"{path} line {at} is not of a run ({type(error).__name__}: {error})",
            "name a file that `yinzheng-eval run` wrote",
        ) from None
    if not outcomes:
        raise InputError(f"{path} holds no question", "make the run again")
    return Run(header, tuple(outcomes))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parsed(line: str) -> Any:
    """The value of a line; ValueError where a number in it is none, as 1e999, which could not be written again."""
    value = json.loads(line)
    json.dumps(value, allow_nan=False)
    return value


def _header(entry: dict[str, Any]) -> Header:
    if entry["format"] != FORMAT:
        raise ValueError(f"format {entry['format']!r}, this version reads {FORMAT}")
    if not all(isinstance(name, str) for name, _ in entry["outline"]):
        raise TypeError("the name of a paragraph is a text")
    return Header(
        **{
            **entry,
            "outline": tuple(
                Place(name, tuple((start, end) for start, end in spans)) for name, spans in entry["outline"]
            ),
        }
    )


def _outcome(entry: dict[str, Any], outline: tuple[Place, ...]) -> Outcome:
    entry = {key: value for key, value in entry.items() if key != "verdict"}
    if not all(isinstance(entry[key], str) for key in ("id", "language", "kind", "half", "question")):
        raise TypeError("an id, a language, a kind, a half and a question are texts")
    for key in ("quotes", "nearest"):
        entry[key] = tuple(Shown(**shown) for shown in entry[key])
    for key in ("hits", "selected"):
        entry[key] = {int(k): bool(hit) for k, hit in entry[key].items()}
    entry["evidence"] = tuple(
        tuple(Part(**{**part, "elsewhere": tuple(part["elsewhere"])}) for part in group) for group in entry["evidence"]
    )
    if not all(isinstance(part.paragraph, str) for group in entry["evidence"] for part in group):
        raise TypeError("the name of a paragraph is a text")
    if any(at < 0 for found in entry["ranks"].values() for at in found["top"]):
        raise IndexError("a place before the first")
    entry["ranks"] = {
        stage: Ranks(found["sentence"], found["paragraphs"], tuple(outline[at].paragraph for at in found["top"]))
        for stage, found in entry["ranks"].items()
    }
    return Outcome(**entry)

"""Question sets: JSON lines, one question each, with the evidence that a right quote must contain.

    {"id": "zh-number-03", "language": "zh", "kind": "number", "section": "2", "question": "…",
     "answerable": true, "evidence": [[{"paragraph": "2-P2", "text": "28.1%"}]]}

`evidence` is a list of groups, one for each part of the question; a group is met by any one of its
alternatives: a quote from that paragraph that contains that text. A question's half, tuning or
held-out, hangs on its id alone, so it stays where it is when the set grows.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import regex

from index.errors import InputError
from index.library import Library
from index.records import Language

Half = Literal["tuning", "held-out"]
KEYS = ("id", "language", "kind", "section", "question", "answerable", "evidence")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A place that answers: text that stands in that paragraph."""

    paragraph: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a set."""

    id: str
    language: Language
    kind: str
    section: str | None
    question: str
    answerable: bool
    evidence: tuple[tuple[Alternative, ...], ...]

    @property
    def half(self) -> Half:
        """Which half the question belongs to, by the first byte of the SHA-256 of its id."""
        return "tuning" if hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0 else "held-out"


def default_sets() -> list[Path]:
    """The question sets that come with the package."""
    return sorted((Path(__file__).parent / "questions").glob("*.jsonl"))


def load(paths: Sequence[Path]) -> list[Item]:
    """The questions of these files; InputError names the file, the line and what is wrong there."""
    items: list[Item] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path} cannot be read ({error})", "name a JSONL file in UTF-8") from None
        for number, line in enumerate(lines, start=1):
            if line.strip():
                where = f"{path} line {number}"
                item = _item(line, where)
                if item.id in seen:
                    raise InputError(f"{where}: the id {item.id!r} stands in {seen[item.id]} too")
                seen[item.id] = where
                items.append(item)
    if not items:
        raise InputError("no questions in " + ", ".join(map(str, paths)), "name a set that has some")
    return items


def check(items: Sequence[Item], library: Library) -> None:
    """Prove that every piece of evidence stands in a sentence of its paragraph, or raise InputError."""
    for item in items:
        for group in item.evidence:
            for alternative in group:
                document, paragraph = library.paragraph(alternative.paragraph)
                spans = paragraph.sentences
                if not any(loose(alternative.text) in loose(document.display(s.start, s.end)) for s in spans):
                    raise InputError(
                        f"{item.id}: {alternative.text!r} stands in no sentence of {alternative.paragraph}",
                        "correct the evidence or the paragraph",
                    )


def loose(text: str) -> str:
    """A text for comparing evidence: NFKC, case folded, without white space, brackets and stops."""
    return regex.sub(r"[\s,，。；;、:：()]", "", unicodedata.normalize("NFKC", text).casefold())


def _item(line: str, where: str) -> Item:
    try:
        entry: Any = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where} is not JSON ({error})", "one object a line") from None
    if not isinstance(entry, dict) or set(entry) != set(KEYS):
        raise InputError(f"{where} has other keys", "expected " + ", ".join(KEYS))
    if entry["language"] not in ("zh", "en") or not isinstance(entry["answerable"], bool):
        raise InputError(f"{where}: language or answerable is wrong", "zh or en, true or false")
    try:
        evidence = tuple(tuple(Alternative(a["paragraph"], a["text"]) for a in group) for group in entry["evidence"])
    except (TypeError, KeyError):
        raise InputError(f"{where}: evidence is malformed", "groups of {paragraph, text}") from None
    if entry["answerable"] != bool(evidence) or not all(evidence):
        raise InputError(f"{where}: evidence and answerable disagree", "evidence exactly where answerable")
    return Item(**{**entry, "evidence": evidence})

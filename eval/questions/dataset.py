"""Question sets: JSON lines, one question each, with the evidence that a right quote must contain.

    {"id": "zh-number-03", "language": "zh", "kind": "number", "question": "…", "answerable": true,
     "evidence": [[{"paragraph": "2-P2", "text": "28.1%"}]]}

The format is described in `eval/README.md`. A question's half, tuning or held-out, hangs on
its id alone, so it stays where it is when the set grows. `labels` and `check` prove a set against a
library.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import regex

from index.errors import InputError
from index.records import Language
from qa.dialogue import understand

Half = Literal["tuning", "held-out"]
REQUIRED = ("id", "language", "kind", "question", "answerable", "evidence")
OPTIONAL = ("terms", "after")
# Half a surrogate pair: JSON can spell it, UTF-8 cannot.
_SURROGATE = regex.compile(r"\p{Cs}")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A place that answers: text that stands in one sentence of that paragraph."""

    paragraph: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a set.

    `evidence` has a group for each part of the question, met by any one of its alternatives. `terms`, for
    an unanswerable one, are groups of key terms of which no paragraph holds one from each. `after` is the
    id of the question that a follow-up needs before it. `where` is the file and the line.
    """

    id: str
    language: Language
    kind: str
    question: str
    answerable: bool
    evidence: tuple[tuple[Alternative, ...], ...]
    terms: tuple[tuple[str, ...], ...] = ()
    after: str | None = None
    where: str = field(default="", compare=False)

    @property
    def half(self) -> Half:
        """Which half the question belongs to, by the first byte of the SHA-256 of its id."""
        return "tuning" if hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0 else "held-out"

    @property
    def gold(self) -> tuple[str, ...]:
        """The ids of its gold paragraphs, each once, as the set writes them."""
        return tuple(dict.fromkeys(a.paragraph for group in self.evidence for a in group))


def default_sets() -> list[Path]:
    """The question sets that come with the package."""
    return sorted(Path(__file__).parent.glob("*.jsonl"))


def load(paths: Sequence[Path]) -> list[Item]:
    """The questions of these files; InputError names the file, the line and what is wrong there."""
    items: list[Item] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise InputError(f"{path} cannot be read ({reason})", "name a JSONL file in UTF-8") from None
        for number, line in enumerate(lines, start=1):
            if line.strip():
                where = f"{path} line {number}"
                item = _item(line, where)
                if item.id in seen:
                    raise InputError(
                        f"{where}: the id {item.id!r} stands in {seen[item.id]} too", "give each question its own"
                    )
                seen[item.id] = where
                items.append(item)
    if not items:
        raise InputError("no questions in " + ", ".join(map(str, paths)), "name a set that has some")
    _check_follow_ups({item.id: item for item in items})
    return items


def write(entries: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write a new set of these lines, which may still be unfinished; InputError where there is such a file already."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    except FileExistsError:
        raise InputError(f"{path} is there already", "name a new file") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})", "name another file") from None


def together(items: Sequence[Item]) -> dict[str, str]:
    """The question of each id, behind those that it follows: what the set says, whatever the system makes of it."""
    said: dict[str, str] = {}
    for item in _in_order(items):
        said[item.id] = item.question if item.after is None else f"{said[item.after]} {item.question}"
    return {item.id: said[item.id] for item in items}


def asked(items: Sequence[Item], names: frozenset[str]) -> dict[str, str]:
    """What is put to the system for each id: the question, a follow-up as it is understood after those before it.

    `names` are what the library speaks of, `qa.dialogue.known_names`.
    """
    said: dict[str, tuple[str, ...]] = {}  # the questions up to each one, as they are understood
    for item in _in_order(items):
        before = () if item.after is None else said[item.after]
        said[item.id] = (*before, understand(item.question, before, names).text if before else item.question)
    return {item.id: said[item.id][-1] for item in items}


def _in_order(items: Sequence[Item]) -> Iterator[Item]:
    """Every question, each behind the one that it follows, however long the row is."""
    by_id = {item.id: item for item in items}
    done: set[str] = set()
    for item in items:
        row = []
        at: str | None = item.id
        while at is not None and at not in done:
            done.add(at)
            row.append(by_id[at])
            at = by_id[at].after
        yield from reversed(row)


def loose(text: str) -> str:
    """A text for comparing evidence: NFKC, case folded, without white space, brackets and stops."""
    return regex.sub(r"[\s,，。；;、:：()]", "", unicodedata.normalize("NFKC", text).casefold())


def _item(line: str, where: str) -> Item:
    try:
        entry: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON ({error})", "one object a line") from None
    if not isinstance(entry, dict):
        raise InputError(f"{where} is no JSON object", "one object a line")
    if missing := [key for key in REQUIRED if key not in entry]:
        raise InputError(f"{where} has no {missing[0]!r}", "expected the keys " + ", ".join(REQUIRED))
    if unknown := sorted(set(entry) - {*REQUIRED, *OPTIONAL}):
        raise InputError(f"{where} has an unknown key {unknown[0]!r}", "expected " + ", ".join(REQUIRED + OPTIONAL))
    for key in ("id", "kind", "question"):
        if not isinstance(entry[key], str) or not entry[key].strip() or _SURROGATE.search(entry[key]):
            raise InputError(f"{where}: {key} is {entry[key]!r}", "expected a text that is not blank")
    if _SURROGATE.search(json.dumps(entry, ensure_ascii=False)):
        raise InputError(f"{where} has half a character", "spell it with both halves of its surrogate pair")
    if entry["id"] != "".join(entry["id"].split()):
        raise InputError(f"{where}: the id {entry['id']!r} has white space", "use `-` instead")
    if entry["language"] not in ("zh", "en"):
        raise InputError(f"{where}: language is {entry['language']!r}", "expected zh or en")
    if not isinstance(entry["answerable"], bool):
        raise InputError(f"{where}: answerable is {entry['answerable']!r}", "expected true or false")
    evidence = _groups(entry["evidence"], _alternative)
    if evidence is None:
        raise InputError(
            f"{where}: evidence is malformed", 'expected groups such as [[{"paragraph": "2-P2", "text": "28.1%"}]]'
        )
    terms = _groups(entry.get("terms", []), _term)
    if terms is None:
        raise InputError(f"{where}: terms is malformed", 'expected groups such as [["CAR-T"], ["price", "cost"]]')
    if entry["answerable"] != bool(evidence):
        raise InputError(f"{where}: evidence and answerable disagree", "evidence exactly where answerable")
    if entry["answerable"] and terms:
        raise InputError(f"{where}: an answerable question has no terms", "drop them, or answerable")
    after = entry.get("after")
    if after is not None and not isinstance(after, str):
        raise InputError(f"{where}: after is {after!r}", "expected the id of the question before it")
    return Item(
        id=entry["id"],
        language=entry["language"],
        kind=entry["kind"],
        question=entry["question"],
        answerable=entry["answerable"],
        evidence=evidence,
        terms=terms,
        after=after,
        where=where,
    )


def _groups(value: Any, read: Any) -> Any:
    """A list of non-empty lists, each member read; None where it is something else."""
    if not isinstance(value, list) or not all(isinstance(group, list) and group for group in value):
        return None
    groups = tuple(tuple(read(member) for member in group) for group in value)
    return None if any(member is None for group in groups for member in group) else groups


def _alternative(value: Any) -> Alternative | None:
    if not isinstance(value, dict) or set(value) != {"paragraph", "text"}:
        return None
    paragraph, text = value["paragraph"], value["text"]
    if not isinstance(paragraph, str) or not isinstance(text, str) or not loose(text):
        return None
    return Alternative(paragraph, text)


def _term(value: Any) -> str | None:
    return value if isinstance(value, str) and loose(value) else None


def _check_follow_ups(items: Mapping[str, Item]) -> None:
    """Every `after` names another question of these sets, without going round in a circle."""
    good: set[str] = set()
    for item in items.values():
        seen = {item.id}
        at = item
        while at.after is not None and at.after not in good:
            if at.after not in items:
                raise InputError(f"{at.where}: no question {at.after!r} to come after", "name one of these sets")
            if at.after in seen:
                raise InputError(f"{at.where}: {at.id!r} comes after itself", "begin with a question that stands alone")
            seen.add(at.after)
            at = items[at.after]
        good |= seen

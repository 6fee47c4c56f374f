"""A run on disk: JSON lines, a header and then one line a question; the same bytes but for the times.

What a run keeps is enough to compare it, to report it and to export it without the index. A stage's best
paragraphs are written as their places in the header's outline.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from eval.stages import Ranks
from index.errors import InputError
from index.records import Language

FORMAT = 1

# What came of a question.
Verdict = Literal["right", "right below", "wrong quote", "wrongly refused", "rightly refused", "wrongly answered"]

# What a verdict is worth against another of the same question.
WORTH: dict[Verdict, int] = {
    "right": 2,
    "right below": 1,
    "wrong quote": 0,
    "wrongly refused": 0,
    "rightly refused": 2,
    "wrongly answered": 0,
}


@dataclass(frozen=True, slots=True)
class Part:
    """An alternative of the evidence.

    `stands` is whether it stood there when the run was made; where it did not, `elsewhere` names the
    paragraphs that held its text.
    """

    paragraph: str
    text: str
    stands: bool
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote that was shown.

    `verbatim`: its text is that of the source file, read again. `placed`: it is whole sentences of the
    paragraph it is cited to.
    """

    paragraph: str
    start: int
    end: int
    text: str
    score: float
    verbatim: bool
    placed: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what came of it.

    `question` is what the set asks, a follow-up behind those before it; `understood` is how such a one was put.
    `hits` says of the answer, by k, whether the first k quotes meet the evidence; `selected` the same had nothing
    been refused; both are empty for an unanswerable question. `ranks` is by stage; it is empty for what is no
    question at all, such as a greeting. `traditional` is whether the same quotes are given to the question in
    traditional characters, None where it has no character to change.
    """

    id: str
    language: Language
    kind: str
    half: str
    question: str
    answerable: bool
    evidence: tuple[tuple[Part, ...], ...]
    answered: bool
    confidence: float
    reason: str | None
    quotes: tuple[Shown, ...]
    nearest: tuple[Shown, ...]
    hits: Mapping[int, bool]
    selected: Mapping[int, bool]
    ranks: Mapping[str, Ranks]
    traditional: bool | None
    milliseconds: float
    understood: str | None = None

    def __post_init__(self) -> None:
        if type(self.answered) is not bool or type(self.answerable) is not bool:
            raise TypeError("answered and answerable are true or false")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"a confidence is from 0 to 1, found {self.confidence!r}")
        if self.answerable != bool(self.evidence) or self.answerable != bool(self.hits):
            raise ValueError("evidence and hits are those of an answerable question")
        if set(self.hits) != set(self.selected):
            raise ValueError("hits and selected are at the same k")

    @property
    def asked(self) -> str:
        """The question to be shown, a follow-up with how it was understood."""
        return f"{self.question} → {self.understood}" if self.understood else self.question

    @property
    def verdict(self) -> Verdict:
        """What came of it, in words."""
        if not self.answerable:
            return "wrongly answered" if self.answered else "rightly refused"
        if not self.answered:
            return "wrongly refused"
        if self.hits[1]:
            return "right"
        return "right below" if any(self.hits.values()) else "wrong quote"

    @property
    def right(self) -> bool:
        """Whether the first quote answers, or a question without an answer was refused."""
        return self.verdict in ("right", "rightly refused")

    @property
    def gold(self) -> tuple[str, ...]:
        """The full names of the gold paragraphs, each once."""
        return tuple(dict.fromkeys(part.paragraph for group in self.evidence for part in group))

    @property
    def section(self) -> str:
        """The section of the first gold paragraph, as in its id; "–" for an unanswerable question."""
        return self.gold[0].rpartition(":")[2].rpartition("-")[0] if self.gold else "–"

    def rank(self, stage: str) -> int | None:
        """The rank by which a stage has met every group of evidence, from 1; None where it never does.

        Of sentences, but of paragraphs for the legs that score whole paragraphs.
        """
        if stage not in self.ranks:
            return None
        found = self.ranks[stage]
        if not stage.endswith("paragraph"):
            return found.sentence
        ranked = [[found.paragraphs.get(part.paragraph) for part in group] for group in self.evidence]
        best = [min((rank for rank in group if rank is not None), default=None) for group in ranked]
        return max((rank for rank in best if rank is not None), default=None) if None not in best else None

    @property
    def orphaned(self) -> bool:
        """Whether a label stood no longer where it says when the run was made."""
        return any(not part.stands for group in self.evidence for part in group)


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph that was searched: its full name, and the spans of its sentences in the source."""

    paragraph: str
    sentences: tuple[tuple[int, int], ...]

    @property
    def document(self) -> str:
        """The id of its document."""
        return self.paragraph.rpartition(":")[0]

    @property
    def span(self) -> tuple[int, int]:
        """Its own span, from the first sentence to the last."""
        return self.sentences[0][0], self.sentences[-1][1]


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was made from: hashes of index, sets and documents, and the settings of answering."""

    format: int
    index: str
    encoder: str
    sets: Mapping[str, str]
    half: str | None
    documents: Mapping[str, str]
    outline: tuple[Place, ...]
    settings: Mapping[str, Any]
    reason: str | None = None  # why it became a baseline


@dataclass(frozen=True)
class Run:
    """Every outcome of a set of questions, in the order of the set."""

    header: Header
    outcomes: tuple[Outcome, ...]

    @cached_property
    def by_id(self) -> dict[str, Outcome]:
        """The outcomes by the id of their question."""
        return {outcome.id: outcome for outcome in self.outcomes}


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

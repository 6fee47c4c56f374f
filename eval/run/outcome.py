"""One question and what came of it: its evidence, the quotes that were shown, ranks, the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eval.run.stages import Ranks
from index.records import Language

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

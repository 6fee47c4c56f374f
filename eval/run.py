"""Answer a question set and sum up what came of it, per language and half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from eval.dataset import Item
from eval.metrics import hit, share
from index.library import Library
from qa.answer import Answer, ask
from qa.record import answer_record


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, its answer, and the milliseconds it took."""

    item: Item
    answer: Answer
    milliseconds: float

    def record(self) -> dict[str, Any]:
        """The outcome as plain data."""
        return {
            "id": self.item.id,
            "half": self.item.half,
            "kind": self.item.kind,
            "answerable": self.item.answerable,
            "hit@1": hit(self.answer.quotes, self.item, 1) if self.item.answerable else None,
            "hit@3": hit(self.answer.quotes, self.item, 3) if self.item.answerable else None,
            "answer": answer_record(self.answer),
            "milliseconds": round(self.milliseconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """One row of the report; shares are in [0, 1], None where there was no such question."""

    half: str
    language: str
    answerable: int
    unanswerable: int
    hit1: float | None
    hit3: float | None
    refused: float | None
    wrongly_refused: float | None
    milliseconds: float


def answer_all(library: Library, items: Sequence[Item], progress: Callable[[int], None]) -> list[Outcome]:
    """Every question answered alone, in order; `progress` is called with the number done."""
    ask(library, "warm up")
    outcomes = []
    for number, item in enumerate(items, start=1):
        began = perf_counter()
        answer = ask(library, item.question)
        outcomes.append(Outcome(item, answer, (perf_counter() - began) * 1000))
        progress(number)
    return outcomes


def summarise(outcomes: Sequence[Outcome]) -> list[Summary]:
    """A summary for each half and language that has questions."""
    rows = []
    for half in ("tuning", "held-out"):
        for language in ("zh", "en"):
            mine = [o for o in outcomes if (o.item.half, o.item.language) == (half, language)]
            yes = [o for o in mine if o.item.answerable]
            no = [o for o in mine if not o.item.answerable]
            if mine:
                rows.append(
                    Summary(
                        half=half,
                        language=language,
                        answerable=len(yes),
                        unanswerable=len(no),
                        hit1=share([hit(o.answer.quotes, o.item, 1) for o in yes]),
                        hit3=share([hit(o.answer.quotes, o.item, 3) for o in yes]),
                        refused=share([not o.answer.answered for o in no]),
                        wrongly_refused=share([not o.answer.answered for o in yes]),
                        milliseconds=median(o.milliseconds for o in mine),
                    )
                )
    return rows

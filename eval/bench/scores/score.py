"""A pair's questions asked of its library, and the figures that come of it.

Shares are in [0, 1], None where there was nothing to judge. A quote is right when it holds a gold answer,
wherever it stands: a short answer such as `3` may be held by chance. What was not found counts as a miss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from eval.bench import settings
from eval.bench.scores.remembered import Remembered
from eval.bench.sets.collection import Collection, Query
from eval.bench.sets.pair import Pair
from eval.metrics import trec
from eval.metrics.confidence import binned, expected_error
from eval.metrics.shares import share
from eval.questions.dataset import loose
from eval.run.hit import HIT_AT
from eval.run.reply import put
from eval.settings import DEPTH
from index.library import Library
from index.text.words import simplified
from qa.answering.quotes import Quote


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one question.

    `selected` says by k whether the first k quotes hold a gold answer, had nothing been refused; it is empty
    where there is none to hold. `top` are the places of the best paragraphs, by their best sentence.
    """

    query: Query
    answered: bool
    confidence: float
    selected: dict[int, bool]
    top: tuple[str, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a pair.

    `retrieval` is by the measures' names and `selected` by k, as though nothing had been refused, with the
    half-width of its 95% interval for k = 1 in `within`. `hit` is hit@1 as really answered, a refusal a miss.
    `separation` is the area under the ROC curve of the confidence, answerable questions against the others, and `error`
    the expected calibration error of its saying that one of the quotes answers.
    """

    answerable: int
    unanswerable: int
    retrieval: dict[str, float | None]
    selected: dict[int, float | None]
    within: float | None
    hit: float | None
    false_refusals: float | None
    false_answers: float | None
    separation: float | None
    error: float | None
    milliseconds: float


def ask(
    pair: Pair, library: Library, memory: Remembered, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Judged]:
    """Ask every question of the pair; the first few of the encoder itself, and those are timed.

    `library` is of the pair's paragraphs. The time of the others is nan.
    """
    put(library, "warm up")
    replies = []
    for number, query in enumerate(pair.asked):
        progress(number, len(pair.asked))
        timed = number < settings.TIMED
        library.encoder = memory.model if timed else memory
        replies.append(reply(library, query, timed=timed))
    progress(len(pair.asked), len(pair.asked))
    return replies


def reply(library: Library, query: Query, *, timed: bool = True) -> Judged:
    """What comes of one question."""
    found = put(library, query.text)
    rows: dict[int, None] = {}
    for candidate in (*found.read, *found.ranked):
        rows[candidate.sentence.paragraph_row] = None
        if len(rows) == DEPTH:
            break
    return Judged(
        query=query,
        answered=found.answer.answered,
        confidence=found.answer.confidence,
        selected={k: holds(found.selected[:k], query.answers) for k in HIT_AT} if query.answers else {},
        top=tuple(map(Collection.place, rows)),
        milliseconds=found.milliseconds if timed else float("nan"),
    )


def holds(chosen: Sequence[Quote], answers: Sequence[str]) -> bool:
    """Whether one of these quotes holds one of the answers, both in simplified Chinese and loose form."""
    wanted = [key for answer in answers if (key := comparable(answer))]
    return any(key in text for text in (comparable(quote.text) for quote in chosen) for key in wanted)


def comparable(text: str) -> str:
    """A text as answers are compared: traditional Chinese as simplified, then `dataset.loose`."""
    return loose(simplified(text))


def figures(replies: Sequence[Judged]) -> Figures:
    """The figures of these replies, of which there is at least one."""
    answerable = [r for r in replies if r.query.answerable]
    others = [r for r in replies if not r.query.answerable]
    judged = [r for r in answerable if r.selected]
    first = share([r.selected[1] for r in judged])
    return Figures(
        answerable=len(answerable),
        unanswerable=len(others),
        retrieval=trec.measure(
            {r.query.id: dict(r.query.gold) for r in answerable},
            {r.query.id: {place: 1 / rank for rank, place in enumerate(r.top, start=1)} for r in answerable},
        ),
        selected={k: share([r.selected[k] for r in judged]) for k in HIT_AT},
        within=None if first is None else half_width(first, len(judged)),
        hit=share([r.answered and r.selected[1] for r in judged]),
        false_refusals=share([not r.answered for r in answerable]),
        false_answers=share([r.answered for r in others]),
        separation=_separation([r.confidence for r in answerable], [r.confidence for r in others]),
        error=expected_error(binned([(r.confidence, r.selected.get(max(HIT_AT), False)) for r in (*judged, *others)])),
        milliseconds=median(r.milliseconds for r in replies[: settings.TIMED]),
    )


def half_width(share: float, n: int) -> float:
    """Half the width of the 95% interval of a share of n (Wilson 1927)."""
    z = settings.Z_95
    return z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)


def _separation(answerable: Sequence[float], others: Sequence[float]) -> float | None:
    if not answerable or not others:
        return None
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([1] * len(answerable) + [0] * len(others), [*answerable, *others]))

"""What reading more windows beside the question gives, and what it costs: our question set, in one run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from eval.metrics import shares
from eval.questions import dataset
from eval.questions.dataset import Half, Item
from eval.report.table import share
from eval.run.hit import HIT_AT, hit
from eval.run.reply import Reply, put
from qa import settings
from qa.dialogue import known_names
from qa.service import open_library
from qa.terminal.console import Console

COLUMNS = ("windows", "hit@1", "hit@3", "false refusals", "false answers", "median ms", "ratio")


def windows(numbers: Sequence[int], console: Console, *, index: Path | None, half: Half | None) -> int:
    """Print a row for each number of windows; `ratio` is of the time, to that of the number in use."""
    with console.progress() as progress:
        library = open_library(index, progress)
        items = dataset.load(dataset.default_sets())
        texts = dataset.asked(items, known_names(library))
        mine = [item for item in items if half in (None, item.half)]
        numbers = sorted({*numbers, settings.READ_WINDOWS})
        replies: dict[int, list[Reply]] = {number: [] for number in numbers}
        put(library, "warm up")
        for done, item in enumerate(mine, start=1):
            for number in numbers:  # in turn, so that all meet the same machine
                library.model.forget()
                replies[number].append(put(library, texts[item.id], number))
            progress("asking", done, len(mine))
    usual = _milliseconds(replies[settings.READ_WINDOWS])
    rows = [[str(number), *_figures(mine, replies[number], usual)] for number in numbers]
    console.table(COLUMNS, rows)
    return 0


def _figures(items: Sequence[Item], replies: Sequence[Reply], usual: float) -> list[str]:
    answerable = [(item, reply.answer) for item, reply in zip(items, replies, strict=True) if item.answerable]
    others = [reply.answer for item, reply in zip(items, replies, strict=True) if not item.answerable]
    found = [
        *(shares.share([hit(answer.quotes, item, k) for item, answer in answerable]) for k in HIT_AT),
        shares.share([not answer.answered for _, answer in answerable]),
        shares.share([answer.answered for answer in others]),
    ]
    taken = _milliseconds(replies)
    return [*map(share, found), f"{taken:.0f}", f"{taken / usual:.2f}"]


def _milliseconds(replies: Sequence[Reply]) -> float:
    return median(reply.milliseconds for reply in replies)

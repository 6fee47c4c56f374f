"""What is measured, each in one place; shares are in [0, 1], None where there was nothing to judge.

A question that produced nothing counts as a miss; it never disappears. Recall, RR and nDCG of paragraphs
come from ir_measures, by way of `trec`.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.run.outcome import Outcome


def share(outcomes: Sequence[bool]) -> float | None:
    """The share of true outcomes; None for no outcomes at all."""
    return sum(outcomes) / len(outcomes) if outcomes else None


def hit_rate(outcomes: Sequence[Outcome], k: int, *, selected: bool = False) -> float | None:
    """hit@k over the answerable questions; `selected` asks as though nothing had been refused."""
    return share([(o.selected if selected else o.hits)[k] for o in outcomes if o.answerable])


def false_answers(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the unanswerable questions that were answered."""
    return share([o.answered for o in outcomes if not o.answerable])


def false_refusals(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the answerable questions that were refused."""
    return share([not o.answered for o in outcomes if o.answerable])


def exact_quotes(outcomes: Sequence[Outcome]) -> float | None:
    """The share of all quotes shown, nearest passages too, that stand word for word in their file."""
    return share([shown.verbatim for o in outcomes for shown in (*o.quotes, *o.nearest)])


def citation_precision(outcomes: Sequence[Outcome]) -> float | None:
    """The share of the quotes given to answerable questions that are cited to a gold paragraph."""
    return share([shown.paragraph in o.gold for o in outcomes if o.answerable for shown in o.quotes])

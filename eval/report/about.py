"""What a run was made from, and in a few sentences what came of it."""

from __future__ import annotations

import json

from eval.report.table import Table
from eval.run.record import Run
from qa.terminal.console import count

# Characters of a SHA-256 that tell files apart to a reader; the run has all of them.
HASH_CHARACTERS = 12


def made_from(run: Run) -> Table:
    """What a run was made from."""
    header = run.header
    answerable = sum(o.answerable for o in run.outcomes)
    rows = [
        ("index", header.index),
        ("encoder", header.encoder),
        *((f"questions {name}", f"SHA-256 {sha256[:HASH_CHARACTERS]}…") for name, sha256 in header.sets.items()),
        *((f"document {name}", f"SHA-256 {sha256[:HASH_CHARACTERS]}…") for name, sha256 in header.documents.items()),
        ("searched", count(len(header.outline), "paragraph")),
        ("half", header.half or "both"),
        (
            "asked",
            f"{count(len(run.outcomes), 'question')}: {answerable} answerable, "
            f"{len(run.outcomes) - answerable} unanswerable",
        ),
    ]
    if header.reason is not None:
        rows.append(("baseline, because", header.reason))
    return Table("Made from", "", ("what", "which"), tuple(rows))


def answering(run: Run) -> Table:
    """The settings of answering, as they were."""
    settings_of_run = sorted(run.header.settings.items())
    rows = tuple((name, json.dumps(value, ensure_ascii=False)) for name, value in settings_of_run)
    return Table("Settings of answering", "As `qa/settings.py` had them.", ("setting", "value"), rows)


def summary(run: Run) -> str:
    """In a few sentences: how many questions came out right."""
    answerable = [o for o in run.outcomes if o.answerable]
    without = [o for o in run.outcomes if not o.answerable]
    right = f"{sum(o.right for o in run.outcomes)} of {count(len(run.outcomes), 'question')} came out right"
    parts = []
    if answerable:
        parts.append(f"the first quote answers {sum(o.right for o in answerable)} of {len(answerable)} answerable ones")
    if without:
        parts.append(f"{sum(o.right for o in without)} of {len(without)} unanswerable ones were refused")
    text = f"{right}: {', '.join(parts)}." if parts else f"{right}."
    if written := [o.traditional for o in run.outcomes if o.traditional is not None]:
        text += f" {sum(written)} of {len(written)} get the same quotes when written in traditional characters."
    if orphaned := sum(o.orphaned for o in run.outcomes):
        text += f" Of {count(orphaned, 'question')} the labels stood no longer."
    return text

"""A run as Markdown with GitHub's tables: what the page says, but for the plots, which are only named here.

Whatever a question or a quote says is text: nothing in it makes a cell, a link or a tag. The same run is the
same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from eval.gate import compare, render
from eval.gate.compare import Comparison
from eval.report import about, plots, tables
from eval.report.change import DIRECTIONS, changes, tests
from eval.report.table import Table
from eval.report.trace import Trace, losses, traces
from eval.run.outcome import Outcome, Shown
from eval.run.record import Run
from qa.terminal.console import safe

# What Markdown, HTML, a table or GitHub's mathematics would act on.
_ACTS = re.compile(r"[\\`*_{}\[\]#|~$^]|(?<=:)//|(?<=www)\.")
# What would begin a list or a rule at the beginning of a line.
_BEGINS = re.compile(r"^(\d*)([-+=.)])(?=[-=\s]|$)")


def markdown(run: Run, against: Run | None = None, comparison: Comparison | None = None) -> str:
    """The report of a run; where `against` is an earlier run, with what changed since.

    `comparison` is of both runs and is made here where it is not given; InputError where they cannot be
    compared.
    """
    if comparison is None and against is not None:
        comparison = compare.compare(against, run)
    blocks = ["# Evaluation", escape(about.summary(run)), *_table(about.made_from(run))]
    if comparison is not None:
        blocks += _comparison(comparison, against)
    blocks.append("## Figures")
    for table in (tables.overall(run), tables.verdicts(run), losses(run), *tables.detail(run)):
        blocks += _table(table, "###")
    blocks += ["## Plots", "In the HTML page of this run:"]
    blocks.append("\n".join(f"- **{escape(plot.title)}.** {escape(plot.caption)}" for plot in plots.every(run)))
    blocks += ["## Wrong answers", *_traces(traces(run))]
    blocks += _table(about.answering(run), "##")
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """A text on one line that reads the same in Markdown and does nothing."""
    line = " ".join(safe(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BEGINS.sub(r"\1\\\2", _ACTS.sub(r"\\\g<0>", line))


def _table(table: Table, heading: str = "") -> Iterator[str]:
    """The blocks of a table: a heading if one is given, the table, its note."""
    if heading:
        yield f"{heading} {escape(table.title)}"
    rows = [table.columns, ["--:" if numeric else "---" for numeric in table.numeric]]
    lines = [" | ".join(["", *map(escape, rows[0]), ""]), " | ".join(["", *rows[1], ""])]
    lines += [" | ".join(["", *map(escape, row), ""]) for row in table.rows]
    yield "\n".join(line.strip() for line in lines)
    if table.note:
        yield escape(table.note)


def _comparison(comparison: Comparison, against: Run | None) -> Iterator[str]:
    yield "## Comparison with an earlier run"
    yield f"{comparison.compared} questions compared; {len(comparison.changed)} have other quotes or another verdict."
    for note in render.notes(comparison):
        yield escape(note)
    if against is not None:
        yield "### The earlier run"
        yield from _table(about.made_from(against))
        yield from _table(tables.overall(against), "####")
    yield from _table(tests(comparison), "###")
    for direction, changed in changes(comparison).items():
        yield f"### {DIRECTIONS[direction]}: {len(changed)}"
        for change in changed:
            yield f"#### {escape(change.after.id)}: {change.before.verdict} → {change.after.verdict}"
            yield escape(change.after.asked)
            for name, outcome in (("Before", change.before), ("After", change.after)):
                yield "\n".join([f"- **{name}**: {_decided(outcome)}", *_quotes(outcome.quotes, outcome)])
            yield "\n".join(_wanted(change.after))


def _traces(found: Sequence[Trace]) -> Iterator[str]:
    if not found:
        yield "None."
    for verdict, group in groupby(found, lambda trace: trace.outcome.verdict):
        mine = list(group)
        yield f"### {verdict.capitalize()}: {len(mine)}"
        for trace in mine:
            yield from _trace(trace)


def _trace(trace: Trace) -> Iterator[str]:
    outcome = trace.outcome
    yield f"#### {escape(outcome.id)}: {escape(trace.words)}"
    yield escape(outcome.asked)
    lines = [f"- {escape(outcome.kind)}, {escape(outcome.half)}, lost at **{trace.stop}**", f"- {_decided(outcome)}"]
    if outcome.quotes:
        lines += ["- quotes shown:", *_quotes(outcome.quotes, outcome)]
    elif outcome.nearest:
        lines += ["- nearest passages shown:", *_quotes(outcome.nearest, outcome)]
    else:
        lines.append("- no quote was shown")
    yield "\n".join([*lines, *_wanted(outcome)])
    if trace.ranks.rows:
        yield from _table(Table(trace.ranks.title, "", trace.ranks.columns, trace.ranks.rows))


def _decided(outcome: Outcome) -> str:
    reason = f": {escape(outcome.reason)}" if outcome.reason else ""
    return f"{outcome.verdict} at confidence {outcome.confidence:.4f}{reason}"


def _quotes(quotes: Sequence[Shown], outcome: Outcome) -> Iterator[str]:
    for number, quote in enumerate(quotes, start=1):
        marks = [escape(quote.paragraph), f"score {quote.score:.2f}"]
        marks += ["**gold paragraph**"] if quote.paragraph in outcome.gold else []
        marks += [] if quote.verbatim else ["**not the text of its file**"]
        marks += [] if quote.placed else ["**not whole sentences of its paragraph**"]
        yield f"  {number}. {escape(quote.text)} ({', '.join(marks)})"


def _wanted(outcome: Outcome) -> Iterator[str]:
    if not outcome.evidence:
        yield "- wanted: nothing, the source does not answer it"
        return
    yield "- wanted, all of:" if len(outcome.evidence) > 1 else "- wanted:"
    for number, group in enumerate(outcome.evidence, start=1):
        parts = []
        for part in group:
            text = f"“{escape(part.text)}” in {escape(part.paragraph)}"
            if not part.stands:
                now = escape(", ".join(part.elsewhere)) or "no paragraph"
                text += f", **where it stands no longer**, but in {now}"
            parts.append(text)
        yield f"  {number}. {' or '.join(parts)}"

"""A run as one HTML page that needs nothing else: tables, plots, a comparison, every wrong answer with its trace.

No script and nothing loaded, which the page itself forbids; whatever a question or a quote says is text. The
same run is the same page.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.gate import compare, render
from eval.gate.compare import Comparison
from eval.report import about, change, plots, tables
from eval.report.trace import losses, traces
from eval.run.record import Run
from qa.terminal.console import safe

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "page.html.j2"


def html(run: Run, against: Run | None = None, comparison: Comparison | None = None) -> str:
    """The page of a run; where `against` is an earlier run, with what changed since.

    `comparison` is of both runs and is made here where it is not given; InputError where they cannot be
    compared.
    """
    if comparison is None and against is not None:
        comparison = compare.compare(against, run)
    by_verdict = {verdict: list(mine) for verdict, mine in groupby(traces(run), lambda t: t.outcome.verdict)}
    return _template().render(
        run=run,
        against=against,
        summary=about.summary(run),
        made_from=about.made_from(run),
        answering=about.answering(run),
        headline=(tables.overall(run), tables.verdicts(run), losses(run)),
        plots=plots.every(run),
        detail=tables.detail(run),
        traces=by_verdict,
        comparison=comparison,
        before=(about.made_from(against), tables.overall(against)) if against else (),
        tests=change.tests(comparison) if comparison else None,
        changes=change.changes(comparison) if comparison else {},
        notes=list(render.notes(comparison)) if comparison else [],
        directions=change.DIRECTIONS,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)


def _harmless(value: Any) -> Any:
    """What the template writes: text without characters that act, such as one that turns the line around."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else safe(value)

"""Plots of a run as inline SVG: no script, no font, nothing loaded.

Colours are the page's CSS variables with the Okabe-Ito palette behind them, so a plot follows light and
dark. What colour says, dashes, marks, labels or numbers say too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from eval import settings
from eval.metrics import confidence
from eval.metrics.confidence import Point, calibration_error, chance_error
from eval.report.svg import INK, WIDTH, Area, Drawing, Shape
from eval.report.table import languages, milliseconds, share, stage_name
from eval.run.outcome import Outcome
from eval.run.record import Run
from eval.run.stages import STAGES

# Ranks that are counted together: a label, and the last rank that belongs to it.
RANKS = (("1", 1), ("2", 2), ("3", 3), ("4–5", 5), ("6–10", 10), ("11+", None))
NOT_FOUND = "none"
# No more full bars than this has a histogram of times.
TIME_BARS = 25

_FIFTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)
_EDGE = "var(--edge, #666)"
# From dark to light, as ColorBrewer's Blues; the page has the same the other way round for the dark.
_RAMP = ("#084594", "#2171b5", "#4292c6", "#6baed6", "#9ecae1", "#deebf7")


@dataclass(frozen=True, slots=True)
class Plot:
    """A title, a caption that says how to read it, and the drawing as SVG."""

    title: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class _Hand:
    """How one group of questions is drawn: its colour, its dashes and the shape of its mark."""

    colour: str
    dashes: str
    shape: Shape


_HANDS = {
    "zh": _Hand("var(--zh, #0072B2)", "", "circle"),
    "en": _Hand("var(--en, #D55E00)", "8 4", "square"),
    "all": _Hand(INK, "2 3", "diamond"),
}


def every(run: Run) -> tuple[Plot, ...]:
    """All plots of a run, in the order of a report."""
    return risk_coverage(run), reliability(run), rank_histogram(run), latency(run)


def risk_coverage(run: Run) -> Plot:
    """Risk against coverage, a line for each language and one for all; marks at the run's own threshold."""
    title = "Risk and coverage"
    curves = {name: confidence.risk_coverage(mine) for name, mine in _groups(run).items()}
    highest = max((p.risk for points in curves.values() for p in points), default=0.0)
    rung = 0.1 if highest <= 0.5 else 0.2
    area = Area(36, 220, 1, max(2 * rung, round(ceil(highest / rung - 1e-9) * rung, 1)))
    drawing = Drawing(304, title, "The share of answers that are wrong against the share of questions answered.")
    area.axes(drawing, _FIFTHS, _steps(area.top_value, rung))
    area.label(drawing, "coverage: share of questions answered", "risk: share of answers wrong")
    level = area.y(settings.RISK)
    drawing.line((area.left, level), (area.right, level), dashes="1 4")
    marked = []
    for place, (name, points) in enumerate(curves.items()):
        hand = _HANDS[name]
        drawing.path([(area.x(p.coverage), area.y(p.risk)) for p in points], hand.colour, hand.dashes, name)
        left = area.left + place * 90
        drawing.path([(left, 16), (left + 40, 16)], hand.colour, hand.dashes)
        drawing.mark(hand.shape, left + 20, 16, hand.colour)
        drawing.text(left + 46, 20, name)
        if at := _operating(points, run.header.settings):
            said = f"{name} answers {share(at.coverage)}, {share(at.risk)} of them wrong"
            drawing.mark(hand.shape, area.x(at.coverage), area.y(at.risk), hand.colour, said)
            marked.append(said)
    drawing.text(area.right, level - 4, f"{settings.RISK:.0%} risk", anchor="end", halo=True)
    caption = (
        "From the most confident question on, answerable or not; an answer is wrong when none of its quotes answers."
    )
    if marked:
        caption += f" The marks are at the threshold {run.header.settings['CONFIDENCE_MIN']}: {'; '.join(marked)}."
    return Plot(title, caption, str(drawing))


def reliability(run: Run) -> Plot:
    """The reliability diagram of all questions: how often quotes answer, by confidence."""
    title = "Reliability"
    area = Area(20, 236, 1, 1)
    drawing = Drawing(304, title, "The share of questions whose quotes answer, by confidence; the diagonal is ideal.")
    area.axes(drawing, _FIFTHS, _FIFTHS)
    area.label(drawing, "confidence", "share whose quotes answer")
    bins = confidence.reliability(run.outcomes)
    for found in bins:
        left, right, top = area.x(found.low) + 1, area.x(found.high) - 1, area.y(found.accuracy)
        said = (
            f"confidence {found.low:.1f} to {found.high:.1f}: {found.count} questions, mean confidence "
            f"{share(found.confidence)}, quotes answer {share(found.accuracy)}"
        )
        drawing.bar(left, top, right - left, area.bottom - top, "var(--bar, #9ecae1)", _EDGE, said)
    drawing.line((area.left, area.bottom), (area.right, area.top), dashes="4 4")
    for found in bins:
        top = area.y(found.accuracy)
        drawing.mark("circle", area.x(found.confidence), top, INK)
        middle = area.x((found.low + found.high) / 2)
        drawing.text(middle, max(top - 9, area.top - 6), str(found.count), anchor="middle", halo=True)
    errors = [
        f"{name} {share(calibration_error(mine))} ({share(chance_error(confidence.reliability(mine)))})"
        for name, mine in _groups(run).items()
    ]
    caption = (
        f"All questions in {settings.BINS} bins; the number over a bar is how many, the dot stands at their mean "
        f"confidence. On the dashed diagonal confidence is what it says. ECE, in brackets that of "
        f"a perfect confidence on as many questions: {', '.join(errors) or 'none'}."
    )
    return Plot(title, caption, str(drawing))


def rank_histogram(run: Run) -> Plot:
    """How far up each stage ranks the evidence: counts at each rank, a bar for each stage and language."""
    title = "Ranks of the evidence"
    spoken = languages(run)
    thick, gap, top = 20, 12, 34
    block = len(spoken) * thick + gap
    drawing = Drawing(top + len(STAGES) * block, title, "How many answerable questions have their evidence at a rank.")
    fills = [f"var(--rank-{number}, {colour})" for number, colour in enumerate(_RAMP, start=1)]
    fills.append(drawing.hatched("not-found"))
    drawing.text(0, 18, "rank")
    for place, name in enumerate([*(name for name, _ in RANKS), NOT_FOUND]):
        drawing.bar(46 + place * 60, 8, 11, 11, fills[place], _EDGE)
        drawing.text(61 + place * 60, 18, name)
    left = 150
    for row, stage in enumerate(STAGES):
        y = top + row * block
        drawing.text(0, y + len(spoken) * thick / 2 + 4, stage_name(stage))
        for line, language in enumerate(spoken):
            mine = [o for o in run.outcomes if o.answerable and o.language == language]
            x, upper = float(left), y + line * thick
            drawing.text(left - 8, upper + 14, language, anchor="end")
            for place, (name, count) in enumerate(rank_counts(mine, stage).items()):
                if not count:
                    continue
                width = (WIDTH - left - 1) * count / len(mine)
                said = f"{stage_name(stage)}, {language}, rank {name}: {count} of {len(mine)}"
                drawing.bar(x, upper, width, thick - 2, fills[place], _EDGE, said)
                if width >= 8 * len(str(count)) + 2:
                    found = name != NOT_FOUND
                    ink = f"var(--on-rank-{place + 1}, {'#fff' if place < 2 else '#000'})" if found else INK
                    drawing.text(x + width / 2, upper + 13.5, str(count), anchor="middle", ink=ink, halo=not found)
                x += width
    caption = (
        "Counts of answerable questions by the rank at which a stage has met all their evidence: of sentences, but of "
        "paragraphs for the paragraph legs, which rank nothing smaller."
    )
    return Plot(title, caption, str(drawing))


def rank_counts(outcomes: Sequence[Outcome], stage: str) -> dict[str, int]:
    """How many questions have their evidence at each of `RANKS`, or nowhere."""
    counts = dict.fromkeys([*(name for name, _ in RANKS), NOT_FOUND], 0)
    for outcome in outcomes:
        found = outcome.rank(stage)
        name = NOT_FOUND if found is None else next(n for n, last in RANKS if last is None or found <= last)
        counts[name] += 1
    return counts


def latency(run: Run) -> Plot:
    """A histogram of the times of each language, one above the other over the same axis."""
    title = "Latency"
    times = {language: [o.milliseconds for o in run.outcomes if o.language == language] for language in languages(run)}
    together = [time for mine in times.values() for time in mine]
    # the slowest hundredth shall not squeeze all others into one bar
    typical = max(0.1, float(np.percentile(together, 99))) if together else 0.1
    step = _nice(typical / TIME_BARS)
    bars = floor(typical / step) + 1
    over = max(together, default=0) >= bars * step
    counts = {name: _histogram(mine, step, bars) for name, mine in times.items()}
    highest = max((max(found) for found in counts.values()), default=1)
    rung = max(1.0, _nice(highest / 4))
    panel, between = 110, 46
    drawing = Drawing(24 + len(times) * (panel + between), title, "How many questions took how many milliseconds.")
    for place, (name, found) in enumerate(counts.items()):
        area = Area(24 + place * (panel + between), panel, bars * step, ceil(highest / rung) * rung)
        area.axes(drawing, _steps(area.right_value, _nice(area.right_value / 6)), _steps(area.top_value, rung))
        area.label(drawing, "milliseconds" if place == len(counts) - 1 else "", "questions")
        for number, count in enumerate(found):
            if count:
                until = "more" if over and number == bars - 1 else f"{(number + 1) * step:g}"
                said = f"{name}, {number * step:g} to {until} ms: {count}"
                x, y = area.x(number * step), area.y(count)
                drawing.bar(x + 1, y, area.x(step) - area.left - 2, area.bottom - y, _HANDS[name].colour, _EDGE, said)
        middle = float(np.percentile(times[name], 50))
        x = area.x(min(middle, area.right_value))
        drawing.line((x, area.top - 4), (x, area.bottom), width=1.5, dashes="4 3")
        drawing.text(x + 5, area.top - 6, f"median {milliseconds(middle)} ms", halo=True)
        drawing.text(area.left, area.top - 6, name, weight="bold")
    caption = f"Questions by the time their answer took, {step:g} ms a bar; the dashed line is the median."
    if over:
        slowest = milliseconds(max(together))
        caption += f" The last bar holds all from {(bars - 1) * step:g} ms on; the slowest took {slowest} ms."
    return Plot(title, caption, str(drawing))


def _groups(run: Run) -> dict[str, Sequence[Outcome]]:
    """The questions of each language, and all of them where there are several."""
    groups: dict[str, Sequence[Outcome]] = {
        language: [o for o in run.outcomes if o.language == language] for language in languages(run)
    }
    return {**groups, "all": run.outcomes} if len(groups) > 1 else groups


def _operating(points: Sequence[Point], answering: Mapping[str, object]) -> Point | None:
    """The point at the run's own threshold; None where that is not known, or answers nothing."""
    threshold = answering.get("CONFIDENCE_MIN")
    if not isinstance(threshold, int | float):
        return None
    return next((p for p in reversed(points) if p.threshold >= threshold), None)


def _histogram(values: Sequence[float], step: float, bars: int) -> list[int]:
    """Counts by steps from 0; what lies beyond is in the last bar."""
    counts = [0] * bars
    for value in values:
        counts[min(bars - 1, floor(value / step))] += 1
    return counts


def _nice(least: float) -> float:
    """The least of 1, 2, 5, 10, … (or 0.1, 0.2, …) that is not under a value."""
    power = 10.0 ** floor(log10(least))
    return next(round(n * power, 9) for n in (1, 2, 5, 10) if n * power >= least - 1e-12)


def _steps(end: float, step: float) -> list[float]:
    """0 and every step up to an end."""
    return [round(step * number, 9) for number in range(floor(end / step + 1e-9) + 1)]

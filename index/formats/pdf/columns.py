"""The order in which the parts of a page are read: runs of characters, cut into columns and what spans them.

A region of a page is cut where a gutter, free of text, parts two columns of some lines each; whatever crosses that
gutter (a title, an abstract, a rule, a wide table) ends the columns above it and lets new ones begin below. Each part
is cut again, until no gutter is left. Next: `lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.formats.pdf.glyphs import Flags, Floats, Ints, Side

# A gap wider than this, in type sizes, parts two runs of one line; a step of the baseline always does.
RUN_GAP = 0.9
# A gutter is at least so wide, in type sizes: journals have from one to two; a rule may stand in it.
GUTTER = 0.7
# One of two columns has at least so many lines; this part of both is set in lines at least so wide, in type sizes.
LINES_MIN, WIDE_MIN, FILLED = 3, 8.0, 0.6
# The places that are tried for a gutter, those with the fewest runs across them first.
_TRIES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Pieces of lines of one side, in the file's order: `[start, end)` into its characters, and their extents.

    `rule` marks the lines drawn on the page, which have no characters.
    """

    start: Ints
    end: Ints
    left: Floats
    right: Floats
    base: Floats
    size: Floats
    rule: Flags


def runs_of(side: Side) -> Runs:
    """The side's runs: they end where the baseline or the size changes, or the next character stands far off."""
    count = len(side.code)
    if count:
        gap = side.left[1:] - side.right[:-1]
        small = np.minimum(side.size[1:], side.size[:-1])
        ends = (gap > RUN_GAP * small) | (gap < -0.5 * small) | (abs(np.diff(side.base)) > 0.08 * small)
        ends |= abs(np.diff(side.size)) > 0.1 * small
        starts = np.concatenate([[0], np.flatnonzero(ends) + 1])
    else:
        starts = np.zeros(0, dtype=np.int64)
    stops = np.append(starts[1:], count)[: len(starts)]
    rules = side.rules
    none = np.zeros(len(rules), dtype=np.int64)
    if count:
        left, right = np.minimum.reduceat(side.left, starts), np.maximum.reduceat(side.right, starts)
    else:
        left = right = np.zeros(0)
    return Runs(
        np.concatenate([starts, none]),
        np.concatenate([stops, none]),
        np.concatenate([left, rules[:, 0]]),
        np.concatenate([right, rules[:, 1]]),
        np.concatenate([side.base[starts], rules[:, 2]]),
        np.concatenate([side.size[starts], np.zeros(len(rules))]),
        np.concatenate([np.zeros(len(starts), dtype=bool), np.ones(len(rules), dtype=bool)]),
    )


def ordered(runs: Runs, keep: Flags, known: list[float]) -> list[Ints]:
    """The runs of `keep` as regions of one column each, in reading order; rules stay where they are.

    `known` are the gutters of pages before, to which this page's are added: on the last page a column may have
    a word or two.
    """
    regions: list[Ints] = []
    # Cutting goes on a stack: a page made to harm could nest its columns deeper than Python's calls.
    waiting = [np.flatnonzero(keep)]
    while waiting:
        region = waiting.pop()
        parts = _cut(runs, region, known)
        if len(parts) > 1:
            waiting.extend(reversed(parts))
        elif (~runs.rule[region]).any():
            regions.append(region)
    return regions


def _cut(runs: Runs, region: Ints, known: list[float]) -> list[Ints]:
    """The region's parts in reading order: the region alone where it is one column."""
    text = region[~runs.rule[region]]
    if len(text) <= LINES_MIN:
        return [region]
    em = float(np.median(runs.size[text]))
    best: tuple[int, float, list[tuple[float, float]]] = (0, 0.0, [])
    for x in _valleys(runs, text, em):
        score, bands = _bands(runs, region, x, em, any(abs(x - other) < GUTTER * em for other in known))
        if score > best[0]:
            best = (score, x, bands)
    score, x, bands = best
    if not score:
        return [region]
    if score >= LINES_MIN and not any(abs(x - other) < 1 for other in known):
        known.append(x)
    base, middle = runs.base[region], (runs.left[region] + runs.right[region]) / 2
    parts, done = [], np.full(len(region), False)
    for top, bottom in bands:
        above = ~done & (base < top)
        inside = ~done & ~above & (base <= bottom)
        done |= above | inside
        parts += [region[above], region[inside & (middle < x)], region[inside & (middle >= x)]]
    parts.append(region[~done])
    return [part for part in parts if len(part)]


def _valleys(runs: Runs, text: Ints, em: float) -> list[float]:
    """Where few runs stand across: the middle of each such stretch, the emptiest first."""
    low, high = float(runs.left[text].min()), float(runs.right[text].max())
    bins = int(high - low) + 2
    if bins > 20_000:
        return []
    margin = GUTTER * em / 2
    cover = np.zeros(bins + 1)
    np.add.at(cover, np.clip((runs.left[text] - low - margin).astype(int) + 1, 0, bins), 1)
    np.add.at(cover, np.clip((runs.right[text] - low + margin).astype(int) + 1, 0, bins), -1)
    cover = np.cumsum(cover)[:bins]
    edges = np.flatnonzero(np.diff(cover)) + 1
    starts, stops = np.concatenate([[0], edges]), np.append(edges, bins)
    depth = cover[starts]
    lower = np.ones(len(depth), dtype=bool)
    lower[1:] &= depth[1:] < depth[:-1]
    lower[:-1] &= depth[:-1] < depth[1:]
    lower[[0, -1]] = False
    found = np.flatnonzero(lower)
    found = found[np.argsort(depth[found], kind="stable")][:_TRIES]
    return [low + (starts[i] + stops[i] - 1) / 2 for i in found.tolist()]


def _bands(runs: Runs, region: Ints, x: float, em: float, known: bool) -> tuple[int, list[tuple[float, float]]]:
    """How many lines stand in columns parted at `x`, and the heights, as first and last baseline, of those columns."""
    margin = GUTTER * em / 2
    across = (runs.left[region] < x + margin) & (runs.right[region] > x - margin)
    # A rule that only just reaches into the gutter belongs to its column.
    across &= ~runs.rule[region] | ((runs.left[region] < x - 2 * margin) & (runs.right[region] > x + 2 * margin))
    for i in np.flatnonzero(across & ~runs.rule[region]).tolist():
        across[i] = not _pokes(runs, region, int(region[i]), x)
    cuts = [-np.inf, *np.sort(runs.base[region[across]]).tolist(), np.inf]
    free = region[~across]
    free = free[~runs.rule[free]]
    free = free[np.argsort(runs.base[free], kind="stable")]
    base = runs.base[free]
    score, bands = 0, []
    at = np.searchsorted(base, cuts)
    for low, high in zip(at[:-1].tolist(), at[1:].tolist(), strict=True):
        inside = free[low:high]
        right = (runs.left[inside] + runs.right[inside]) / 2 >= x
        sides = [_filled(runs, inside[~right], em), _filled(runs, inside[right], em)]
        fewer, more = sorted(lines for lines, _ in sides)
        if not fewer or more < LINES_MIN or not any(filled for _, filled in sides):
            continue
        score += fewer if known or all(filled for _, filled in sides) else 0
        bands.append(_trimmed(base[low:high], right, em))
    return score, bands if score else []


def _pokes(runs: Runs, region: Ints, run: int, x: float) -> bool:
    """Whether a run only reaches a little into the gutter, with another one beyond it at the same height."""
    left, right = float(runs.left[run]), float(runs.right[run])
    if min(right - x, x - left) > 0.15 * (right - left):
        return False
    beyond = runs.left[region] >= right if left + right < 2 * x else runs.right[region] <= left
    level = abs(runs.base[region] - runs.base[run]) < 0.8 * runs.size[run]
    return bool((beyond & level & ~runs.rule[region]).any())


def _filled(runs: Runs, part: Ints, em: float) -> tuple[int, bool]:
    """How many lines a would-be column has, and whether most of it is set in lines as wide as a column's.

    It may be two columns itself, so that its own width says nothing.
    """
    if not len(part):
        return 0, False
    wide = runs.right[part] - runs.left[part]
    lines = 1 + int((np.diff(runs.base[part]) > 0.45 * em).sum())
    return lines, bool(wide[wide >= WIDE_MIN * em].sum() >= FILLED * wide.sum())


def _trimmed(base: Floats, right: Flags, em: float) -> tuple[float, float]:
    """First and last baseline of two columns, without a line or two over the place where both begin side by side.

    Those stand further off than the column's lines from each other: else the other column begins lower, with a heading.
    """
    tops = float(base[~right][0]), float(base[right][0])
    start, late = min(tops), max(tops)
    early = base[right] if tops[1] < tops[0] else base[~right]
    feeds = np.diff(early)
    feed = float(np.median(feeds[feeds > 0.45 * em])) if (feeds > 0.45 * em).any() else em
    over = early[early < late - 0.3 * em]
    if (abs(early - late) < 0.3 * em).any() and len(over) <= 2 and len(over) and late - over[-1] > 1.3 * feed:
        start = late
    return start - 0.3 * em, float(base[-1]) + 0.01

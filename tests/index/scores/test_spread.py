"""Sentences over paragraphs and languages: ranges, masks and totals as plain loops have them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import settings
from index.scores.spread import Spread
from index.scores.totals import Totals

# How many sentences each paragraph has, and whether it is Chinese.
PARAGRAPHS = st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=12)


def spread(paragraphs: list[tuple[int, bool]]) -> Spread:
    lengths, chinese = zip(*paragraphs, strict=True)
    return Spread(np.repeat(np.arange(len(lengths)), lengths).astype(np.int32), np.repeat(chinese, lengths))


def close(found: tuple[Totals, Totals], chinese: list[float], others: list[float]) -> None:
    for one, values in zip(found, (chinese, others), strict=True):
        assert one.count == len(values)
        assert one.sum == pytest.approx(sum(values), abs=1e-9)
        assert one.squares == pytest.approx(sum(value * value for value in values), abs=1e-9)


@given(PARAGRAPHS, st.data())
def test_it_is_as_loops_have_it(paragraphs: list[tuple[int, bool]], data: st.DataObject) -> None:
    made = spread(paragraphs)
    rows = [(number, chinese) for number, (length, chinese) in enumerate(paragraphs) for _ in range(length)]
    assert made.sizes == (len(rows), len(paragraphs))
    assert [part.tolist() for part in made.within(range(len(paragraphs)))] == [
        [row for row, (number, _) in enumerate(rows) if number == wanted] for wanted in range(len(paragraphs))
    ]
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    around = made.around(allowed)
    assert around is not None
    assert around.tolist() == [any(allowed[part]) for part in made.within(range(len(paragraphs)))]
    numbers = st.floats(-9, 9)
    scores = data.draw(st.lists(numbers, min_size=len(rows), max_size=len(rows)))
    close(
        made.totals(np.array(scores)),
        [score for score, (_, chinese) in zip(scores, rows, strict=True) if chinese],
        [score for score, (_, chinese) in zip(scores, rows, strict=True) if not chinese],
    )
    own = data.draw(st.lists(numbers, min_size=len(paragraphs), max_size=len(paragraphs)))
    close(
        made.paragraph_totals(np.array(own)),
        [own[number] for number, chinese in rows if chinese],
        [own[number] for number, chinese in rows if not chinese],
    )
    some = np.flatnonzero(allowed)
    for found, language in zip(made.totals_like(some, np.array(scores)[some]), (True, False), strict=True):
        known = [scores[row] for row in some if rows[row][1] == language]
        of = sum(chinese == language for _, chinese in rows)
        if known:
            assert (found.count, found.mean) == (pytest.approx(of), pytest.approx(np.mean(known), abs=1e-9))
            assert found.variance == pytest.approx(np.var(known), abs=1e-6)


@given(st.lists(st.tuples(st.integers(1, 900), st.booleans()), min_size=1, max_size=5))
def test_a_sample_has_some_of_each_language_from_everywhere(paragraphs: list[tuple[int, bool]]) -> None:
    made = spread(paragraphs)
    sample = made.sample
    assert sample.tolist() == sorted(set(sample.tolist()))
    for language in (True, False):
        own = np.flatnonzero(made.chinese == language)
        chosen = sample[made.chinese[sample] == language]
        most = settings.SAMPLE_RUNS * settings.SAMPLE_RUN
        assert min(len(own), most) * 0.7 <= len(chosen) <= most
        if len(own):
            gaps = np.diff(np.searchsorted(own, chosen), prepend=-1, append=len(own))
            assert gaps.max() <= len(own) / settings.SAMPLE_RUNS + settings.SAMPLE_RUN


def test_everything_is_allowed_where_nothing_is_said() -> None:
    assert spread([(1, True)]).around(None) is None


@pytest.mark.parametrize(
    ("paragraphs", "chinese"),
    [
        (np.array([0, 1], np.int64), np.array([True, True])),
        (np.array([0, 1], np.int32), np.array([1, 1])),
        (np.array([0, 1], np.int32), np.array([True])),
        (np.array([0, 2], np.int32), np.array([True, True])),
        (np.array([1, 1], np.int32), np.array([True, True])),
        (np.array([0, 1, 0], np.int32), np.array([True] * 3)),
    ],
)
def test_what_is_no_spread(paragraphs: np.ndarray, chinese: np.ndarray) -> None:
    with pytest.raises(ValueError, match="the paragraphs of the sentences are"):
        Spread(paragraphs, chinese)

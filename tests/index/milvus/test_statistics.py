"""What is counted of all chunks together, as documents come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_rows import Chunks, chunks, mean, on_server, terms

from index.lexical.bags import Bags, TermIds
from index.lexical.terms import Terms
from index.milvus.rows import EMPTY, SparseRows
from index.milvus.statistics import Counts, Statistics

# A document's chunks at both levels, and whether it is Chinese.
Texts = tuple[Chunks, Chunks, bool]
documents = st.lists(st.tuples(chunks, chunks, st.booleans()), min_size=1, max_size=5)
MEAN = 4.0


def add(counts: tuple[Counts, Counts], numbers: TermIds, one: Texts, sign: int = 1) -> None:
    for of, some in zip(counts, one[:2], strict=True):
        rows = SparseRows.of(Bags.count(some, numbers), 0, len(some), MEAN)
        # of what goes, the rows come from the server
        rows = rows if sign > 0 else on_server(rows)
        of.add(rows, np.full(len(some), one[2]), np.arange(1, len(some) + 1), sign)


def counted(all: list[Texts]) -> Statistics:
    counts, numbers = (Counts(), Counts()), TermIds(free=EMPTY + 1)
    for one in all:
        add(counts, numbers, one)
    return Statistics.of(numbers, counts)


def by_term(known: Statistics) -> list[Any]:
    """The same, whatever dimension a term has."""
    return [
        *(
            (of.count, {t: arrays(of, d) for t, d in zip(known.vocabulary, known.dims, strict=True)})
            for of in known.counts
        )
    ]


def arrays(of: Counts, dim: int) -> tuple[Any, ...]:
    return of.df[dim], *of.sums[dim], *of.squares[dim]


@settings(max_examples=30)
@given(documents, st.data())
def test_what_came_and_went_leaves_nothing(all: list[Texts], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(all))))
    gone = data.draw(st.sets(st.sampled_from(range(len(all))), max_size=len(all)))
    counts, numbers = (Counts(), Counts()), TermIds(free=EMPTY + 1)
    for number in order:
        add(counts, numbers, all[number])
    # as the next change finds it: counts are copied, numbers begin after all that there were
    before = Statistics.of(numbers, counts)
    known = by_term(before)
    counts = before.counts[0].copy(), before.counts[1].copy()
    places = zip(before.vocabulary, before.dims.tolist(), strict=True)
    numbers = TermIds(dict(places), len(before.counts[0].df))
    for number in gone:
        add(counts, numbers, all[number], -1)
    after = Statistics.of(numbers, counts)
    assert by_term(after) == by_term(counted([one for number, one in enumerate(all) if number not in gone]))
    assert by_term(before) == known
    assert not any(array[EMPTY].any() for of in after.counts for array in (of.df, of.sums, of.squares))
    left = {
        term for number, one in enumerate(all) if number not in gone for level in one[:2] for c in level for term in c
    }
    assert set(after.vocabulary) == left


@given(chunks, chunks, st.lists(terms, max_size=8))
def test_weights_are_the_embedded_index_s_in_its_order(first: Chunks, second: Chunks, question: list[str]) -> None:
    known, embedded = counted([(first, second, True)]), Terms.build(first, second)
    names = dict(zip(known.dims.tolist(), known.vocabulary, strict=True))
    assert [known.idf(term) for term in "abxyz"] == [embedded.lexical.idf(term) for term in "abxyz"]
    for level, leg in enumerate((embedded.lexical.sentences, embedded.lexical.paragraphs)):
        ids = [id for term in question if (id := embedded.vocabulary.id(term)) is not None]
        columns = leg._columns(ids)
        weights = known.weights(level, question)
        assert [weight for _, weight in weights] == [column.idf for column in columns]
        starts = {
            int(leg.starts[id]): embedded.vocabulary.term(id) for id in ids if leg.starts[id] < leg.starts[id + 1]
        }
        assert [names[dim] for dim, _ in weights] == [starts[column.start] for column in columns]


@given(chunks)
def test_sums_are_those_of_the_weights(given: Chunks) -> None:
    """In steps of 2^-16, each chunk as often as it is said, by language."""
    counts, numbers = Counts(), TermIds(free=EMPTY + 1)
    rows = SparseRows.of(Bags.count(given, numbers), 0, len(given), mean(given))
    chinese, times = np.arange(len(given)) % 2 == 0, np.arange(1, len(given) + 1)
    counts.add(rows, chinese, times)
    sums = np.zeros((len(counts.df), 2))
    for vector, column, weight in zip(rows.vectors(), np.where(chinese, 0, 1), times, strict=True):
        for dim, value in vector.items():
            if dim:
                sums[dim, column] += weight * value
    np.testing.assert_allclose(counts.sums / 2**16, sums, atol=2**-16 * times.sum())


@settings(max_examples=30)
@given(documents)
def test_what_is_kept_is_read_again(all: list[Texts]) -> None:
    known = counted(all)
    kept = dict(known.arrays())
    again = Statistics.read(kept)
    assert by_term(again) == by_term(known)
    assert again.dims.tolist() == known.dims.tolist()
    assert set(dict(again.arrays())) == set(kept)


Damage = Callable[[dict[str, NDArray[Any]]], Any]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda a: a.update({"vocabulary-dims.npy": a["vocabulary-dims.npy"][:-1]}), id="a dimension less"),
        pytest.param(lambda a: a.update({"vocabulary-dims.npy": a["vocabulary-dims.npy"] - 1}), id="the empty one's"),
        pytest.param(lambda a: a.update({"vocabulary-dims.npy": a["vocabulary-dims.npy"] + 1}), id="one too high"),
        pytest.param(
            lambda a: a.update({"vocabulary-dims.npy": a["vocabulary-dims.npy"] * 1.0}), id="no whole numbers"
        ),
        pytest.param(lambda a: a.update({"sentence-df.npy": a["sentence-df.npy"][:-1]}), id="a count less"),
        pytest.param(lambda a: a.update({"paragraph-sums.npy": a["paragraph-sums.npy"] * 1.0}), id="no whole sums"),
        pytest.param(lambda a: a.update({"paragraph-squares.npy": a["paragraph-df.npy"]}), id="one column"),
    ],
)
def test_what_does_not_fit_is_refused(damage: Damage) -> None:
    kept = dict(counted([([["a", "b"], []], [["a", "b"]], True)]).arrays())
    Statistics.read(kept)
    damage(kept)
    with pytest.raises(ValueError, match=r"counts are of|have a dimension each"):
        Statistics.read(kept)

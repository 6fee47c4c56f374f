"""The late leg: greatest cosines by hand, any subset of rows, windows, and what is kept on disk."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.chunks import lead
from index.late.leg import Late, LatePart
from index.model import model
from index.model.model import Asked

if TYPE_CHECKING:
    from index.library import Library

ROOT = np.float32(np.sqrt(0.5))
# three sentences of 2, 1 and 1 tokens in two dimensions
VECTORS = np.array([[127, 0], [0, 127], [127, 127], [-127, 0]], np.int8)
SCALES = np.array([1 / 127, 1 / 127, ROOT / 127, 1 / 127], np.float16)
POOLED = np.array([[ROOT, ROOT], [ROOT, ROOT], [-1, 0]], np.float16)
PART = LatePart.of(VECTORS, SCALES, np.array([0, 2, 3, 4]), POOLED, np.array([0, 2]))
HELD = SimpleNamespace(size=(3, 1), late=PART)
SMALL = Late([HELD])
ASKED = Asked(np.array([[1, 0], [0, 1]], np.float32), np.array([0.75, 0.25], np.float32), np.array([1, 0], np.float32))


def test_scores_by_hand() -> None:
    rows = np.arange(3)
    late = SMALL.scores(ASKED, rows, 0.0, 1.0)
    assert late == pytest.approx([1.0, ROOT, -0.75], abs=2e-3)
    assert SMALL.scores(ASKED, rows, 1.0, 2.0) == pytest.approx([2 * ROOT, 2 * ROOT, -2.0], abs=2e-3)
    assert SMALL.scores(ASKED, rows, 0.5, 1.0) == pytest.approx([(1 + ROOT) / 2, ROOT, -0.875], abs=2e-3)


@pytest.mark.parametrize("rows", [[0], [2, 0], [1, 2], [0, 1, 2]])
def test_a_row_scores_the_same_among_any_others(rows: list[int]) -> None:
    whole = SMALL.scores(ASKED, np.arange(3), 0.3, 20.0)
    assert SMALL.scores(ASKED, np.array(rows), 0.3, 20.0).tolist() == whole[rows].tolist()


def test_windows() -> None:
    assert [SMALL.window(row) for row in range(3)] == [(0, 2), (0, 2), (2, 3)]
    assert len(SMALL) == 3


def test_parts_are_one_row_of_sentences() -> None:
    three = Late([HELD, HELD, HELD])
    assert [three.window(row) for row in range(9)] == [
        (first + low, first + high) for first in (0, 3, 6) for low, high in ((0, 2), (0, 2), (2, 3))
    ]
    assert len(three) == 9
    whole = SMALL.scores(ASKED, np.arange(3), 0.3, 20.0).tolist()
    assert three.scores(ASKED, np.arange(9), 0.3, 20.0).tolist() == whole * 3
    assert three.scores(ASKED, np.array([8, 1, 4, 0]), 0.3, 20.0).tolist() == [whole[2], whole[1], whole[1], whole[0]]


def test_what_is_written_is_read() -> None:
    files = dict(PART.files())
    again = Late([SimpleNamespace(size=(3, 1), late=LatePart.read(files))])
    assert sorted(files) == sorted(LatePart.FILES)
    assert (
        again.scores(ASKED, np.arange(3), 0.3, 20.0).tolist() == SMALL.scores(ASKED, np.arange(3), 0.3, 20.0).tolist()
    )
    assert again.window(1) == (0, 2)


def test_every_sentence_of_the_review_has_its_window(library: Library) -> None:
    assert len(library.late) == len(library.rows)
    for row in range(len(library.rows)):
        first, last = library.late.window(row)
        assert first <= row < last
        assert len({library.rows[number].paragraph_row for number in range(first, last)}) == 1


def test_eight_bits_keep_the_vectors(library: Library) -> None:
    first, last = library.late.window(10)
    rows = library.rows[first:last]
    asked = model.load().ask("什么是间充质干细胞？")
    kept = library.late.scores(asked, np.arange(first, last), 0.0, 1.0)
    seen = model.load().see(lead(rows[0]), [row.text for row in rows])
    exact = [float((one.tokens @ asked.tokens.T).max(axis=0) @ asked.weights) for one in seen]
    assert kept == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("number", range(3))
def test_a_sentence_is_nearest_to_itself(number: int) -> None:
    sentences = ["间充质干细胞来自脐带。", "患者的病情缓解。", "Natural killer cells are allogeneic."]
    asked = model.load().ask(sentences[number])
    seen = model.load().see("", sentences)
    scores = [float((one.tokens @ asked.tokens.T).max(axis=0) @ asked.weights) for one in seen]
    assert int(np.argmax(scores)) == number

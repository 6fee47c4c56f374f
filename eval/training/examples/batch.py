"""What a batch shows: windows to rank by, and a question beside a window to read."""

from __future__ import annotations

from dataclasses import dataclass

from eval.training.examples.tokens import Window


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

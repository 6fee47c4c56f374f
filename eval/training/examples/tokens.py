"""Passages as the model's windows, with where each token stands in the passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.training.examples.data import Data, Passage
from index.model.layout import Ids, Layout, windows


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences of a passage, from its `first` on; ids and character `offsets` of each one's tokens."""

    passage: int
    first: int
    sentences: tuple[Ids, ...]
    offsets: tuple[tuple[tuple[int, int], ...], ...]
    title: Ids


def all_windows(layout: Layout, data: Data) -> list[Window]:
    """The windows of every passage, in order."""
    return [window for passage in data.passages for window in of_passage(layout, passage)]


def of_passage(layout: Layout, passage: Passage) -> list[Window]:
    """A passage's windows."""
    title = layout.title(passage.title)
    found = []
    for start, end in passage.sentences:
        tokens = layout.sentence(passage.text[start:end])
        found.append((tokens.ids, tuple((start + a, start + b) for a, b in tokens.offsets)))
    return [
        Window(
            passage.id,
            first,
            tuple(ids for ids, _ in found[first:last]),
            tuple(offsets for _, offsets in found[first:last]),
            title,
        )
        for first, last in windows([len(ids) for ids, _ in found])
    ]


def holding(window: Window, answers: Sequence[tuple[int, int]]) -> list[int]:
    """The sentences of a window, counted from its first, in which an answer begins."""
    held = []
    for number, offsets in enumerate(window.offsets):
        if any(offsets[0][0] <= start < offsets[-1][1] for start, _ in answers):
            held.append(number)
    return held

"""How texts are laid out for the reading model: its tokens, its three kinds of input, and windows.

    <s> query: QUESTION </s>                        a question, to rank by
    <s> passage: TITLE SENTENCE SENTENCE … </s>     a window of a paragraph, to be ranked
    <s> QUESTION </s> </s> TITLE SENTENCE … </s>    a question beside a window, to be read

A window is a run of whole sentences of a paragraph, as long as the model reads at once. Sentences are
tokenised one by one, so that a token never crosses from one into the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import settings
from index.text.words import simplified

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ids = tuple[int, ...]
# Half-open ranges of places in a row of tokens, one for each sentence.
Places = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens and the half-open range of characters that each stands for."""

    ids: Ids
    offsets: tuple[tuple[int, int], ...]


class Layout:
    """Texts to rows of token ids. What is too long is cut off at the end, by the limits in `settings`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._bos, self._eos, self._unknown = (_id(tokenizer, name) for name in ("<s>", "</s>", "<unk>"))
        self._query = self._ids("query:")
        self._passage = self._ids("passage:")

    def question(self, text: str) -> Ids:
        """A question's tokens."""
        return self._ids(text)[: settings.QUESTION_TOKENS]

    def title(self, text: str) -> Ids:
        """A title's tokens; none for an empty one."""
        return self._ids(text)[: settings.TITLE_TOKENS] if text else ()

    def sentence(self, text: str) -> Tokens:
        """A sentence's tokens, at least one."""
        encoded = self._tokenizer.encode(_plain(text), add_special_tokens=False)
        ids = tuple(encoded.ids[: settings.SENTENCE_TOKENS])
        if not ids:
            return Tokens((self._unknown,), ((0, len(text)),))
        return Tokens(ids, tuple(encoded.offsets[: settings.SENTENCE_TOKENS]))

    def asked(self, question: Ids) -> Ids:
        """The row of a question to rank by."""
        return (self._bos, *self._query, *question, self._eos)

    def window(self, title: Ids, sentences: Sequence[Ids]) -> tuple[Ids, Places]:
        """The row of a window to be ranked, and where its sentences stand in it."""
        return self._row((self._bos, *self._passage, *title), sentences)

    def pair(self, question: Ids, title: Ids, sentences: Sequence[Ids]) -> tuple[Ids, Places]:
        """The row of a question beside a window, and where the sentences stand in it."""
        return self._row((self._bos, *question, self._eos, self._eos, *title), sentences)

    def _row(self, head: Ids, sentences: Sequence[Ids]) -> tuple[Ids, Places]:
        row = list(head)
        places = []
        for sentence in sentences:
            places.append((len(row), len(row) + len(sentence)))
            row += sentence
        return (*row, self._eos), tuple(places)

    def _ids(self, text: str) -> Ids:
        return tuple(self._tokenizer.encode(_plain(text), add_special_tokens=False).ids)


def _id(tokenizer: Tokenizer, name: str) -> int:
    found = tokenizer.token_to_id(name)
    if found is None:
        raise ValueError(f"the tokenizer has no {name}")
    return found


def _plain(text: str) -> str:
    """Simplified characters, where that leaves every character in its place."""
    plain = simplified(text)
    return plain if len(plain) == len(text) else text


def windows(lengths: Sequence[int], limit: int = settings.WINDOW_TOKENS) -> list[tuple[int, int]]:
    """Half-open ranges of sentences, in order and without gaps; `lengths` are theirs, in tokens.

    As few windows as fill up one after another, of about equal length. A sentence longer than `limit`
    stands alone.
    """
    if not lengths:
        return []
    parts = len(_fill(lengths, limit))
    low, high = 1, limit
    while low < high:
        middle = (low + high) // 2
        if len(_fill(lengths, middle)) <= parts:
            high = middle
        else:
            low = middle + 1
    return _fill(lengths, low)


def _fill(lengths: Sequence[int], limit: int) -> list[tuple[int, int]]:
    ranges = []
    start = total = 0
    for at, length in enumerate(lengths):
        if at > start and total + length > limit:
            ranges.append((start, at))
            start, total = at, 0
        total += length
    ranges.append((start, len(lengths)))
    return ranges

"""Which questions are put to which paragraphs: a set's own, and those of the same set in another language."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from eval.bench import settings
from eval.bench.sets.collection import Collection, Query
from index.records import Language


@dataclass(frozen=True)
class Pair:
    """Questions of one collection over the paragraphs of another, or of the same.

    `asked` are those to be put, of `total` that there are; what is right for them is what the paragraphs'
    collection says.
    """

    questions: Collection
    paragraphs: Collection
    asked: tuple[Query, ...]
    total: int

    @property
    def languages(self) -> tuple[Language, Language]:
        """The language of the questions, and that of the paragraphs."""
        return self.questions.query_language, self.paragraphs.language

    @property
    def name(self) -> str:
        """Both languages, the questions' first: `en-zh`."""
        return "-".join(self.languages)


def pairs(collections: Sequence[Collection]) -> list[Pair]:
    """Every collection with its own questions; then those of two languages with each other's.

    Two collections are crossed where their languages differ, each asks in its own language, and their
    questions have the same ids.
    """
    found = [Pair(one, one, one.queries, len(one.queries)) for one in collections]
    for asking, asked in permutations(collections, 2):
        if asking.language == asked.language or any(one.language != one.query_language for one in (asking, asked)):
            continue
        theirs = {query.id: query for query in asked.queries}
        shared = [query for query in asking.queries if query.id in theirs]
        if len(shared) >= settings.SHARED_IDS * min(len(asking.queries), len(theirs)):
            crossed = tuple(replace(theirs[query.id], text=query.text) for query in shared)
            found.append(Pair(asking, asked, crossed, len(crossed)))
    return found


def sampled(pair: Pair, size: int | None, seed: int) -> Pair:
    """The pair with at most `size` of its questions, in their order; None keeps all.

    Which ones hangs on the seed and each question's id alone: the same in another order, in another
    language, and in a larger sample.
    """
    if size is None or size >= len(pair.asked):
        return pair
    drawn = {query.id for query in sorted(pair.asked, key=lambda query: _lot(query.id, seed))[:size]}
    return replace(pair, asked=tuple(query for query in pair.asked if query.id in drawn))


def _lot(id: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{id}".encode("utf-8", "surrogatepass")).digest()

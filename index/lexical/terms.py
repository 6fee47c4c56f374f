"""The terms of all sentences and paragraphs of an index, and the lexical leg over them, as arrays that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.lexical.bags import BLOCK, Bags, TermIds
from index.lexical.impacts import Impacts
from index.lexical.leg import Lexical
from index.lexical.vocabulary import Vocabulary


class Spelled(Protocol):
    """The terms of sentences and paragraphs by their rows, repeated and in order."""

    def sentence(self, row: int) -> list[str]:
        """Those of a sentence."""
        ...

    def paragraph(self, row: int) -> list[str]:
        """Those of a paragraph."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """Which terms each sentence and each paragraph has, as ids of one vocabulary, and the leg that scores them."""

    vocabulary: Vocabulary
    sentences: Bags
    paragraphs: Bags
    lexical: Lexical

    @classmethod
    def build(cls, sentences: Iterable[Sequence[str]], paragraphs: Iterable[Sequence[str]]) -> Terms:
        """The terms of these chunks, which are gone through once, the sentences first."""
        known = TermIds()
        mine, theirs = Bags.count(sentences, known), Bags.count(paragraphs, known)
        vocabulary = Vocabulary.of(known)
        places = np.empty(len(known), dtype=np.int32)
        for place, term in enumerate(vocabulary):
            places[known[term]] = place
        del known
        for bags in (mine, theirs):
            ids = np.asarray(bags.ids)
            for start in range(0, len(ids), BLOCK):
                ids[start : start + BLOCK] = places[ids[start : start + BLOCK]]
        legs = (Impacts.build(bags, len(vocabulary), settings.BM25_K1, settings.BM25_B) for bags in (mine, theirs))
        return cls(vocabulary, mine, theirs, Lexical(vocabulary, *legs))

    @classmethod
    def of(cls, arrays: Mapping[str, Any]) -> Terms:
        """What `arrays` gave, by name; ValueError where they are of another kind or do not fit each other.

        Any may lie on a disk; the large ones are only read in slices (see `Stored`).
        """
        vocabulary = Vocabulary.of_arrays(arrays)
        mine, theirs = (Bags.of(arrays, name) for name in ("sentence", "paragraph"))
        legs = [Impacts.of(arrays, name, len(bags)) for name, bags in (("sentence", mine), ("paragraph", theirs))]
        if any(len(leg.starts) != len(vocabulary) + 1 for leg in legs):
            raise ValueError("the postings are of another vocabulary")
        return cls(vocabulary, mine, theirs, Lexical(vocabulary, *legs))

    def arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """The names of the files, and the arrays, that keep this."""
        yield from self.vocabulary.arrays()
        for name, bags, leg in (
            ("sentence", self.sentences, self.lexical.sentences),
            ("paragraph", self.paragraphs, self.lexical.paragraphs),
        ):
            yield from bags.arrays(name)
            yield from leg.arrays(name)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        return len(self.sentences), len(self.paragraphs)

    def sentence(self, row: int) -> list[str]:
        """The terms of a sentence, repeated and in order."""
        return [self.vocabulary.term(id) for id in self.sentences.bag(row).tolist()]

    def paragraph(self, row: int) -> list[str]:
        """The terms of a paragraph, repeated and in order."""
        return [self.vocabulary.term(id) for id in self.paragraphs.bag(row).tolist()]

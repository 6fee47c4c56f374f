"""What all documents of an index share: words, glossary, terms, centred vectors. In memory, or read as it is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

from index.dense.leg import Dense
from index.disk.members import Files
from index.documents import Documents
from index.engine.embedded import Embedded
from index.engine.engine import Engine
from index.errors import IndexDamaged, StoreError
from index.lexical.glossary import Glossary, Pair
from index.lexical.terms import Spelled, Terms
from index.scores.spread import Spread
from index.text.tokens import Tokenizer

WORDS, GLOSSARY = "words.json", "glossary.json"

T = TypeVar("T")
S = TypeVar("S", bound="Sized")


class Shared(Protocol):
    """What a library asks of what its documents share."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Cuts texts into terms; it knows the mined words."""

    @property
    def glossary(self) -> Glossary:
        """The words of the other language."""

    def terms_of(self, documents: Documents, /) -> Spelled:
        """The terms of the sentences and paragraphs of these documents."""

    @property
    def engine(self) -> Engine:
        """What scores them, and their vectors."""

    @property
    def spread(self) -> Spread:
        """How the sentences are spread over paragraphs and languages."""

    def look(self) -> None:
        """Read everything now."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What was just made of all documents."""

    tokenizer: Tokenizer
    glossary: Glossary
    terms: Terms
    dense: Dense
    spread: Spread

    @property
    def engine(self) -> Embedded:
        """What scores them, and their vectors."""
        return Embedded(self.terms, self.dense, self.spread)

    def terms_of(self, _: Documents, /) -> Terms:
        """The terms of sentences and paragraphs."""
        return self.terms

    def look(self) -> None:
        """Everything is at hand."""

    def files(self) -> Files:
        """The names and contents of the files that keep this."""
        yield from words(self.tokenizer, self.glossary)
        yield from self.spread.files()
        yield from self.terms.arrays()
        yield from self.dense.files()


def words(tokenizer: Tokenizer, glossary: Glossary) -> Files:
    """The names and contents of the files that keep these."""
    yield WORDS, _json(tokenizer.words)
    yield GLOSSARY, _json([[pair.zh, pair.en, pair.source] for pair in glossary.pairs])


class Reading:
    """What was written of so many sentences and paragraphs; each thing is read when it is first needed.

    IndexDamaged, as `damaged` makes it of a reason, where it is anything else.
    """

    def __init__(self, files: Mapping[str, Any], size: tuple[int, int], damaged: Callable[[str], IndexDamaged]) -> None:
        self._files, self._size, self._damaged = files, size, damaged

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Cuts texts into terms; it knows the mined words."""
        return self._read(lambda: Tokenizer(json.loads(self._files[WORDS])))

    @cached_property
    def glossary(self) -> Glossary:
        """The words of the other language."""
        return self._read(lambda: Glossary(Pair(*pair) for pair in json.loads(self._files[GLOSSARY])))

    @cached_property
    def spread(self) -> Spread:
        """How the sentences are spread over paragraphs and languages."""
        return self._agreeing(lambda: Spread.read(self._files))

    def _agreeing(self, read: Callable[[], S]) -> S:
        found = self._read(read)
        if found.sizes != self._size:
            raise self._damaged("it has sentences, terms and vectors of different numbers")
        return found

    def _read(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except StoreError:
            raise
        except Exception as error:  # of any sort: the files are as they were written, but not by this program
            raise self._damaged(str(error) or type(error).__name__) from error


class Read(Reading):
    """What `Made.files` wrote."""

    @cached_property
    def terms(self) -> Terms:
        """The terms of sentences and paragraphs."""
        return self._agreeing(lambda: Terms.of(self._files))

    def terms_of(self, _: Documents, /) -> Terms:
        """The same."""
        return self.terms

    @cached_property
    def dense(self) -> Dense:
        """The vectors of sentences and paragraphs."""
        return self._agreeing(lambda: Dense.read(self._files))

    @cached_property
    def engine(self) -> Embedded:
        """What scores them, and their vectors."""
        return Embedded(self.terms, self.dense, self.spread)

    def look(self) -> None:
        """Read everything now."""
        _ = self.tokenizer, self.glossary, self.terms, self.dense, self.spread


class Sized(Protocol):
    """A leg, which knows how many sentences and paragraphs it has."""

    @property
    def sizes(self) -> tuple[int, int]:
        """The two numbers."""
        ...


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

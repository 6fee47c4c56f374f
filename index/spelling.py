"""How the texts of a library are cut into terms, and which words of the other language go with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index import chunks
from index.chunks import Row
from index.documents import Documents
from index.lexical import glossary
from index.lexical.bags import Bags, TermIds
from index.lexical.glossary import Glossary, Pair
from index.lexical.vocabulary import Vocabulary
from index.records import Document, Paragraph
from index.text.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class Spelling:
    """A tokenizer that knows the mined words, and a glossary."""

    tokenizer: Tokenizer
    glossary: Glossary

    @classmethod
    def of(cls, tokenizer: Tokenizer, mined: Sequence[Pair], seen: Iterable[str]) -> Spelling:
        """With the pairs that were mined, and the dictionary's of which one side is among the terms that were seen."""
        chinese: set[str] = set()
        english: set[str] = set()
        for term in seen:
            (english if term.isascii() else chinese).add(term)
        return cls(tokenizer, Glossary([*mined, *glossary.dictionary(chinese, english)]))

    def seeing(self, seen: Iterable[str]) -> Spelling:
        """With the dictionary's pairs for these terms."""
        return Spelling.of(self.tokenizer, self._mined, seen)

    def within(self, vocabulary: Vocabulary) -> Spelling:
        """Without the words and pairs of which nothing is among these terms."""
        words = [word for word in self.tokenizer.words if word in vocabulary]
        mined = [pair for pair in self._mined if pair.zh in vocabulary]
        return Spelling.of(Tokenizer(words), mined, vocabulary)

    @property
    def _mined(self) -> list[Pair]:
        return [pair for pair in self.glossary.pairs if pair.source == "text"]

    def own(self, pair: tuple[Document, Paragraph]) -> list[str]:
        """The terms of a paragraph's text by itself."""
        return self.tokenizer.terms(chunks.paragraph_text(*pair))

    def sentence(self, row: Row) -> list[str]:
        """The terms of a sentence, its title's and those of the other language with it."""
        return chunks.terms(chunks.sentence_text(row), row.paragraph.language, self.tokenizer, self.glossary)

    def paragraph(self, document: Document, paragraph: Paragraph, own: list[str] | None = None) -> list[str]:
        """The terms of a paragraph, likewise; `own` are those of its text, where they are known."""
        text = chunks.paragraph_text(document, paragraph)
        return chunks.terms(text, paragraph.language, self.tokenizer, self.glossary, own)


class Own:
    """The terms of texts by themselves, kept as numbers."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        numbers = TermIds()
        self._bags = Bags.count(texts, numbers)
        self.seen = list(numbers)

    def __iter__(self) -> Iterator[list[str]]:
        for row in range(len(self._bags)):
            yield [self.seen[id] for id in self._bags.bag(row).tolist()]


def learn(documents: Documents) -> tuple[Spelling, Own]:
    """What these documents teach, and each paragraph's own terms; they are gone through three times."""
    mined = glossary.mine(documents)
    words = chunks.vocabulary(mined)
    tokenizer = Tokenizer(words + chunks.compounds(documents, Tokenizer(words)))
    own = Own(tokenizer.terms(chunks.paragraph_text(*pair)) for pair in documents.paragraphs)
    return Spelling.of(tokenizer, mined, own.seen), own


class HasRows(Protocol):
    """Documents by their sentences and paragraphs."""

    @property
    def rows(self) -> Sequence[Row]:
        """The sentences."""
        ...

    @property
    def paragraphs(self) -> Sequence[tuple[Document, Paragraph]]:
        """The paragraphs, each with its document."""
        ...


class Retold:
    """A `Spelled` that keeps nothing: a text is cut again when it is asked for."""

    def __init__(self, documents: HasRows, spelling: Spelling) -> None:
        self._documents, self._spelling = documents, spelling

    def sentence(self, row: int) -> list[str]:
        """The terms of a sentence."""
        return self._spelling.sentence(self._documents.rows[row])

    def paragraph(self, row: int) -> list[str]:
        """The terms of a paragraph."""
        return self._spelling.paragraph(*self._documents.paragraphs[row])

"""A question set as a benchmark has it: articles of paragraphs to search, and questions with what is right.

`squad` and `beir` read one from disk; `documents` makes it into what an index is built from. Paragraphs of
the same text are one paragraph: to find its twin is no error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from index.records import Document, Language, Paragraph, Section, Span
from index.structure.language import language_of
from index.structure.sentences import split


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a set.

    `answers` are the short answers that a right quote holds one of; none where the set only judges
    documents. `gold` has the grade, at least 1, of each right paragraph by its place (`Collection.place`);
    it is empty for an unanswerable question.
    """

    id: str
    text: str
    answerable: bool
    answers: tuple[str, ...]
    gold: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its paragraphs in order. A `printed` title is part of what is searched."""

    title: str
    printed: bool
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Collection:
    """A set as read. `notes` say what was left out or merged, in words."""

    name: str
    path: Path
    articles: tuple[Article, ...] = field(repr=False)
    queries: tuple[Query, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """Every paragraph, in the order in which the library has them."""
        return tuple(text for article in self.articles for text in article.paragraphs)

    @cached_property
    def language(self) -> Language:
        """The language that most of its paragraphs' text is in."""
        return language_of("\n".join(self.paragraphs))

    @cached_property
    def query_language(self) -> Language:
        """The language that most of its questions' text is in."""
        return language_of("\n".join(query.text for query in self.queries))

    @staticmethod
    def place(number: int) -> str:
        """The name of the paragraph of that number, counted from 0, in qrels and rankings."""
        return str(number)


class Shelf:
    """Articles in the making: each paragraph gets a number, one with the same text the same number."""

    def __init__(self) -> None:
        self._articles: list[tuple[str, bool, list[str]]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self.merged = 0

    def begin(self, title: str, *, printed: bool = False) -> None:
        """Begin an article; the paragraphs that are put next belong to it."""
        self._articles.append((title, printed, []))

    def put(self, text: str) -> int:
        """The number of this paragraph, which is not blank."""
        title, printed, paragraphs = self._articles[-1]
        key = (title if printed else "", text)
        if key in self._numbers:
            self.merged += 1
            return self._numbers[key]
        paragraphs.append(text)
        self._numbers[key] = len(self._numbers)
        return self._numbers[key]

    def articles(self) -> tuple[Article, ...]:
        """The articles that have a paragraph of their own."""
        return tuple(Article(title, printed, tuple(texts)) for title, printed, texts in self._articles if texts)


def documents(collection: Collection) -> list[Document]:
    """One document an article, its sentences cut as the index cuts them, without repairs.

    The paragraphs of all documents, in order, are `collection.paragraphs`. A title that is not printed stands
    in square brackets and is not searched.
    """
    made = []
    for number, article in enumerate(collection.articles, start=1):
        # brackets in print, as around a translated title, would make it ours
        title = article.title.strip("[] ") if article.printed else ""
        section = Section("0", (title or f"[{article.title or number}]",), None)
        paragraphs = []
        at = 0
        for place, text in enumerate(article.paragraphs, start=1):
            spans = tuple(Span(at + start, at + end) for start, end in split(text))
            name, start, end = f"0-P{place}", spans[0].start, spans[-1].end
            paragraphs.append(Paragraph(name, section, start, end, language_of(text), spans))
            at += len(text) + 2
        source = "\n\n".join(article.paragraphs)
        made.append(
            Document(
                id=f"article-{number}",
                file=collection.path.name,
                title=article.title or f"[{number}]",
                language=language_of(source),
                sha256=hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest(),
                source=source,
                edits=(),
                paragraphs=tuple(paragraphs),
            )
        )
    return made

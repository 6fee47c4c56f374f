"""Faults in the words that are searched: how texts and questions are cut, stemmed, glossed and weighed."""

from __future__ import annotations

from collections.abc import Iterator

from sown import Bench, Patch

from index import chunks, library
from index.lexical import glossary, impacts
from index.library import Library
from index.text import tokens, words


def jieba_off(bench: Bench, patch: Patch) -> None:
    """Every character is a word of its own, as for a tokenizer that knows no Chinese; no bigrams either."""
    patch.setattr(tokens.Tokenizer, "_han", lambda self, run: iter(run))


def bigrams_off(bench: Bench, patch: Patch) -> None:
    def _han(self: tokens.Tokenizer, run: str) -> Iterator[str]:
        for word in self._segmenter.cut(run):
            if word not in tokens.STOP_ZH and (len(word) > 1 or len(run) == 1):
                yield word

    patch.setattr(tokens.Tokenizer, "_han", _han)


def traditional_off(bench: Bench, patch: Patch) -> None:
    for module in (words, tokens, library):
        patch.setattr(module, "simplified", lambda text: text)


def stemming_off(bench: Bench, patch: Patch) -> None:
    patch.setattr(tokens, "stem", lambda word: word)
    patch.setattr(glossary, "stem", lambda word: word)


def glossary_off(bench: Bench, patch: Patch) -> None:
    patch.setattr(chunks, "terms", lambda text, language, tokenizer, *given: tokenizer.terms(text))


def idf_off(bench: Bench, patch: Patch) -> None:
    patch.setattr(impacts.Impacts, "idf", lambda self, term: 1.0)


def whitespace(bench: Bench, patch: Patch) -> None:
    """The tutorial's tokenizer: text cut at white space."""
    patch.setattr(tokens.Tokenizer, "_terms", lambda self, text: iter(text.split()))


def cut_questions(bench: Bench, patch: Patch) -> None:
    """Only the first six characters of a question are read."""
    real = Library.legs
    patch.setattr(Library, "legs", lambda self, question, *given: real(self, question[:6], *given))

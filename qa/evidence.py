"""How well passages support an answer: a few plain numbers, and the confidence made of them.

Each number has a meaning, so that a refusal can say why. The weights were fitted on the tuning half of
the question set by `python -m eval.calibrate`, which prints what belongs in `settings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import exp, log10

import regex

from index.library import Library
from index.tokens import normal
from index.words import relative
from qa import reader, settings
from qa.question import Question
from qa.retrieve import Candidate

# A code or a number of at least two characters: CD22, NCT05938725, 28.1, 2018.
_CODE = regex.compile(r"\p{Latin}[\p{Latin}-]*\d[\p{Latin}\d-]*|\d+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the best candidates say for and against an answer."""

    cosine: float  # the greatest centred cosine of a sentence, -1 to 1
    topic: float  # the greatest centred cosine of a paragraph, -1 to 1
    unknown: float  # the share of the question's words that stand nowhere in the library, by weight
    code_missing: float  # 1 when a code or number of the question is in none of the best paragraphs
    type_missing: float  # 1 when a number, date or name is wanted and no best sentence has one

    def confidence(self) -> float:
        """The probability that the quotes answer, by logistic regression; in [0, 1]."""
        total = settings.CONFIDENCE_BIAS
        for field in fields(self):
            total += settings.CONFIDENCE[field.name] * getattr(self, field.name)
        return round(1 / (1 + exp(-total)), 4)

    @property
    def on_topic(self) -> bool:
        """Whether the library speaks of the question's subject at all."""
        return self.topic >= settings.TOPIC_MIN


@dataclass(frozen=True, slots=True)
class Coverage:
    """The words of a question that carry its meaning, each with its weight; the unknown among them."""

    words: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, library: Library, question: Question) -> Coverage:
        """How far the library knows the words of a question."""
        words = library.tokenizer.content(question.text)
        weights = tuple((word, library.lexical.idf(word) * _rarity(word)) for word in words)
        return cls(weights, tuple(word for word in words if not _known(word, library)))

    @property
    def unknown_share(self) -> float:
        """The unknown words' share of all weight; 1 when there are no words at all."""
        total = sum(weight for _, weight in self.words)
        return sum(weight for word, weight in self.words if word in self.unknown) / total if total else 1.0


def _rarity(word: str) -> float:
    """How special a Chinese word is in general text: 0 for one in 400 words, 1 for one in 10 million."""
    if not regex.match(r"\p{Han}", word):
        return 1.0
    return min(1.0, max(0.0, (log10(relative(word)) + 2.6) / -4.4))


def _known(word: str, library: Library) -> bool:
    """Whether a word, or for a long Chinese one any two characters of it, stands in the library."""
    if word in library.vocabulary or word.replace("-", "") in library.vocabulary:
        return True
    long = regex.fullmatch(r"\p{Han}{3,}", word) is not None
    return long and any(word[i : i + 2] in library.vocabulary for i in range(len(word) - 1))


def weigh(library: Library, question: Question, best: Sequence[Candidate]) -> Evidence:
    """The evidence that the best candidates give; there is at least one."""
    paragraphs = {term for c in best for term in library.terms[1][c.sentence.paragraph_row]}
    codes = [code for code in _CODE.findall(normal(question.text)) if len(code) > 1]
    typed = question.wanted == "passage" or any(reader.answers(c.sentence.text, question, library) for c in best)
    return Evidence(
        cosine=max(c.legs["dense"] for c in best),
        topic=max(c.legs["dense_paragraph"] for c in best),
        unknown=Coverage.of(library, question).unknown_share,
        code_missing=float(any(code.rstrip("-") not in paragraphs for code in codes)),
        type_missing=float(not typed),
    )

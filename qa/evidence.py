"""How well passages support an answer: a few plain numbers, and the confidence made of them.

Each number has a meaning, so that a refusal can say why. The weights were fitted on the tuning half of
the question set by `python -m eval.calibrate`, which prints what belongs in `settings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
_HAN = regex.compile(r"\p{Han}")
# A disease by its ending, in jieba's words and in stems.
_DISEASE = regex.compile(
    r"\p{Han}[病癌炎症瘤疹]$|综合征$|(?:arthriti|iti|oma|osi|psoriasi|sclerosi|leukemia|diabet|cancer|asthma)$"
)
# A name made of capitals, digits and hyphens, as written: HSCT, CAR-T, IL-37, GvHD.
_NAME = regex.compile(r"(?<![\p{Latin}\d])\p{Lu}[\p{Latin}]*[\p{Lu}\d-][\p{Latin}\d-]*(?<!-)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the best candidates say for and against an answer; each from 0 to 1 unless said otherwise."""

    cosine: float  # the greatest centred cosine of a sentence, -1 to 1
    latent: float  # the latent cosine of the best candidate, 0 to 1
    topic: float  # the greatest centred cosine of a paragraph, -1 to 1
    unknown: float  # the share of the question's words that stand nowhere in the library, by weight
    name_missing: float  # 1 when a code, number or disease of the question is in none of the best paragraphs
    wholly_held: bool  # whether the best sentence has every word of the question, and a wanted span
    named: bool  # whether the question names a code that the library holds, as CAR-T or IL-37
    type_missing: float  # 1 when a number, date or name is wanted and no best sentence has one

    def confidence(self) -> float:
        """The probability that the quotes answer, by logistic regression; in [0, 1]."""
        if not self.on_topic:
            return settings.OFF_TOPIC
        total = settings.CONFIDENCE_BIAS
        for name, weight in settings.CONFIDENCE.items():
            total += weight * getattr(self, name)
        confidence = 1 / (1 + exp(-total))
        if self.wholly_held:
            confidence = max(confidence, settings.WHOLLY_HELD)
        return round(confidence, 4)

    @property
    def on_topic(self) -> bool:
        """Whether the library speaks of the question's subject at all."""
        near = self.cosine + self.topic - settings.UNKNOWN_COST * self.unknown
        return self.named or near >= settings.TOPIC_MIN


@dataclass(frozen=True, slots=True)
class Coverage:
    """The words of a question that carry its meaning, each with its weight; the unknown among them."""

    words: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]

    @classmethod
    def of(cls, library: Library, question: Question) -> Coverage:
        """How far the library knows the words of a question.

        `absent` are the unknown words of which it can be said that they do not occur: those in the
        library's main language, and codes. That a Chinese text lacks an English word says nothing.
        """
        words = library.tokenizer.content(question.text)
        weights = tuple((word, library.lexical.idf(word) * _rarity(word)) for word in words)
        unknown = tuple(word for word in words if not _known(word, library))
        chinese = library.language == "zh"
        absent = tuple(w for w in unknown if _CODE.fullmatch(w) or bool(_HAN.match(w)) == chinese)
        return cls(weights, unknown, absent)

    @property
    def unknown_share(self) -> float:
        """The unknown words' share of all weight; 1 when there are no words at all."""
        total = sum(weight for _, weight in self.words)
        return sum(weight for word, weight in self.words if word in self.unknown) / total if total else 1.0


def _rarity(word: str) -> float:
    """How special a Chinese word is in general text: 0 for one in 400 words, 1 for one in 10 million."""
    if not _HAN.match(word):
        return 1.0
    return min(1.0, max(0.0, (log10(relative(word)) + 2.6) / -4.4))


def _known(word: str, library: Library) -> bool:
    """Whether a word, or for a long Chinese one any two characters of it, stands in the library."""
    if word in library.vocabulary or word.replace("-", "") in library.vocabulary:
        return True
    long = regex.fullmatch(r"\p{Han}{3,}", word) is not None
    return long and any(word[i : i + 2] in library.vocabulary for i in range(len(word) - 1))


def weigh(library: Library, question: Question, ranked: Sequence[Candidate]) -> Evidence:
    """The evidence for an answer; `ranked` is every candidate, sorted, and at least one."""
    best = ranked[: settings.EVIDENCE_TOP]
    paragraphs = {term for c in best for term in library.terms[1][c.sentence.paragraph_row]}
    codes = [code for code in _CODE.findall(normal(question.text)) if len(code) > 1]
    words = library.tokenizer.content(question.text)
    diseases = [word for word in words if _DISEASE.search(word)]
    typed = question.wanted == "passage" or any(reader.answers(c.sentence.text, question, library) for c in best)
    return Evidence(
        cosine=max(c.legs["dense"] for c in ranked),
        latent=best[0].legs["latent"] if library.latent.is_used else settings.LATENT_NEUTRAL,
        topic=max(c.legs["dense_paragraph"] for c in ranked),
        unknown=Coverage.of(library, question).unknown_share,
        name_missing=float(any(name.rstrip("-") not in paragraphs for name in [*codes, *diseases])),
        type_missing=float(not typed),
        wholly_held=typed and bool(words) and set(words) <= set(library.terms[0][best[0].row]),
        named=any(normal(name) in library.vocabulary for name in _NAME.findall(question.text)),
    )

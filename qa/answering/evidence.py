"""How well a sentence answers: a few plain numbers, and the chances made of them.

The sentences that were read are rivals, and that none of them answers is one rival more: a conditional
logit (McFadden 1974) with few weights, fitted by `python -m eval.calibrate`, which prints what belongs in
`settings`. Each number has a meaning, so that a refusal can say why.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from math import exp, log, log10

import regex

from index.library import Library
from index.text.tokens import normal
from index.text.words import relative
from qa import settings
from qa.answering.question import Question, Wanted
from qa.answering.retrieve import Candidate
from qa.answering.typed import gives

# A code or a number of at least two characters: CD22, NCT05938725, 28.1, 2018.
_CODE = regex.compile(r"\p{Latin}[\p{Latin}-]*\d[\p{Latin}\d-]*|\d+(?:\.\d+)?%?")
_MARKS = regex.compile(r"[\p{P}\p{S}\s]+")
_HAN = regex.compile(r"\p{Han}")
# A disease by its ending, in jieba's words and in stems.
_DISEASE = regex.compile(
    r"\p{Han}[病癌炎症瘤疹]$|综合征$|(?:arthriti|iti|oma|osi|psoriasi|sclerosi|leukemia|diabet|cancer|asthma)$"
)
# A name made of capitals, digits and hyphens, as written: HSCT, CAR-T, IL-37, GvHD, 4-1BB.
_NAME = regex.compile(r"(?<![\p{Latin}\d-])(?:\p{Lu}[\p{Latin}]*[\p{Lu}\d-]|\d[\d-]*\p{Lu})[\p{Latin}\d-]*(?<!-)")


# What speaks against an answer; all else speaks for it.
AGAINST = frozenset({"behind", "fused_behind", "name_missing", "name_elsewhere", "type_missing"})
# What is known by its form alone, wherever it stands.
_FORMS: frozenset[Wanted] = frozenset(
    ("percent", "duration", "score", "age", "money", "dose", "date", "trial", "website")
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a sentence as the answer; each from 0 to 1 unless said otherwise."""

    odds: float  # the reader's log-odds that it answers rather than nothing in its window, cut off at ±ODDS_MAX
    late: float  # its score by late interaction
    behind: float  # how far that is behind the best of those read, at least 0
    fused_behind: float  # how far its fused score is behind the best of those read, from 0 to FUSED_MAX
    held: float  # the share of the question's words that stand in it, by weight
    name_missing: float  # 1 when a code, number or disease of the question is not in its paragraph
    name_elsewhere: float  # the share of its names that the library has (CAAR-NK) and the sentence has not
    type_missing: float  # 1 when a number, date or name is wanted and it has nothing of the sort
    expansion: float  # 1 when it says what an abbreviation of the question is short for, where that is asked

    @property
    def weight(self) -> float:
        """The log-odds that it answers rather than that no sentence does."""
        parts: list[float] = [weight * getattr(self, name) for name, weight in settings.CHANCE.items()]
        return settings.CHANCE_BIAS + sum(parts)


@dataclass(frozen=True, slots=True)
class Chances:
    """The probability of each sentence, in their order, to be the answer, and of none to be; together 1."""

    sentences: tuple[float, ...]
    none: float

    @classmethod
    def of(cls, found: Sequence[Evidence]) -> Chances:
        """The chances that this evidence gives, rounded to 1e-6."""
        weights = [one.weight for one in found]
        most = max(0.0, *weights)
        shares = [exp(weight - most) for weight in weights]
        total = exp(-most) + sum(shares)
        return cls(tuple(round(share / total, 6) for share in shares), round(exp(-most) / total, 6))

    @property
    def confidence(self) -> float:
        """The probability that the likeliest sentence answers, in (0, 1), rounded to 1e-4."""
        total = settings.CONFIDENCE_BIAS + settings.CONFIDENCE_SLOPE * any_logit(self.none)
        return round(1 / (1 + exp(-total)), 4)


def any_logit(none: float) -> float:
    """The log-odds that any sentence answers, of the chance that none does, cut off at a millionth."""
    inside = min(max(none, 1e-6), 1 - 1e-6)
    return log((1 - inside) / inside)


def weigh(library: Library, question: Question, read: Sequence[Candidate]) -> list[Evidence]:
    """The evidence for each of the sentences that were read, whose score is still the fused one."""
    if not read:
        return []
    coverage = Coverage.of(library, question)
    codes = [code for code in _CODE.findall(normal(question.text)) if len(code) > 1]
    diseases = [word for word, _ in coverage.words if _DISEASE.search(word)]
    names = [name.rstrip("-") for name in (*codes, *diseases)]
    late = max(candidate.legs["late"] for candidate in read)
    fused = max(candidate.score for candidate in read)
    written = [name for name in map(normal, _NAME.findall(question.text)) if name in library.vocabulary]
    terms: dict[int, frozenset[str]] = {}
    found = []
    for candidate in read:
        row = candidate.sentence.paragraph_row
        own = frozenset(library.terms.sentence(candidate.row))
        given = gives(candidate.sentence.text, question, own)
        if row not in terms:
            terms[row] = frozenset(library.terms.paragraph(row))
        found.append(
            Evidence(
                odds=_within(candidate.odds, settings.ODDS_MAX),
                late=candidate.legs["late"],
                behind=late - candidate.legs["late"],
                fused_behind=min(settings.FUSED_MAX, fused - candidate.score),
                held=coverage.share(own),
                name_missing=float(any(name not in terms[row] for name in names)),
                name_elsewhere=sum(name not in own for name in written) / max(1, len(written)),
                type_missing=float(not given),
                expansion=float(given and question.wanted == "expansion"),
            )
        )
    return found


def on_topic(library: Library, question: Question, read: Sequence[Candidate]) -> bool:
    """Whether the library speaks of the question's subject at all; `read` is not empty."""
    near = max(c.legs["dense"] for c in read) + max(c.legs["dense_paragraph"] for c in read)
    unknown = Coverage.of(library, question).unknown_share
    named = any(normal(name) in library.vocabulary for name in _NAME.findall(question.text))
    return named or near - settings.UNKNOWN_COST * unknown >= settings.TOPIC_MIN


def typed(library: Library, question: Question, found: Sequence[Candidate]) -> bool:
    """Whether one of these sentences has a number, date or name of the sort that is wanted, if one is."""
    return any(gives(c.sentence.text, question, library.terms.sentence(c.row)) for c in found)


def without_form(library: Library, question: Question, read: Sequence[Candidate]) -> bool:
    """Whether a value is wanted that is known by its form (a price, an age), and nothing that was read has one."""
    return question.wanted in _FORMS and not typed(library, question, read)


def key_words(library: Library, question: Question) -> frozenset[str]:
    """The key words, where they were given rather than a question; else none."""
    if question.wanted != "passage":
        return frozenset()
    words = library.tokenizer.content(question.text)
    bare = _MARKS.sub("", normal(question.text)) == _MARKS.sub("", "".join(words))
    return frozenset(words) if bare else frozenset()


def looked_up(library: Library, keys: Set[str], best: Candidate) -> bool:
    """Whether there are key words, and the best sentence has every one of them."""
    return bool(keys) and keys <= set(library.terms.sentence(best.row))


def unheard_of(library: Library, question: Question, keys: Set[str]) -> bool:
    """Whether there are key words, nothing but names, and the library has none of them."""
    names = {normal(name) for pattern in (_NAME, _CODE) for name in pattern.findall(question.text)}
    return bool(keys) and keys <= names and not any(_known(name, library) for name in keys)


def _within(value: float, most: float) -> float:
    return max(-most, min(most, value))


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
        weights = tuple((word, library.idf(word) * _rarity(word)) for word in words)
        unknown = tuple(word for word in words if not _known(word, library))
        chinese = library.language == "zh"
        absent = tuple(w for w in unknown if _CODE.fullmatch(w) or bool(_HAN.match(w)) == chinese)
        return cls(weights, unknown, absent)

    def share(self, terms: Collection[str]) -> float:
        """The share of the words that are among `terms`, by weight; 0 when there are no words at all."""
        total = sum(weight for _, weight in self.words)
        return sum(weight for word, weight in self.words if word in terms) / total if total else 0.0

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

"""The terms of a quote in the reader's language: a dictionary's words, never a translation.

Pairs that the source glosses itself come first, then CC-CEDICT. Words are matched longest first, function
words and very common ones are left out, and what no dictionary has is simply not glossed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

import regex

from index.lexical.glossary import cedict, gloss_stems, printed
from index.library import Library
from index.records import Document, Language, Paragraph
from index.text.tokens import STOP_EN, STOP_ZH, normal
from index.text.words import frequency, relative, tag
from qa import settings, titles

# Terms of one quote, the rarest of them; more is a list that nobody reads.
TERMS_MAX = 10
# Meanings of one term, and the words of a meaning: more is an explanation.
MEANINGS_MAX = 2
MEANING_WORDS_MAX = 4
# A Chinese word commoner than one in this many, in general text, tells a reader little (以后, 这样).
COMMON = 1 / 5_000
# A cut of a text that is less than this many times as likely as another is doubtful (slips of the segmenter are
# at 1 to 3, right cuts beside a lone character at 60 and more).
DOUBT = 10
# What jieba calls the words that carry meaning: nouns, verbs, adjectives, idioms and the like.
_CARRIES = frozenset("nvabgijlsz")
# The longest term, in words.
_WORDS_MAX = 6

_HAN = regex.compile(r"\p{Han}")
_LATIN = regex.compile(r"\p{Latin}[\p{Latin}’'-]*")
# Runs with a Chinese character in them, each tried once, from its beginning.
_IN_RUN = r"[\p{Han}\p{Latin}\d-]"
_RUN = regex.compile(rf"(?<!{_IN_RUN})(?={_IN_RUN}*?\p{{Han}}){_IN_RUN}++")
_LEAD = regex.compile(r"^(?:to be|to|an?|the)\s+")
# What a meaning may be made of: no remarks on usage, no names of measures.
_PLAIN = regex.compile(r"[\p{Latin}][\p{Latin}\d' -]*")
_USAGE = regex.compile(
    r"^(?:used|indicating|variant|see|also|abbr|old|same|particle|classifier|surname|erhua)\b|sb|sth"
)


@dataclass(frozen=True, slots=True)
class Gloss:
    """A term as it stands in a quote, what it means in the other language, and who says so."""

    term: str
    meanings: tuple[str, ...]
    source: Literal["text", "dictionary"]


class Glosser:
    """Glosses for the texts of one library; CC-CEDICT is read when a gloss is first asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._tokenizer = library.tokenizer
        self._pairs = [pair for pair in library.glossary.pairs if pair.source == "text"]
        self.gloss = lru_cache(maxsize=4096)(self._gloss)

    def _gloss(self, text: str, language: Language) -> tuple[Gloss, ...]:
        """The terms of a text in `language`, in order, each once, at most `TERMS_MAX`."""
        found: dict[str, Gloss] = {}
        weight: dict[str, float] = {}
        for gloss, common in self._chinese(text) if language == "zh" else self._english(text):
            if gloss.term not in found:
                found[gloss.term] = gloss
                weight[gloss.term] = common
        kept = sorted(found, key=lambda term: weight[term])[:TERMS_MAX]
        return tuple(gloss for term, gloss in found.items() if term in kept)

    def title(self, title: str, language: Language) -> str | None:
        """A section's title in that language, where every word of it is known; None otherwise or where it is in it."""
        return titles.translate(title, language, self._text_to_en)

    @cached_property
    def _text(self) -> str:
        return "\n".join(one.display(p.start, p.end) for one, p in self._legible)

    @property
    def _legible(self) -> Sequence[tuple[Document, Paragraph]]:
        """The paragraphs of the library, unless they are too many to be read for this."""
        return self._library.paragraphs if len(self._library.rows) <= settings.TEXT_SENTENCES_MAX else ()

    @cached_property
    def _text_to_en(self) -> dict[str, tuple[str, ...]]:
        """The source's own pairs, English as the source prints it; the pairs themselves are in normal form."""
        found: dict[str, dict[str, None]] = {}
        for pair in self._pairs:
            found.setdefault(pair.zh, {})[printed(pair.en, self._text)] = None
        return {zh: tuple(english) for zh, english in found.items()}

    @cached_property
    def _text_to_zh(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        """The source's own pairs the other way, Chinese as the source prints it: `调节性T细胞`."""
        found: dict[tuple[str, ...], dict[str, None]] = {}
        for pair in self._pairs:
            if stems := gloss_stems(pair.en):
                found.setdefault(stems, {})[printed(pair.zh, self._text)] = None
        return {stems: tuple(chinese) for stems, chinese in found.items()}

    def _chinese(self, text: str) -> Iterator[tuple[Gloss, float]]:
        """The glossed terms of a Chinese text with how common each is."""
        for run in _RUN.finditer(text):
            starts = [*self._tokenizer.boundaries(run[0]), len(run[0])]
            at = 0
            while at < len(starts) - 1:
                for end in range(min(len(starts) - 1, at + _WORDS_MAX), at, -1):
                    term = run[0][starts[at] : starts[end]]
                    if end - at > 1 and any(run[0][a:b] in STOP_ZH for a, b in pairwise(starts[at : end + 1])):
                        continue  # 中的 is a word, but not where 中 and 的 are two
                    gloss = self._chinese_term(term)
                    if gloss and (gloss.source == "text" or not _torn(run[0], starts, at, end)):
                        yield gloss, 0.0 if gloss.source == "text" else relative(term)
                        at = end
                        break
                else:
                    at += 1

    def _chinese_term(self, term: str) -> Gloss | None:
        if len(term) < 2 or not _HAN.search(term) or term in STOP_ZH:
            return None
        if own := self._text_to_en.get(normal(term)):
            return Gloss(term, own[:MEANINGS_MAX], "text")
        if not regex.fullmatch(r"\p{Han}+", term) or relative(term) > COMMON or tag(term)[:1] not in _CARRIES | {""}:
            return None
        meanings = _to_english().get(normal(term), ())
        if tag(term) == "n":  # 首款, a first model, is no confession here
            meanings = tuple(meaning for meaning in meanings if not meaning.startswith("to "))
        # Where the library's English has one of the senses, the others are other senses: 慢性 is not slow and patient.
        best = [meaning for meaning in meanings if self._used(meaning)] or meanings
        return Gloss(term, tuple(best[:MEANINGS_MAX]), "dictionary") if best else None

    def _used(self, meaning: str) -> bool:
        """Whether the library's own English has every word of it."""
        stems = gloss_stems(meaning.casefold())
        return bool(stems) and all(stem in self._words["en"] for stem in stems)

    @cached_property
    def _words(self) -> dict[Language, frozenset[str]]:
        """The words that the library's own texts use, in each language, without the glossary's."""
        found: dict[Language, set[str]] = {"zh": set(), "en": set()}
        for document, paragraph in self._legible:
            text = document.display(paragraph.start, paragraph.end)
            found[paragraph.language].update(self._tokenizer.terms(text))
        return {language: frozenset(words) for language, words in found.items()}

    def _english(self, text: str) -> Iterator[tuple[Gloss, float]]:
        """The glossed terms of an English text; the longer ones count as the rarer."""
        words = list(_LATIN.finditer(text))
        at = 0
        while at < len(words):
            for end in range(min(len(words), at + _WORDS_MAX), at, -1):
                term = text[words[at].start() : words[end - 1].end()]
                if regex.search(r"[^\p{Latin}\s’'-]", term):
                    continue
                if gloss := self._english_term(term, [word[0].casefold() for word in words[at:end]]):
                    yield gloss, 0.0 if gloss.source == "text" else 1 / len(term)
                    at = end
                    break
            else:
                at += 1

    def _english_term(self, term: str, words: list[str]) -> Gloss | None:
        if words[0] in STOP_EN or words[-1] in STOP_EN or len(term) < 3:
            return None
        if own := self._text_to_zh.get(gloss_stems(normal(term))):
            return Gloss(term, own[:MEANINGS_MAX], "text")
        whole = " ".join(words)
        for form in (whole, *_singular(whole)):
            if found := self._fit(form, alone=len(words) == 1):
                return Gloss(term, found, "dictionary")
        return None

    def _fit(self, form: str, *, alone: bool) -> tuple[str, ...]:
        """Those of a term's translations that the library uses; else any, but of a word alone only a sole one.

        A sole one is a word that is in general use and means this before all else (`advancement` is not 晋级).
        """
        words = sorted(_to_chinese().get(form, ()), key=lambda zh: (-relative(zh), zh))
        used = [word for word in words if word in self._words["zh"]]
        places = {word: _place(form, word) for word in used}
        used = [word for word in used if places[word] == min(places.values())]
        if not used and alone:
            return tuple(words) if len(words) == 1 and frequency(words[0]) > 0 and not _place(form, words[0]) else ()
        return tuple((used or words)[:MEANINGS_MAX])


def _place(meaning: str, word: str) -> int:
    """How many senses CC-CEDICT gives a Chinese word before that one."""
    senses = [_LEAD.sub("", sense.casefold()) for sense in _to_english().get(word, ())]
    return senses.index(meaning) if meaning in senses else len(senses)


def _torn(run: str, starts: list[int], at: int, end: int) -> bool:
    """Whether a lone character beside the words `at` to `end` may as well take one of theirs.

    The segmenter often errs there: 异 + 体细胞 for 异体 + 细胞, 出自 + 体 for 出 + 自体.
    """
    first, last = starts[at], starts[end]
    before = run[starts[at - 1] : first] if at else ""
    after = run[last : starts[end + 1]] if end + 1 < len(starts) else ""
    term = run[first:last]
    cuts = ((before, before + term[0], term[1:]), (after, term[-1] + after, term[:-1]))
    return any(
        len(lone) == 1
        and lone not in STOP_ZH
        and frequency(lone) * frequency(term) < DOUBT * frequency(word) * frequency(rest)
        for lone, word, rest in cuts
    )


def _singular(word: str) -> Iterator[str]:
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]


@lru_cache(maxsize=1)
def _to_english() -> dict[str, tuple[str, ...]]:
    """CC-CEDICT's plain meanings of each word, as printed and in its order."""
    found: dict[str, dict[str, None]] = {}
    for zh, sense in cedict():
        meaning = " ".join(sense.split())
        plain = _PLAIN.fullmatch(meaning) and not _USAGE.search(meaning)
        if len(zh) > 1 and plain and len(meaning.split()) <= MEANING_WORDS_MAX:
            found.setdefault(zh, {})[meaning] = None
    return {zh: tuple(meanings) for zh, meanings in found.items()}


@lru_cache(maxsize=1)
def _to_chinese() -> dict[str, tuple[str, ...]]:
    """For each meaning that is a whole sense, the words of at least two characters that have it."""
    found: dict[str, dict[str, None]] = {}
    for zh, sense in cedict():
        meaning = _LEAD.sub("", " ".join(sense.split()).casefold())
        if len(zh) > 1 and _PLAIN.fullmatch(meaning) and len(meaning.split()) <= _WORDS_MAX:
            found.setdefault(meaning, {})[zh] = None
    return {meaning: tuple(words) for meaning, words in found.items()}

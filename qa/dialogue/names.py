"""The names that a library speaks of, so that a question's subject is known when it is seen.

From the mined glossary, the headings and the codes of the text (`CAR-T`, `IL-37`); a name that only general
language has is not among them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, cached_property
from types import MappingProxyType
from unicodedata import normalize

import regex

from index.lexical.glossary import printed
from index.library import Library
from index.text.tokens import STOP_EN, normal
from index.text.words import relative, segmenter, simplified
from qa import settings, titles

# A word of a name that is rarer than this in general text names the thing too: 狼疮 of 系统性红斑狼疮, not 细胞.
RARE = 1e-6
# A Latin name as short as this is a name in capitals only: a car is no CAR.
SHORT = 3
# Heads that make a heading a name, such as 间充质干细胞疗法.
_TAILS = ("细胞", "治疗", "疗法", "细胞疗法", "细胞治疗")

_WORD = regex.compile(r"[\p{Latin}\p{Greek}\d]+(?:-[\p{Latin}\p{Greek}\d]+)*")
_LATIN = r"[\p{Latin}\p{Greek}\d]"
_HAN = regex.compile(r"\p{Han}")


class Names(frozenset[str]):
    """Names in normal form, and what else a library tells of them.

    `twins` gives a name as it is written in the other language; `vocabulary` are the library's terms, empty
    where they are not known.
    """

    twins: Mapping[str, str]
    vocabulary: Container[str]

    def __new__(
        cls,
        names: Iterable[str] = (),
        twins: Mapping[str, str] = MappingProxyType({}),
        vocabulary: Container[str] = frozenset(),
    ) -> Names:
        """Keep the names, with `twins` and `vocabulary` beside them."""
        made = super().__new__(cls, names)
        made.twins, made.vocabulary = twins, vocabulary
        return made

    @cached_property
    def pattern(self) -> regex.Pattern[str] | None:
        """What finds the longest name that begins at a place of a folded text; None without names."""
        longest = sorted(self, key=lambda name: (-len(name), name))
        parts = [
            (rf"(?<!{_LATIN}|{_LATIN}-)" if regex.match(_LATIN, name) else "")
            + regex.escape(name)
            + (rf"s?(?!-?{_LATIN})" if regex.search(_LATIN + "$", name) else "")
            for name in longest
        ]
        return regex.compile("|".join(parts)) if parts else None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where names and codes stand in a text, from left to right, none in another."""
        found = [match.span() for match in self.pattern.finditer(fold(text))] if self.pattern else []
        if not _HAN.search(text):
            found = [(a, b) for a, b in found if b - a > SHORT or not text[a:b].islower()]
        found += [span for span in codes(text) if not any(a <= span[0] and span[1] <= b for a, b in found)]
        inside = [one for one in found if any(a <= one[0] and one[1] <= b and (a, b) != one for a, b in found)]
        return sorted(set(found) - set(inside))

    def twin(self, name: str) -> str:
        """A folded name as the other language writes it; "" where that is not known."""
        return self.twins.get(name) or self.twins.get(name.removesuffix("s")) or ""

    def in_other(self, text: str, *, chinese: bool) -> str:
        """A text with its names as the other language writes them, in Chinese or else in English, where it has any."""
        plain = fold(text)
        for start, end in reversed(self.spans(text)):
            twin = self.twin(plain[start:end])
            if twin and bool(_HAN.search(twin)) == chinese and not list(codes(text[start:end])):
                text = text[:start] + twin + text[end:]
        return text


@cache
def _wide(char: str) -> str:
    """A character in usual width, a hyphen for any dash."""
    found = "-" if regex.match(r"\p{Pd}", char) else normalize("NFKC", char)
    return found if len(found) == 1 else char


@cache
def _folded(char: str) -> str:
    wide = _wide(char)
    found = simplified(wide) if _HAN.match(wide) else wide.casefold()
    return found if len(found) == 1 else wide


def fold(text: str) -> str:
    """Something like the normal form in which each character keeps its place."""
    return "".join(map(_folded, text))


def codes(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand that are known by their form: capitals within a word, or letters with digits."""
    text = "".join(map(_wide, text))
    shouted = text.isupper() and len(_WORD.findall(text)) > 2
    for match in _WORD.finditer(text):
        word = match[0]
        inner = regex.search(r"\p{Lu}", word[1:]) and (not shouted or "-" in word)
        mixed = regex.search(r"\d", word) and regex.search(r"\p{L}", word)
        if (inner or mixed) and word.casefold() not in STOP_EN:
            yield match.span()


def known_names(library: Library) -> Names:
    """What a library speaks of: both sides of its mined pairs, rare words of them, its headings, its codes.

    Headings and codes are looked for in its text, unless there is too much of it (`settings.TEXT_SENTENCES_MAX`).
    """
    legible = len(library.rows) <= settings.TEXT_SENTENCES_MAX
    documents = library.documents if legible else ()
    text = "\n".join(document.display(p.start, p.end) for document in documents for p in document.paragraphs)
    mined = [pair for pair in library.glossary.pairs if pair.source == "text"]
    names = {name for pair in mined for name in (pair.zh, pair.en)}
    names |= {word for word in library.tokenizer.words if word.endswith("细胞")}
    names |= {normal(text[start:end]) for start, end in codes(text)}
    heads = {head for pair in mined for head in _heads(pair.zh)}
    names |= heads | {
        pair.en
        for pair in library.glossary.pairs
        if pair.zh in heads and regex.fullmatch(r"\p{Latin}{4,}", pair.en)
    }  # fmt: skip
    for paragraph in (paragraph for document in documents for paragraph in document.paragraphs):
        for title in paragraph.section.titles:
            part = normal(titles.split(title)[1]).partition("的")[0].strip()
            if part.endswith(_TAILS) or part in names:
                names.add(part)
    twins: dict[str, str] = {}
    for pair in sorted(mined, key=lambda pair: len(pair.en)):  # an abbreviation is the shorter name
        twins.setdefault(pair.zh, printed(pair.en, text))
        twins.setdefault(pair.en, printed(pair.zh, text))
    names = {name for name in names if len(name) > 1 and regex.search(r"\p{L}", name)}
    return Names(names, MappingProxyType(twins), library.vocabulary)


def _heads(name: str) -> Iterator[str]:
    """The words at the end of a Chinese name that are rare in general text."""
    for word in segmenter().cut_for_search(name):
        if name.endswith(word) and regex.fullmatch(r"\p{Han}{2,}", word) and relative(word) < RARE:
            yield word

"""A question as it was typed: its words, what it mentions, and which of its words are its own."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from index.records import Language
from index.structure.language import language_of
from index.text.tokens import STOP_EN, STOP_ZH, stem
from qa.dialogue import pointers_en, pointers_zh, wording
from qa.dialogue.mention import Mention
from qa.dialogue.names import Names, fold
from qa.dialogue.phrases import mentions
from qa.dialogue.reference import Reference
from qa.dialogue.tokens import Token, tokens

_LEAD: dict[Language, regex.Pattern[str]] = {
    "zh": regex.compile(
        r"(?:(?:请问|那么?|这么说|但是?|可是|不过|然后|所以|另外|而且?|还有|以及|再问一下|再请问)[，,、\s]*)+"
    ),
    "en": regex.compile(r"(?:(?:and|but|so|then|or|also|ok|okay|well)\b[,\s]*)+"),
}
_ASKS: dict[Language, regex.Pattern[str]] = {
    "zh": regex.compile(
        r"什么|哪|谁|多少|几|怎|如何|为何|啥|吗|没有?$|是否|(\p{Han})[不没]\1|能否|有无|多[长久大高远]|何时|呢"
    ),
    "en": regex.compile(r"\b(?:what|which|who|whom|whose|when|where|why|how|any)\b"),
}
END = regex.compile(r"[\s?？!！.。]*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A clean question and what can be seen in it.

    `plain` is its folded text and `lead` the "and" or "那" at its beginning, or "".
    """

    typed: str
    language: Language
    plain: str
    tokens: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    names: Names
    lead: str

    @classmethod
    def read(cls, typed: str, names: Names) -> Asked:
        """See what is in a clean question."""
        language, plain, every = language_of(typed), fold(typed), tuple(tokens(typed, names))
        return cls(typed, language, plain, every, tuple(mentions(typed, names)), names, _lead(plain, language, every))

    @property
    def rest(self) -> str:
        """The question without its lead."""
        return self.typed[len(self.lead) :]

    @property
    def bare(self) -> str:
        """Its folded text without the lead and without the stops at its end."""
        return END.sub("", self.plain[len(self.lead) :])

    @property
    def words(self) -> list[Token]:
        """Its words after the lead."""
        return [token for token in self.tokens if token.start >= len(self.lead)]

    @property
    def references(self) -> list[Reference]:
        """Its pointers to something outside, in order; those at the document left out."""
        point = pointers_zh.chinese if self.language == "zh" else pointers_en.english
        hidden = [match.span() for match in wording.DOCUMENT.finditer(self.plain)]
        return [
            one for one in point(self.plain, self.tokens)
            if not any(a <= one.start < b for a, b in hidden) and not one.within(self.plain, self.mentions)
        ]  # fmt: skip

    @property
    def asks(self) -> bool:
        """Whether it has a word of a question, or is nothing but a part of something."""
        first = self.bare.partition(" ")[0] in wording.AUXILIARIES
        return first or _ASKS[self.language].search(self.bare) is not None or wording.is_part(self.bare)

    @property
    def own(self) -> list[str]:
        """The words after the lead that are of something in their own right: no parts, no people."""
        return [token.word for token in self.words if self._own(token)]

    def _own(self, token: Token) -> bool:
        word, tag = token.word, token.tag
        if tag == "name":
            return True
        if wording.is_part(word) or wording.SORTS["person"].search(word):
            return False
        if tag == "latin":
            return word not in wording.BREAKS_EN and word not in STOP_EN and stem(word) not in wording.VERBS_EN
        if len(word) < 2 or tag[:1] in ("x", "m", "r", "d", "p", "c", "u", "f", "y", "q", "t", "e", "o", "k"):
            return False
        return word not in STOP_ZH and not _ASKS["zh"].search(word)

    def knows(self, word: str) -> bool:
        """Whether the library has a word, or for a long Chinese one two characters of it."""
        has = self.names.vocabulary
        long = regex.fullmatch(r"\p{Han}{3,}", word) is not None
        return word in has or stem(word) in has or (long and any(word[i : i + 2] in has for i in range(len(word) - 1)))

    @property
    def at_home(self) -> bool:
        """Whether the library has each of its own words; yes where its words are not known."""
        return not self.names.vocabulary or all(map(self.knows, self.own))


def asks(text: str, language: Language) -> bool:
    """Whether a folded text has a word of a question."""
    return _ASKS[language].search(text) is not None


def _lead(plain: str, language: Language, every: tuple[Token, ...]) -> str:
    """The "and" of a question; 那 of 那项 is none, nor 还有 of 还有哪些, nor 然后 of a bare 然后呢."""
    found = _LEAD[language].match(plain)
    if not found:
        return ""
    after = next((token for token in every if token.start >= found.end()), None)
    if after is None or not any(token.end <= found.end() for token in every):
        return ""
    if any(token.start < found.end() < token.end for token in every) or after.tag == "q" or after.word == "呢":
        return ""
    return "" if found[0].endswith("还有") and _ASKS["zh"].match(plain, found.end()) else found[0]

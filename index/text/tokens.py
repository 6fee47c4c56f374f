"""From text to search terms, Chinese and English, by one way for documents and questions.

The normal form (NFKC, simplified, case-folded) lives only here and is never shown. Chinese gives
jieba's search-mode words and character bigrams; Latin gives stemmed words, and compounds such as
`CAR-T` or `28.1%` whole, joined and in parts. Function words give nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import regex

from index.text.words import segmenter, simplified

if TYPE_CHECKING:
    import Stemmer

# English function words and the words that questions are made of.
STOP_EN = frozenset(
    "a about all also am an and any anyone anything are as at be because been before being between both but by "
    "can could did do does doing done during each else ever for from get gets getting give given "
    "gives had has have having he her here hers him his how i if in into is it its just kind let me "
    "more most much must my no nor not of on once one only or other our out over own please "
    "shall she should so some something such tell than that the their them then there these they "
    "thing this those through to too under until up upon us very was way we were what when where "
    "whether which while who whom whose why will with would yet you your s t've re ll d m don doesn "
    "ours yours theirs others things ones kinds "
    "didn isn aren wasn weren hasn haven won wouldn couldn shouldn many".split()
)
# Chinese function words and the words that questions are made of.
STOP_ZH = frozenset(
    "的 了 是 在 有 和 与 及 或 也 都 而 被 把 将 对 从 向 为 以 于 之 其 这 那 这个 那个 这些 那些 这种 那种 它 他 她 "
    "它们 他们 我 你 您 我们 你们 吗 呢 吧 啊 呀 嘛 么 什么 哪些 哪个 哪种 哪 谁 怎么 怎样 怎么样 如何 为什么 为何 "
    "为啥 啥 多少 几 几个 多久 多长 何时 什么时候 是否 是不是 有没有 能不能 会不会 可不可以 能否 可否 请问 请 "
    "告诉 一下 一个 一种 一些 还 就 才 只 又 再 很 更 最 不 没 没有 会 能 可以 可 要 想 想要 知道 "
    "等 等等 中 里 上 下 内 外 后 前 时 个 种 项 例 次 名 位 们 着 过 得 地 所 并 且 并且 而且 但 但是 因为 所以 "
    "如果 那么 虽然 关于 对于 根据 通过 进行 具有 哪里 哪儿 到底 究竟 大概 大约 真的 就是 还是 或者 以及 属于 "
    "指 叫 做".split()
)

_RUN = regex.compile(
    r"(?P<han>\p{Han}+)"
    r"|(?P<number>\d+(?:[.,/]\d+)*%?)(?![\p{L}\d])"
    r"|(?P<latin>[[\p{L}\d]--\p{Han}]+(?:[-/.'’][[\p{L}\d]--\p{Han}]+)*\+?)",
    regex.VERSION1,
)
_SPLIT_CODE = regex.compile(r"\b([a-z]{1,5})\)(\d{1,3})\b")
# What is not seen: no word is another for it.
_FORMAT = regex.compile(r"[\p{Cf}\p{Cs}\p{DI}]")
# Marks that compose with no letter of a word are none of it.
_LOOSE = regex.compile(r"([\p{Latin}\p{Han}\d])[\p{Mn}\p{Me}]+")
# Letters of another script that look like Latin ones. Within a word that has Latin letters too they are those; a word
# that is all Cyrillic stays what it is.
_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХІЈЅԚԜаеорсухіјѕԁһԛԝӏΟο",
    "ABEKMHOPCTYXIJSQWaeopcyxijsdhqwlOo",
)
_LIKE = regex.compile(r"[\p{Cyrillic}Οο]")
_MIXED = regex.compile(r"[\p{Latin}\p{Cyrillic}Οο\d-]+")
_LATIN = regex.compile(r"\p{Latin}")
_DASH = regex.compile(r"\p{Pd}")
_CONTROL = regex.compile(r"\p{Cc}")
_PART = regex.compile(r"[\p{L}\d]+")


_MARK = regex.compile(r"[^\p{L}\p{N}]+")


def normal(text: str) -> str:
    """The search form of a text: NFKC, simplified Chinese, case folded, no control characters."""
    text = unicodedata.normalize("NFKC", text)
    text = _DASH.sub("-", _FORMAT.sub("", text))
    if _LIKE.search(text):
        text = _MIXED.sub(_latin, text)
    return _LOOSE.sub(r"\1", simplified(_CONTROL.sub(" ", text)).casefold())


def _latin(word: regex.Match[str]) -> str:
    """A word of several scripts in Latin letters, as far as its others look like them."""
    return word[0].translate(_ALIKE) if _LATIN.search(word[0]) else word[0]


def squeezed(text: str) -> str:
    """The letters and digits of a text's normal form: what two printings of one sentence have in common."""
    return _MARK.sub("", normal(text))


@cache
def _stemmer() -> Stemmer.Stemmer:
    import Stemmer

    return Stemmer.Stemmer("english")


def stem(word: str) -> str:
    """The English stem of a case-folded word (Porter 2); short words and codes stay as they are."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    return str(_stemmer().stemWord(word))


class Tokenizer:
    """Text to terms, with an index's own words known to the segmenter."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """`words` are kept whole by the segmenter, in their normal form (`T细胞`, `狼疮肾炎`)."""
        self.words = tuple(sorted({normal(word) for word in words}))
        self._segmenter = segmenter(self.words)
        mixed = [w for w in self.words if regex.search(r"\p{Han}", w) and not regex.fullmatch(r"\p{Han}+", w)]
        mixed.sort(key=len, reverse=True)
        self._mixed = regex.compile("|".join(map(regex.escape, mixed))) if mixed else None
        self._known: dict[str, tuple[str, ...]] = {}

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order, repeated as often as they stand in it."""
        return list(self._terms(normal(text)))

    def of_word(self, word: str) -> tuple[str, ...]:
        """The terms of a word that is met again and again, kept from the first time on."""
        if word not in self._known:
            self._known[word] = tuple(self.terms(word))
        return self._known[word]

    def boundaries(self, text: str) -> list[int]:
        """Where the words of a text begin, in order, as the segmenter cuts it."""
        starts = [0]
        for word in self._segmenter.cut(text):
            starts.append(starts[-1] + len(word))
        return starts[:-1]

    def first(self, text: str) -> str:
        """The first word of a text."""
        return next(iter(self._segmenter.cut(text)), "")

    def content(self, text: str) -> list[str]:
        """The words that carry the meaning of a text, each once: no bigrams, no parts of compounds."""
        found: dict[str, None] = {}
        text = normal(text)
        for match in _RUN.finditer(text):
            if match["han"]:
                words = [w for w in self._segmenter.cut(match["han"]) if w not in STOP_ZH]
                found.update(dict.fromkeys(w for w in words if len(w) > 1))
            elif match[0] not in STOP_EN and len(match[0]) > 1:
                found[stem(regex.sub(r"['’]s$", "", match[0]))] = None
        return list(found)

    def _terms(self, text: str) -> Iterator[str]:
        # an abbreviation introduced in brackets goes on after them: 白细胞介素(interleukin, IL)37
        for match in _SPLIT_CODE.finditer(text):
            yield from (f"{match[1]}-{match[2]}", f"{match[1]}{match[2]}")
        if self._mixed:
            yield from (match[0] for match in self._mixed.finditer(text))
        for match in _RUN.finditer(text):
            if match["han"]:
                yield from self._han(match["han"])
            elif match["number"]:
                yield match["number"].replace(",", "")
            else:
                yield from self._latin(match["latin"])

    def _han(self, run: str) -> Iterator[str]:
        cut = list(self._segmenter.cut(run))
        words = [part for word in cut for part in self._with_parts(word) if part not in STOP_ZH]
        yield from (word for word in words if len(word) > 1 or len(run) == 1)
        known = set(words)
        stops = [False] * len(run)
        at = 0
        for word in cut:
            if word in STOP_ZH:
                stops[at : at + len(word)] = [True] * len(word)
            at += len(word)
        for i in range(len(run) - 1):
            bigram = run[i : i + 2]
            if bigram not in known and not (stops[i] or stops[i + 1]):
                yield bigram

    def _with_parts(self, word: str) -> Iterator[str]:
        """A word after the words of two and of three characters in it: the segmenter's search mode."""
        for size in (2, 3):
            if len(word) > size:
                parts = (word[at : at + size] for at in range(len(word) - size + 1))
                yield from (part for part in parts if self._segmenter.FREQ.get(part))
        yield word

    def _latin(self, run: str) -> Iterator[str]:
        if run in STOP_EN:
            return
        parts = _PART.findall(run)
        if len(parts) == 1:
            yield stem(parts[0])
            return
        if parts[-1] == "s" and len(parts) == 2:  # a possessive
            if parts[0] not in STOP_EN:
                yield stem(parts[0])
            return
        yield run
        yield "".join(parts)
        yield from (stem(part) for part in parts if len(part) > 1 and part not in STOP_EN)

"""jieba with the project's ways: no shared cache on disk, no log lines, terms added per index.

jieba keeps a marshalled dictionary in the shared temporary folder, which anybody could replace; here
the dictionary is read from the package's own text instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jieba


# Longer words are not looked up when text is weighed.
LONGEST = 8


@cache
def _dictionary() -> tuple[dict[str, int], int]:
    """jieba's word frequencies (prefixes with 0) and their sum."""
    import jieba

    plain = jieba.Tokenizer()
    frequencies, total = plain.gen_pfdict(plain.get_dict_file())
    return frequencies, total


def frequency(word: str) -> int:
    """How often jieba's dictionary counts the word; 0 for one it does not know."""
    return _dictionary()[0].get(word, 0)


def relative(word: str) -> float:
    """The word's share of jieba's corpus; that of a word seen once for one it does not know."""
    frequencies, total = _dictionary()
    return (frequencies.get(word) or 1) / total


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional Chinese characters as simplified ones; all else as it is."""
    return str(_converter().convert(text))


def likelihood(text: str) -> float:
    """The log-probability of the likeliest segmentation of `text`, by jieba's unigram model.

    In nats, at most 0; an unknown character counts as a word seen once. Traditional text counts as
    its simplified form, the only one that the dictionary knows well.
    """
    frequencies, total = _dictionary()
    text = simplified(text)
    log_total = log(total)
    best = [0.0]
    for end in range(1, len(text) + 1):
        best.append(
            max(
                best[start] + log(frequencies.get(text[start:end]) or 1) - log_total
                for start in range(max(0, end - LONGEST), end)
                if end - start == 1 or frequencies.get(text[start:end])
            )
        )
    return best[-1]


def segmenter(terms: Iterable[str] = ()) -> jieba.Tokenizer:
    """A jieba tokenizer that also knows `terms`, each kept whole."""
    import jieba

    tokenizer = jieba.Tokenizer()
    frequencies, total = _dictionary()
    tokenizer.FREQ, tokenizer.total = frequencies.copy(), total
    tokenizer.initialized = True
    for term in terms:
        tokenizer.add_word(term)
    return tokenizer

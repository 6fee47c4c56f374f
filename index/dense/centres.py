"""What is taken off vectors before they are compared: of passages their language's mean, of questions a part of that.

A multilingual encoder places a text partly by its language and its subject. Both parts are taken off: each language's
mean from the passages, and from the question the shift between the languages (see `parallel`) and a part of the
passages' mean. Without this an English question over Chinese text found the English abstract and little else: first
sentence answers 0.16, with it 0.44.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.encoder import Encoder, Vectors
from index.dense.parallel import PAIRS
from index.disk.stored import Stored, blocks
from index.records import Language

LANGUAGES: tuple[Language, Language] = ("zh", "en")
# Rows that are summed or centred at once.
BLOCK = 65_536

Chinese = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Centres:
    """The centres of sentences, of paragraphs and of questions, each `(2, dim)` float32 by `LANGUAGES`."""

    sentences: Vectors
    paragraphs: Vectors
    questions: Vectors

    @classmethod
    def of(cls, encoder: Encoder, sentences: tuple[Stored, Chinese], paragraphs: tuple[Stored, Chinese]) -> Centres:
        """Those of these vectors, each list with which of its rows are Chinese and not English."""
        between = shift(encoder.passages)
        main = _main(sentences[1])
        mean = _means(*sentences)[main]
        asked = shift(encoder.queries) * (1 if main == 0 else -1)
        questions = [settings.QUERY_CENTRE * mean + (0 if one == main else asked) for one in range(len(LANGUAGES))]
        return cls(_centres(*sentences, between), _centres(*paragraphs, between), np.array(questions, dtype=np.float32))


def direction(vector: Vectors, centre: Vectors) -> Vectors:
    """The unit vector from a centre to a vector, `(dim,)` each."""
    centred = vector - centre
    found: Vectors = (centred / max(float(np.linalg.norm(centred)), 1e-12)).astype(np.float32)
    return found


def directions(rows: Vectors, chinese: Chinese, centres: Vectors) -> Vectors:
    """The unit row from its language's centre `(2, dim)` to each row; it hangs on that row alone."""
    centred = rows - centres[np.where(chinese, 0, 1)]
    norms = np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.float32(1e-12))
    found: Vectors = np.divide(centred, norms, dtype=np.float32)
    return found


def shift(encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """The mean of English minus Chinese over sentences that say the same, `(dim,)`."""
    chinese = encode([zh for zh, _ in PAIRS])
    english = encode([en for _, en in PAIRS])
    found: Vectors = english.mean(axis=0) - chinese.mean(axis=0)
    return found


def _main(chinese: Chinese) -> int:
    """The place in `LANGUAGES` of the one with more rows."""
    return 0 if 2 * np.count_nonzero(chinese) >= len(chinese) else 1


def _means(rows: Stored, chinese: Chinese) -> list[Vectors]:
    """The mean of each language's rows, `(dim,)`; 0 where there are none."""
    sums = np.zeros((len(LANGUAGES), rows.shape[1]))
    for first, some in blocks(rows, BLOCK):
        own = chinese[first : first + len(some)]
        sums[0] += some[own].sum(axis=0, dtype=np.float64)
        sums[1] += some[~own].sum(axis=0, dtype=np.float64)
    counts = (np.count_nonzero(chinese), np.count_nonzero(~chinese))
    return [(total / max(1, int(count))).astype(np.float32) for total, count in zip(sums, counts, strict=True)]


def _centres(rows: Stored, chinese: Chinese, between: Vectors) -> Vectors:
    """The centres of passages, `(2, dim)`.

    The language with fewer rows gets a mean shrunk towards the other's plus the shift, as though
    `settings.CENTRE_PRIOR` rows had been seen there: three sentences have no mean of their own.
    """
    means, main = _means(rows, chinese), _main(chinese)
    other = 1 - main
    count, prior = int(np.count_nonzero(chinese == (other == 0))), settings.CENTRE_PRIOR
    towards = means[main] + (1 if main == 0 else -1) * between
    means[other] = ((count * means[other] + prior * towards) / (count + prior)).astype(np.float32)
    return np.array(means, dtype=np.float32)

"""The terms of documents as dimensions, and in which language they are: what rows are made of, beside vectors."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.documents import Documents
from index.lexical.bags import Bags, TermIds
from index.scores.spread import Spread
from index.spelling import Own, Spelling


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The terms of some documents' sentences and paragraphs, and in which language these are.

    By level: `bags` with dimensions for ids, `chinese` `(rows,)`, and `times`, how many sentences a row counts for.
    `paragraph_of` is the paragraph of each sentence.
    """

    bags: tuple[Bags, Bags]
    chinese: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    times: tuple[NDArray[np.int64], NDArray[np.int64]]
    paragraph_of: NDArray[np.int32]

    @classmethod
    def of(cls, documents: Documents, spelling: Spelling, own: Own, numbers: TermIds) -> Texts:
        """Those of these documents, whose paragraphs' own terms are known; new terms get numbers."""
        of, chinese = array("i"), bytearray()

        def sentences() -> Iterator[list[str]]:
            for row in documents.rows:
                of.append(row.paragraph_row)
                chinese.append(row.paragraph.language == "zh")
                yield spelling.sentence(row)

        first = Bags.count(sentences(), numbers)
        paragraphs = zip(documents.paragraphs, own, strict=True)
        second = Bags.count((spelling.paragraph(*pair, words) for pair, words in paragraphs), numbers)
        paragraph_of, mine = np.frombuffer(of, np.int32), np.frombuffer(bytes(chinese), np.bool_)
        spread = Spread(paragraph_of, mine)
        times = np.ones(len(first), np.int64), np.diff(spread.firsts)
        return cls((first, second), (mine, mine[spread.firsts[:-1]]), times, paragraph_of)

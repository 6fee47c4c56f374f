"""What the rows of a collection are made by, which stays as long as the collection does.

The words that the tokenizer knows, the pairs that were mined, how long chunks are on average, the centres of vectors:
all follow from the documents that were there when the collection was made. A row that is added later is made by them
too, so that no other has to be made again; once much has come and gone, all are (see `load`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.dense.centres import Centres, directions
from index.dense.encoder import Vectors
from index.disk.members import ARRAY
from index.spelling import Spelling

FRAME = "frame.json"
# Of the rows in a collection: another form of them is another number.
FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The mean lengths of sentences and paragraphs and the centres; the words are kept by the state.

    `digest` are 12 hexadecimal digits over all that a row hangs on beside its text, `sentences` how many there were
    when it was made, `changed` how many have come or gone since.
    """

    digest: str
    encoder: str
    lengths: tuple[float, float]
    centres: Centres
    sentences: int
    changed: int = 0

    @classmethod
    def of(
        cls, spelling: Spelling, encoder: str, lengths: tuple[float, float], centres: Centres, sentences: int
    ) -> Frame:
        """The frame of rows that are made so."""
        made_of = (
            FORMAT,
            encoder,
            spelling.tokenizer.words,
            [(pair.zh, pair.en, pair.source) for pair in spelling.glossary.pairs if pair.source == "text"],
            lengths,
            (settings.BM25_K1, settings.BM25_B),
            [array.tobytes() for array in _arrays(centres)],
        )
        digest = hashlib.sha256(repr(made_of).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return cls(digest, encoder, lengths, centres, sentences)

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return int(self.centres.questions.shape[1])

    @property
    def stamp(self) -> str:
        """What the collection says that it was made by."""
        return f"format {FORMAT}, encoder {self.encoder[-200:]}, dimension {self.dim}, frame {self.digest}"

    @property
    def worn(self) -> bool:
        """Whether so much has changed that it should be made anew."""
        return self.changed > settings.MILVUS_DRIFT * self.sentences

    def dense(self, level: int, rows: Vectors, chinese: NDArray[np.bool_]) -> Vectors:
        """The unit vectors of sentences (0) or paragraphs (1) from their centre."""
        return directions(rows, chinese, self.centres.paragraphs if level else self.centres.sentences)

    def files(self) -> Iterator[tuple[str, bytes | NDArray[Any]]]:
        """The names and contents of the files that keep this."""
        said = {name: getattr(self, name) for name in _SAID}
        yield FRAME, json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        yield from zip(_NAMES, _arrays(self.centres), strict=True)

    @classmethod
    def read(cls, files: Mapping[str, Any]) -> Frame:
        """What `files` made; ValueError where the centres do not fit each other."""
        said = json.loads(files[FRAME])
        arrays = [np.asarray(files[name]) for name in _NAMES]
        if {(one.shape, one.dtype.str) for one in arrays} != {((2, arrays[0].shape[-1]), "<f4")}:
            raise ValueError("the centres are of another kind or length")
        sentences, paragraphs = map(float, said["lengths"])
        return cls(
            str(said["digest"]),
            str(said["encoder"]),
            (sentences, paragraphs),
            Centres(*arrays),
            int(said["sentences"]),
            int(said["changed"]),
        )


_SAID = ("digest", "encoder", "lengths", "sentences", "changed")
_NAMES = tuple(f"{one}-centres{ARRAY}" for one in ("sentence", "paragraph", "question"))


def _arrays(centres: Centres) -> tuple[Vectors, Vectors, Vectors]:
    return centres.sentences, centres.paragraphs, centres.questions

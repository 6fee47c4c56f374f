"""What a reader of a format makes of a file: its text, what each part of it is, and where it stands.

`text` is what all offsets count in and never changes afterwards; what is not meant to be read as it stands (Markdown's
stars, a hyphen at a line's end) is an edit over it, as every repair is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from io import BytesIO
from itertools import pairwise
from threading import Lock
from typing import Any, BinaryIO, Literal, get_args

import numpy as np

from index.formats.places import Places
from index.repair.edits import Edit

# A name in `readers`.
Format = str
Kind = Literal["heading", "text", "table", "caption", "footnote"]


# numpy reads the head of an array by `ast`, which fails in Python 3.11 where two threads do it at once.
_NUMPY = Lock()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text: the half-open, non-empty range `[start, end)`, without the space around it.

    `level` is 1 (the greatest) to 6 for a heading, 0 for all others; the document's own title is no heading but
    `Extract.title`. A list's item is a text. A table's rows are the lines of its range, their cells
    parted by tabs (or, in Markdown, as they stand there); its first row is its head.
    """

    kind: Kind
    start: int
    end: int
    level: int = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind) or not 0 <= self.start < self.end:
            raise ValueError(f"a block needs a known kind and 0 <= start < end, found {self}")
        if (self.kind == "heading") != (1 <= self.level <= 6):
            raise ValueError(f"a heading, and nothing else, has a level from 1 to 6, found {self}")


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """A file as read.

    `blocks` are in order and disjoint; None where the text is plain and its structure has to be read from
    its lines. `title` is what the file says of itself. `encoding` is that of a text file. `scanned` says that the
    text may have the slips of OCR, so that the rules for those apply. `edits` are sorted and disjoint.
    `notes` are remarks for whoever added the file, each one line: "pages 3 and 7 have no text".
    """

    format: Format
    text: str
    blocks: tuple[Block, ...] | None = None
    title: str | None = None
    encoding: str | None = None
    scanned: bool = False
    edits: tuple[Edit, ...] = ()
    places: Places | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        blocks = [(block.start, block.end) for block in self.blocks or ()]
        for name, ranges in (("blocks", blocks), ("edits", [(edit.start, edit.end) for edit in self.edits])):
            if any(left[1] > right[0] for left, right in pairwise(ranges)):
                raise ValueError(f"{name} overlap or are out of order")
            if ranges and ranges[-1][1] > len(self.text):
                raise ValueError(f"{name} reach beyond the text")
        if self.places is not None and len(self.places.edges) != len(self.text):
            raise ValueError("the places are of another text")

    def to_bytes(self) -> bytes:
        """This extract as one npz archive, without pickles."""
        plain = {
            "format": self.format,
            "text": self.text,
            "blocks": None if self.blocks is None else [list(asdict(block).values()) for block in self.blocks],
            "title": self.title,
            "encoding": self.encoding,
            "scanned": self.scanned,
            "edits": [list(asdict(edit).values()) for edit in self.edits],
            "notes": list(self.notes),
        }
        parts: dict[str, Any] = {
            "plain": np.frombuffer(json.dumps(plain).encode(), dtype=np.uint8),
        }
        if self.places is not None:
            parts |= {"sizes": self.places.sizes, "lines": self.places.lines, "edges": self.places.edges}
        buffer = BytesIO()
        np.savez_compressed(buffer, **parts)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Extract:
        """The extract that `to_bytes` wrote; ValueError or KeyError for anything else."""
        with _NUMPY, np.load(BytesIO(data), allow_pickle=False) as parts:
            plain = json.loads(parts["plain"].tobytes())
        places = places_of(BytesIO(data))
        blocks, edits = plain.pop("blocks"), plain.pop("edits")
        return cls(
            **{**plain, "notes": tuple(plain["notes"])},
            blocks=None if blocks is None else tuple(Block(*block) for block in blocks),
            edits=tuple(Edit(*edit) for edit in edits),
            places=places,
        )


def places_of(file: BinaryIO) -> Places | None:
    """Only the places of what `to_bytes` wrote, if it has any."""
    with _NUMPY, np.load(file, allow_pickle=False) as parts:
        return Places(parts["sizes"], parts["lines"], parts["edges"]) if "lines" in parts else None

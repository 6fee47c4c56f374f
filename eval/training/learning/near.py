"""Windows that the ranking so far finds near each question, to be read beside it though they do not answer."""

from __future__ import annotations

import torch

from eval.training.examples.data import Data
from eval.training.examples.examples import Examples
from eval.training.model.inputs import Inputs
from eval.training.model.model import RANK, Model


@torch.no_grad()
def mine(model: Model, inputs: Inputs, examples: Examples, count: int) -> dict[str, list[int]]:
    """For each question the windows, of other paragraphs, whose pooled and token vectors are the nearest."""
    model.eval()
    rows = [inputs.layout.window(w.title, w.sentences)[0] for w in examples.windows]
    # windows of about one length together, so that little is padded
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    pooled = torch.zeros(len(rows), RANK)
    for at in range(0, len(order), 32):
        places = order[at : at + 32]
        words, mask = inputs.batch([rows[number] for number in places])
        pooled[places] = model.rank_pooled(model(words, mask), mask)
    found = {}
    data: Data = examples.data
    owners = torch.tensor([w.passage for w in examples.windows])
    held = torch.tensor([data.passages[w.passage].held_out for w in examples.windows])
    for at in range(0, len(examples.asked), 64):
        members = examples.asked[at : at + 64]
        words, mask = inputs.batch([inputs.layout.asked(examples.question(a, None)) for a in members])
        cosines = model.rank_pooled(model(words, mask), mask) @ pooled.T
        cosines[:, held] = -1
        for row, asked in enumerate(members):
            own = data.passages[asked.passage]
            cosines[row, owners == own.id] = -1
            right = {own.text[start:end] for start, end in asked.answers}
            near: list[int] = []
            for number in cosines[row].topk(4 * count).indices.tolist():
                other = data.passages[int(owners[number])]
                # the article's translation may answer, and so may a passage with the same words
                if other.article == own.article and other.set != own.set:
                    continue
                if not any(words in other.text for words in right) and len(near) < count:
                    near.append(number)
            found[asked.id] = near
    model.train()
    return found

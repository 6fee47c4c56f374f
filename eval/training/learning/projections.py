"""The projections that ranking begins with."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from eval.training.examples.tokens import Window
from eval.training.model.inputs import Inputs
from eval.training.model.model import RANK, Model

# Windows from whose vectors they are made.
SAMPLE = 220


def fit(model: Model, inputs: Inputs, every: Sequence[Window]) -> None:
    """Begin with projections that keep most of the vectors: the principal directions of a sample's."""
    windows = every[:: len(every) // SAMPLE]
    with torch.no_grad():
        found, means = [], []
        for at in range(0, len(windows), 16):
            rows = [inputs.layout.window(w.title, w.sentences)[0] for w in windows[at : at + 16]]
            words, mask = inputs.batch(rows)
            hidden = model(words, mask).float()
            found.append(functional.normalize(hidden[mask > 0], dim=-1))
            means.append((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))
        for target, sample in ((model.project, torch.cat(found)), (model.pool, torch.cat(means))):
            _, _, directions = torch.linalg.svd(sample - sample.mean(0), full_matrices=False)
            target.weight.copy_(directions[:RANK])

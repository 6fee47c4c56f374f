"""What each part of the training is worth: a tenth of the questions, one seed, one part left out at a time.

    python -m eval.training.ablate [--work runs/training] [--out runs/ablation] [--threads 2]

Each variant is trained for a few minutes and written to a folder of its own, which
`python -m eval.training.measure --model` reads. Mined windows are those of the whole training. A variant that is
done is not made again.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from eval.training.examples.data import Asked, Data
from eval.training.examples.examples import Examples, Made
from eval.training.export import export
from eval.training.learning import projections
from eval.training.learning.plan import Pass, Plan
from eval.training.learning.train import Training
from eval.training.model import base
from eval.training.model.inputs import Inputs
from eval.training.model.model import Model
from eval.training.work import Work

# Every question whose hash falls in one part of so many.
PART = 10
_ALL = Made()
_LEARN = Pass(30, 130, 7e-5, 3e-4, (0.2, 0.2))


@dataclass(frozen=True, slots=True)
class Variant:
    """A training with something left out."""

    name: str
    made: Made = _ALL
    learn: Pass = _LEARN


VARIANTS = (
    Variant("all"),
    Variant("no-sentence-away", Made(away=0.0)),
    Variant("no-term-swapped", Made(swapped=0.0)),
    Variant("no-near-window", Made(near=0.0)),
    Variant("nothing-made", Made(0.0, 0.0, 0.0)),
    Variant("no-words-switched", learn=replace(_LEARN, switched=(0.0, 0.0))),
)


def main() -> None:
    """Train every variant that is not there yet."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.ablate", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("runs/training"), help="where training left its data")
    parser.add_argument("--out", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    unpacked = base.unpack()
    work = Work(given.work, ())
    data = tenth(Data.read(work.data))
    layout = work.layout()
    for variant in VARIANTS:
        folder = given.out / variant.name
        if (folder / "model" / "model.json").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(given.work / "near.json", folder)
        plan = replace(Plan(), passes=(variant.learn,))
        torch.manual_seed(plan.seed)
        model = Model.start(unpacked).to(torch.bfloat16)
        inputs = Inputs(work.words(unpacked), layout)
        examples = Examples(layout, data, made=variant.made)
        projections.fit(model, inputs, examples.windows)
        training = Training(folder, plan, model, inputs, examples)
        logging.info("%s", variant.name)
        training.run()
        export(training.trained(), unpacked, replace(work, folder=_with_vocabulary(work, folder)), folder / "model")


def tenth(data: Data) -> Data:
    """A fixed tenth of the questions; all passages, by which they are counted, and what is held out stay."""

    def kept(asked: Asked) -> bool:
        return hashlib.sha256(asked.id.encode()).digest()[0] % PART == 0 or data.passages[asked.passage].held_out

    return Data(data.passages, tuple(filter(kept, data.asked)), tuple(filter(kept, data.twins)))


def _with_vocabulary(work: Work, folder: Path) -> Path:
    """The variant's folder, with the vocabulary of the whole training in it."""
    shutil.copy(work.tokenizer, folder)
    shutil.copy(work.kept, folder)
    return folder


if __name__ == "__main__":
    main()

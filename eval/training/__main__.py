"""Rebuild the reading model.

    python -m eval.training --data FOLDER [FOLDER …] [--work runs/training]

Unpacks the base, gathers the sets, trains, and exports into `index/model/weights`. A run that is stopped goes
on where it was.
"""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

import torch

from eval.training.examples.examples import Examples
from eval.training.export import export
from eval.training.learning import projections
from eval.training.learning.plan import Plan
from eval.training.learning.train import Training
from eval.training.model import base
from eval.training.model.inputs import Inputs
from eval.training.model.model import Model
from eval.training.work import Work
from index.model.model import FOLDER


def main() -> None:
    """Do every stage that is not done."""
    parser = argparse.ArgumentParser(prog="python -m eval.training", description=__doc__)
    parser.add_argument("--data", nargs="+", type=Path, required=True, help="folders with the training sets")
    parser.add_argument("--work", type=Path, default=Path("runs/training"), help="where stages leave their results")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the model is written")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    plan = Plan()
    torch.manual_seed(plan.seed)
    unpacked = base.unpack()
    work = Work(given.work, tuple(given.data))
    data = work.prepare(unpacked)
    layout = work.layout()
    examples = Examples(layout, data)
    model = Model.start(unpacked).to(torch.bfloat16)
    inputs = Inputs(work.words(unpacked), layout)
    projections.fit(model, inputs, examples.windows)
    (work.folder / "plan.json").write_text(json.dumps(asdict(plan), indent=1))
    training = Training(work.folder, plan, model, inputs, examples)
    training.run()
    export(training.trained(), unpacked, work, given.out)


if __name__ == "__main__":
    main()

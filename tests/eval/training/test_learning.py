"""A stopped run goes on as if it had not been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from taught import tiny

from eval.training.examples import examples
from eval.training.examples.examples import Examples
from eval.training.model.base import Unpacked
from index.model.layout import Layout


@pytest.mark.slow
@pytest.mark.model
def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    shown: Examples, unpacked: Unpacked, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from eval.training.learning.plan import Pass, Plan
    from eval.training.learning.train import Training
    from eval.training.model.inputs import Inputs

    monkeypatch.setattr(examples, "PASSAGES", 2)
    inputs = Inputs(unpacked.tensors["emb.word"], layout)
    passes = (Pass(3, 3, 7e-5, 3e-4, (0.5, 0.0)), Pass(0, 3, 5e-5, 2e-4, (0.5, 0.5)))
    plan = Plan(passes=passes, ranking_every=3, reading_batch=4, checkpoint_every=1, near=1)

    def trained(folder: Path, *, stop: int | None) -> dict[str, Any]:
        folder.mkdir()
        training = Training(folder, plan, tiny(), inputs, shown)
        if stop is not None:
            real = Training._learn

            def learn(self: Any, *given: Any) -> None:
                if self.step == stop:
                    raise KeyboardInterrupt
                real(self, *given)

            with monkeypatch.context() as patch:
                patch.setattr(Training, "_learn", learn)
                with pytest.raises(KeyboardInterrupt):
                    training.run()
            training = Training(folder, plan, tiny(), inputs, shown)
        training.run()
        return dict(training.trained().state_dict())

    whole, early, late = (trained(tmp_path / str(stop), stop=stop) for stop in (None, 2, 6))
    for name, values in whole.items():
        assert torch.equal(values, early[name]), name
        assert torch.equal(values, late[name]), name
    assert not torch.equal(whole["sentence.0.weight"], tiny().state_dict()["sentence.0.weight"])

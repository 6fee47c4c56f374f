"""The graph that is written says what the model says."""

from __future__ import annotations

from pathlib import Path

import pytest
from taught import tiny


@pytest.mark.slow
@pytest.mark.model
def test_the_exported_graph_says_what_the_model_says(tmp_path: Path) -> None:
    import onnxruntime
    import torch

    from eval.training.export import Graph, graph
    from index.model.model import OUTPUTS

    made = tiny().eval()
    graph(made, tmp_path / "body.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "body.onnx"), providers=["CPUExecutionProvider"])
    for length, sentences in ((5, 1), (160, 7)):
        words, marked = torch.randn(1, length, 384), torch.rand(1, sentences, length)
        with torch.no_grad():
            expected = Graph(made)(words, marked)
        found = session.run(list(OUTPUTS), {"words": words.numpy(), "marked": marked.numpy()})
        for one, other in zip(found, expected, strict=True):
            assert one == pytest.approx(other.numpy(), abs=1e-4)


@pytest.mark.slow
@pytest.mark.model
def test_the_rounded_graph_says_nearly_the_same(tmp_path: Path) -> None:
    import onnx
    import onnxruntime
    import torch

    from eval.training.export import graph, quantise
    from index.model.model import OUTPUTS

    graph(tiny().eval(), tmp_path / "whole.onnx")
    quantise(tmp_path / "whole.onnx", tmp_path / "body.onnx", 384)
    assert {path.name for path in tmp_path.iterdir()} == {"whole.onnx", "body.onnx"}
    kinds = [node.op_type for node in onnx.load(tmp_path / "body.onnx").graph.node]
    # of two layers query, key and value together, and out; the first part of the sentences' head. The way up is
    # narrower here than in the model that is trained
    assert kinds.count("MatMulInteger") + kinds.count("DynamicQuantizeMatMul") == 5
    assert kinds.count("MatMulNBits") >= 2
    given = {"words": torch.randn(1, 20, 384).numpy(), "marked": torch.full((1, 2, 20), 1 / 20).numpy()}
    whole, rounded = (
        onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]).run(list(OUTPUTS), given)
        for name in ("whole.onnx", "body.onnx")
    )
    assert (whole[0] * rounded[0]).sum(axis=-1).min() > 0.98

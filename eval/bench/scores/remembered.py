"""An encoder that remembers: what it once encoded it reads back, in this run and, with a folder, in the next.

    DIR/<encoder>-<digest>/passages-<id>.npz    keys and vectors, a few hundred texts a file
                           queries-<id>.npz     the same of questions

A text is kept by its hash. The digest is of the encoder's name and of what it makes of a probe, so a model
that was trained further under its old name remembers nothing of before. Plain npz, nothing is unpickled;
files are only added, each in one step, so several processes may share a folder.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from uuid import uuid4

import numpy as np
import regex

from eval.bench import settings
from index.dense.encoder import Encoder, Vectors
from index.errors import InputError

Kind = Literal["passages", "queries"]
KINDS: tuple[Kind, ...] = ("passages", "queries")

_PROBE = "Water turns into gas at a high temperature. 水在高温下变成气体。"
_KEY_BYTES = 16


class Remembered:
    """An `Encoder` over another one, `model`.

    Leave it as a context manager, or call `save`, so that the last texts are written too. Without a folder
    everything stays in memory.
    """

    def __init__(self, model: Encoder, folder: Path | None = None) -> None:
        self.model = model
        self.name = model.name
        self.dim = model.dim
        self._vectors: dict[Kind, dict[bytes, Vectors]] = {"passages": {}, "queries": {}}
        self._fresh: dict[Kind, list[bytes]] = {kind: [] for kind in KINDS}
        self._folder = None if folder is None else folder / _label(model)
        if self._folder is not None:
            for kind in KINDS:
                for path in sorted(self._folder.glob(f"{kind}-*.npz")):
                    self._read(kind, path)

    def __enter__(self) -> Remembered:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.save()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, as `model` makes them."""
        return self._recall("passages", texts, self.model.passages)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions, as `model` makes them."""
        return self._recall("queries", texts, self.model.queries)

    def save(self) -> None:
        """Write what is not written yet; InputError where that cannot be done."""
        for kind in KINDS:
            self._write(kind)

    def _recall(self, kind: Kind, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        known = self._vectors[kind]
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known.update(zip(missing, encode(list(missing.values())), strict=True))
            self._note(kind, list(missing))
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(keys), self.dim)

    def _note(self, kind: Kind, keys: Sequence[bytes]) -> None:
        self._fresh[kind].extend(keys)
        if len(self._fresh[kind]) >= settings.REMEMBERED_AT_ONCE:
            self._write(kind)

    def _write(self, kind: Kind) -> None:
        keys, self._fresh[kind] = self._fresh[kind], []
        if self._folder is None or not keys:
            return
        arrays: dict[str, Any] = {"keys": np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1)}
        arrays["vectors"] = np.array([self._vectors[kind][key] for key in keys], dtype=np.float32)
        id = uuid4().hex
        draft = self._folder / f".{id}.npz"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            np.savez(draft, **arrays)
            os.replace(draft, self._folder / f"{kind}-{id}.npz")
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise InputError(
                f"{self._folder} cannot be written ({error.strerror})", "name another folder with --cache DIR"
            ) from None

    def _read(self, kind: Kind, path: Path) -> None:
        """Remember what a file holds; one that is damaged is removed, its texts are encoded again."""
        try:
            with np.load(path, allow_pickle=False) as data:
                keys = [row.tobytes() for row in data["keys"]]
                vectors = data["vectors"]
                if vectors.shape != (len(keys), self.dim):
                    raise ValueError("lengths differ")
                self._vectors[kind].update(zip(keys, vectors, strict=True))
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            path.unlink(missing_ok=True)


def default_cache() -> Path:
    """Where encoded texts are kept unless a folder is named."""
    from platformdirs import user_cache_path

    return user_cache_path("yinzheng") / "bench"


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES]


def _label(model: Encoder) -> str:
    """The folder's name for an encoder."""
    digest = hashlib.sha256(model.name.encode())
    for vectors in (model.passages([_PROBE]), model.queries([_PROBE])):
        # to two decimals, so that another processor's last bits are no other model; + 0 makes -0 a 0
        digest.update((np.round(vectors, 2) + np.float32(0)).tobytes())
    plain = regex.sub(r"[^A-Za-z\d.]+", "-", model.name).strip("-.")[-40:]
    return f"{plain}-{digest.hexdigest()[:12]}"

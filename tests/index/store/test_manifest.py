"""A manifest that could not be read again is not written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.build import build
from index.corpus import Corpus
from index.errors import IndexTooLarge
from index.store import manifest
from index.store.store import Store


def test_too_many_documents(
    tmp_path: Path, make_corpus: Callable[..., Path], hashed_encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, first = tmp_path / "index", Corpus(make_corpus(tmp_path / "corpus"))
    before = build(first, folder, hashed_encoder)
    size = len(manifest.to_bytes({"documents": before["documents"]}))
    monkeypatch.setattr(manifest, "BYTES_MAX", manifest._OTHERS + size)
    assert build(first, folder, hashed_encoder) == before
    monkeypatch.setattr(manifest, "BYTES_MAX", manifest._OTHERS + size - 1)
    with pytest.raises(IndexTooLarge, match=f"1 documents take {size:,} bytes"):
        build(first, folder, hashed_encoder)
    monkeypatch.undo()
    assert Store(folder).manifest() == before

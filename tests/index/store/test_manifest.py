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
    entries, all = (len(manifest.to_bytes(one)) for one in ({"documents": before["documents"]}, before))
    monkeypatch.setattr(manifest, "BYTES_MAX", all)
    assert build(first, folder, hashed_encoder) == before
    for most, found in ((all - 1, all), (entries - 1, entries)):
        monkeypatch.setattr(manifest, "BYTES_MAX", most)
        with pytest.raises(IndexTooLarge, match=f"of 1 documents has {found:,} bytes"):
            build(first, folder, hashed_encoder)
    monkeypatch.undo()
    assert Store(folder).manifest() == before

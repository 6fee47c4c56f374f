"""Whose index is built when: ours by itself, a named one never."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from index import corpus as reading
from index import settings as index_settings
from index.errors import IndexDamaged, IndexMissing, IndexStale
from index.store import manifest as manifests
from index.store import store
from qa import service


@pytest.fixture
def default(tmp_path: Path, sources: Path, fake: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A default index that is not there yet, over tiny sources and a quick encoder."""
    monkeypatch.setenv("YINZHENG_INDEX", str(tmp_path / "default"))
    monkeypatch.setattr(reading, "default_folder", lambda: sources)
    return tmp_path / "default"


def stages() -> tuple[list[str], object]:
    seen: list[str] = []

    def report(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.append(stage)

    return seen, report


def change_manifest(folder: Path, /, **changes: object) -> None:
    path = folder / manifests.FILE
    manifest = manifests.signed({**json.loads(path.read_text(encoding="utf-8")), **changes})
    path.write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copy(path, folder / manifests.COPY)


def test_the_default_is_built_when_missing_and_then_kept(default: Path) -> None:
    seen, report = stages()
    opened = service.open_library(progress=report)  # type: ignore[arg-type]
    assert [document.id for document in opened.documents] == ["tiny"]
    assert seen == ["reading", "encoding", "windows", "terms", "writing"]
    seen, report = stages()
    assert service.open_library(progress=report).fingerprint == opened.fingerprint  # type: ignore[arg-type]
    assert seen == []


@pytest.mark.parametrize(
    "changes",
    [{"code": "0"}, {"settings": {}}, {"format": 0}, {"sources": "0"}],
    ids=lambda changes: next(iter(changes)),
)
def test_the_default_is_rebuilt_when_stale(default: Path, changes: dict[str, object]) -> None:
    first = service.open_library().fingerprint
    change_manifest(default, **changes)
    seen, report = stages()
    assert service.open_library(progress=report).fingerprint == first  # type: ignore[arg-type]
    assert "writing" in seen
    assert service.staleness(default) is None


def test_the_default_is_rebuilt_when_its_sources_changed(default: Path, sources: Path) -> None:
    from tiny_sources import TINY, write_sources

    first = service.open_library().fingerprint
    write_sources(sources, TINY.replace("绿茶", "白茶").encode())
    opened = service.open_library()
    assert opened.fingerprint != first
    assert "白茶" in opened.documents[0].source


def test_the_default_is_rebuilt_when_damaged(default: Path) -> None:
    first = service.open_library().fingerprint
    next(default.glob("data-*/words.json")).write_text("{}")
    assert service.open_library().fingerprint == first


def test_documents_that_were_added_are_never_forgotten_unasked(default: Path) -> None:
    from index.shelf import Shelf

    service.open_library()
    note = default.parent / "note.txt"
    note.write_text("Cocoa beans are fermented for six days.\n", encoding="utf-8")
    service.shelf(None).add([note])
    both = ["tiny", "note"]
    (default / manifests.FILE).write_text("{")
    assert [document.id for document in service.open_library().documents] == both
    for name in (manifests.FILE, manifests.COPY):
        (default / name).write_text("{")
    with pytest.raises(IndexDamaged, match="run `yinzheng index build"):
        service.open_library()
    assert len(list(default.glob("parts/*"))) == 2
    assert isinstance(service.shelf(None), Shelf)


def test_an_index_whose_sources_have_moved_keeps_its_encoder(default: Path, sources: Path, fake: list[str]) -> None:
    service.open_library()
    change_manifest(default, folder=str(sources / "gone"), encoder="some/model")
    fake.clear()
    assert [document.id for document in service.open_library().documents] == ["tiny"]
    assert fake == ["some/model"]


def test_a_named_index_is_opened(tiny: Path) -> None:
    assert [document.id for document in service.open_library(tiny).documents] == ["tiny"]


def test_a_named_index_is_never_built(tmp_path: Path, fake: list[str]) -> None:
    with pytest.raises(IndexMissing, match="no index in"):
        service.open_library(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert fake == []


@pytest.mark.parametrize("changes", [{"code": "0"}, {"settings": {}}, {"format": 0}, {"sources": "0"}])
def test_a_named_stale_index_is_an_error(tiny: Path, changes: dict[str, object], fake: list[str]) -> None:
    change_manifest(tiny, **changes)
    before = (tiny / manifests.FILE).read_bytes()
    with pytest.raises(IndexStale, match=r"run `yinzheng index build --index"):
        service.open_library(tiny)
    assert (tiny / manifests.FILE).read_bytes() == before
    assert fake == []


def test_where_the_default_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YINZHENG_INDEX", str(tmp_path))
    assert service.default_index() == tmp_path
    monkeypatch.setenv("YINZHENG_INDEX", "~/index")
    assert service.default_index() == Path.home() / "index"
    for empty in (lambda: monkeypatch.delenv("YINZHENG_INDEX"), lambda: monkeypatch.setenv("YINZHENG_INDEX", "")):
        empty()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert service.default_index() == tmp_path / "cache" / "yinzheng" / "index"


def test_the_encoder_of_an_index(tiny: Path, tmp_path: Path) -> None:
    assert service.encoder_of(store.Store(tmp_path / "none").said) == index_settings.ENCODER
    change_manifest(tiny, encoder="some/model")
    assert service.encoder_of(store.Store(tiny).said) == "some/model"


def test_the_sources_of_an_index(tiny: Path, tiny_once: tuple[Path, Path], tmp_path: Path) -> None:
    assert service.corpus_of(store.Store(tiny).said).folder == tiny_once[0].resolve()
    assert service.corpus_of(store.Store(tmp_path / "none").said).folder == reading.default_folder()


def test_findings(tiny: Path) -> None:
    assert service.findings(tiny) == []
    change_manifest(tiny, code="0")
    assert len(service.findings(tiny)) == 1
    next(tiny.glob("data-*/glossary.json")).write_text("[5]")
    assert ["stale" in finding or "damaged" in finding for finding in service.findings(tiny)] == [True, True]


def test_what_a_killed_build_left_is_found(tiny: Path) -> None:
    (tiny / "parts" / ("0" * 32)).mkdir()
    (finding,) = service.findings(tiny)
    assert "holds what a killed build left (1); run `yinzheng index build" in finding


def test_findings_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        service.findings(tmp_path)


def test_a_damaged_named_index_is_an_error(tiny: Path) -> None:
    next(tiny.glob("parts/*")).write_text("[]")
    with pytest.raises(IndexDamaged, match="is damaged"):
        service.open_library(tiny)

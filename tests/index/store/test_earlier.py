"""What was encoded before is not encoded again, and is to the last bit what encoding would give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from hashed import Hashed
from hypothesis import given
from hypothesis import strategies as st

from index import opening, settings
from index.build import build
from index.dense import encoder
from index.dense.encoder import Vectors
from index.dense.parallel import PAIRS
from index.formats import txt
from index.formats.extract import Extract
from index.formats.sandbox import Sandbox
from index.lexical import glossary
from index.model import model
from index.model.model import Model, Shown
from index.shelf import Shelf
from index.store import keys
from index.store.earlier import _Sorted
from index.store.part import KEYS, Part
from index.store.store import Store

TEA = """一、绿茶
绿茶在春天采摘。用八十度的水冲泡三分钟。

二、红茶
红茶需要全发酵。它的颜色较深。
"""
COFFEE = "Beans are roasted at 220 degrees. It takes 12 minutes.\n\nThen they are ground.\n"


class Here(Sandbox):
    """Reads plain text in this process."""

    def read(self, data: bytes, format: str) -> Extract:
        return txt.read(data)


class Work:
    """What the encoder and the reading model were given."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.windows: list[Shown] = []

    def none(self) -> bool:
        """Whether they were given nothing but what every build is given; it is forgotten."""
        found, self.texts, self.windows = (self.texts, self.windows), [], []
        return not any(found)


@pytest.fixture
def work(hashed_encoder: str, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    passages, see_all = Hashed.passages, Model.see_all
    always = {keys.PROBE, *(text for pair in PAIRS for text in pair)}

    def watched(self: Hashed, texts: Sequence[str]) -> Vectors:
        work.texts += [text for text in texts if text not in always]
        return passages(self, texts)

    def seen(self: Model, windows: Sequence[Shown]) -> Any:
        work.windows += windows
        return see_all(self, windows)

    monkeypatch.setattr(Hashed, "passages", watched)
    monkeypatch.setattr(Model, "see_all", seen)
    return work


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "tea.txt").write_text(TEA, encoding="utf-8")
    (folder / "coffee.txt").write_text(COFFEE, encoding="utf-8")
    return folder


def shelf(index: Path) -> Shelf:
    return Shelf(index, None, "hashed", sandbox=Here())


def contents(index: Path) -> dict[str, bytes]:
    """The files of an index's parts, by the document and their names."""
    store = Store(index)
    return {
        f"{entry.id}/{name}": data if isinstance(data, bytes) else np.asarray(data).tobytes()
        for entry in store.entries()
        for name, data in store.part(entry.part, entry.digest).items()
    }


def anew(papers: Path, folder: Path) -> dict[str, bytes]:
    """The parts of an index that knows nothing of before."""
    shelf(folder).add([papers])
    return contents(folder)


def test_a_changed_program_encodes_nothing(
    tmp_path: Path, papers: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(tmp_path / "index").add([papers])
    before = {entry.part for entry in Store(tmp_path / "index").entries()}
    fresh = contents(tmp_path / "index")
    assert not work.none()
    monkeypatch.setattr(opening, "code", lambda: "another")
    build(None, tmp_path / "index", "hashed")
    assert work.none()
    assert before.isdisjoint(entry.part for entry in Store(tmp_path / "index").entries())
    assert contents(tmp_path / "index") == fresh


def test_one_sentence_changed_is_one_sentence_encoded(tmp_path: Path, papers: Path, work: Work) -> None:
    shelf(tmp_path / "index").add([papers])
    work.none()
    (papers / "tea.txt").write_text(TEA.replace("较深", "很深"), encoding="utf-8")
    shelf(tmp_path / "index").update()
    assert sorted(work.texts) == ["它的颜色很深。", "红茶 它的颜色很深。", "红茶 红茶需要全发酵。它的颜色很深。"]
    assert work.windows == [("红茶", ("红茶需要全发酵。", "它的颜色很深。"))]
    assert contents(tmp_path / "index") == anew(papers, tmp_path / "anew")


def test_a_changed_title_is_encoded_with_what_stands_under_it(tmp_path: Path, papers: Path, work: Work) -> None:
    shelf(tmp_path / "index").add([papers])
    work.none()
    (papers / "tea.txt").write_text(TEA.replace("二、红茶", "二、其他"), encoding="utf-8")
    shelf(tmp_path / "index").update()
    assert [title for title, _ in work.windows] == ["其他"]
    assert all("红茶 " not in text for text in work.texts)
    assert contents(tmp_path / "index") == anew(papers, tmp_path / "anew")


def test_a_paragraph_may_move_to_another_document(tmp_path: Path, papers: Path, work: Work) -> None:
    shelf(tmp_path / "index").add([papers])
    work.none()
    (papers / "coffee.txt").write_text("Then they are ground.\n", encoding="utf-8")
    (papers / "more.txt").write_text(COFFEE.replace("\n\nThen they are ground.", ""), encoding="utf-8")
    shelf(tmp_path / "index").update()
    assert work.none()
    assert contents(tmp_path / "index") == anew(papers, tmp_path / "anew")


def test_a_document_may_have_another_name(tmp_path: Path, papers: Path, work: Work) -> None:
    shelf(tmp_path / "index").add([papers])
    work.none()
    (papers / "coffee.txt").rename(papers / "beans.txt")
    (papers / "beans.txt").write_text(COFFEE + "\nThe end.\n", encoding="utf-8")
    shelf(tmp_path / "index").update(prune=True)
    assert set(work.texts) == {"The end."}


def test_another_model_takes_nothing_over(
    tmp_path: Path, papers: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(tmp_path / "index").add([papers])
    given = (sorted(work.texts), sorted(work.windows))
    work.none()
    monkeypatch.setattr(Hashed, "name", "other")
    monkeypatch.setattr(keys, "model", lambda used: b"other")
    monkeypatch.setattr(opening, "code", lambda: "another")
    build(None, tmp_path / "index", "hashed")
    assert (sorted(work.texts), sorted(work.windows)) == given


@pytest.mark.parametrize("what", ["name", "weights", "program"])
def test_what_another_made_has_another_key(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    before = keys.encoder(Hashed())
    if what == "name":
        monkeypatch.setattr(Hashed, "name", "other")
    elif what == "weights":
        monkeypatch.setattr(Hashed, "passages", lambda self, texts: np.ones((len(texts), 12), np.float32))
    else:
        monkeypatch.setattr(keys, "_program", lambda: b"changed")
    assert keys.encoder(Hashed()) != before


def test_a_model_that_cuts_elsewhere_has_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys.model(model.load())
    assert keys.model(model.load()) == before
    monkeypatch.setattr(settings, "SENTENCE_TOKENS", 64)
    assert keys.model(model.load()) != before


def test_the_files_that_make_vectors_are_there() -> None:
    assert all((Path(keys.__file__).parents[1] / name).is_file() for name in keys.FILES)


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.9, 0.999])
def test_a_damaged_part_is_encoded_anew(
    tmp_path: Path, papers: Path, work: Work, monkeypatch: pytest.MonkeyPatch, where: float
) -> None:
    shelf(tmp_path / "index").add([papers])
    fresh = contents(tmp_path / "index")
    work.none()
    (tea,) = (entry for entry in Store(tmp_path / "index").entries() if entry.id == "tea")
    path = tmp_path / "index" / "parts" / tea.part
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 1
    path.write_bytes(bytes(data))
    monkeypatch.setattr(opening, "code", lambda: "another")
    build(None, tmp_path / "index", "hashed")
    assert contents(tmp_path / "index") == fresh


def test_a_part_that_is_gone_is_encoded_anew(
    tmp_path: Path, papers: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(tmp_path / "index").add([papers])
    fresh = contents(tmp_path / "index")
    work.none()
    (coffee,) = (entry for entry in Store(tmp_path / "index").entries() if entry.id == "coffee")
    (tmp_path / "index" / "parts" / coffee.part).unlink()
    monkeypatch.setattr(opening, "code", lambda: "another")
    build(None, tmp_path / "index", "hashed")
    assert contents(tmp_path / "index") == fresh
    assert sorted(text for _, texts in work.windows for text in texts) == [
        "Beans are roasted at 220 degrees.",
        "It takes 12 minutes.",
        "Then they are ground.",
    ]


def test_a_part_without_keys_holds_nothing(
    tmp_path: Path, papers: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Part.files
    with monkeypatch.context() as patch:
        patch.setattr(Part, "files", lambda *given: (pair for pair in real(*given) if pair[0] != KEYS))
        shelf(tmp_path / "index").add([papers])
    given = sorted(work.texts)
    work.none()
    monkeypatch.setattr(opening, "code", lambda: "another")
    build(None, tmp_path / "index", "hashed")
    assert sorted(work.texts) == given
    assert contents(tmp_path / "index") == anew(papers, tmp_path / "anew")


SENTENCES = ("水在高温下变成气体。", "茶叶在春天采摘。", "Beans are roasted.", "It takes 12 minutes.", "价格上升。")
PARAGRAPHS = st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), min_size=1, max_size=4)


@hypothesis.settings(max_examples=20)
@given(first=PARAGRAPHS, second=PARAGRAPHS)
def test_any_edit_gives_what_encoding_all_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, first: list[list[str]], second: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("edit")
    file = folder / "a.txt"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(glossary, "cedict", lambda: iter(()))
        patch.setattr(encoder, "load", lambda name: Hashed())
        for paragraphs in (first, second):
            file.write_text("\n\n".join(map("".join, paragraphs)) + "\n", encoding="utf-8")
            shelf(folder / "index").add([file])
        shelf(folder / "anew").add([file])
    assert contents(folder / "index") == contents(folder / "anew")


@given(st.lists(st.binary(min_size=2, max_size=2)), st.lists(st.binary(min_size=2, max_size=2)))
def test_keys_are_found_where_they_first_stand(there: list[bytes], wanted: list[bytes]) -> None:
    key = {short: keys.of_texts(short, [()]) for short in [*there, *wanted]}
    places = _Sorted(together([key[short] for short in there])).find(together([key[short] for short in wanted]))
    assert places.tolist() == [there.index(short) if short in there else -1 for short in wanted]


def test_half_a_key_is_none() -> None:
    there = np.arange(keys.BYTES, dtype=np.uint8)[None]
    for place in (0, 7, 8, 15):
        other = there.copy()
        other[0, place] ^= 128
        assert _Sorted(there).find(np.concatenate([other, there])).tolist() == [-1, 0]


def together(found: list[keys.Keys]) -> keys.Keys:
    return np.concatenate([keys.none(), *found])


def test_keys_tell_texts_apart() -> None:
    made_of = [("a", "b"), ("ab",), ("a", ""), ("a",), ("", "a"), ("a', 'b",), ("\ud800",)]
    found = keys.of_texts(b"x", made_of)
    assert found.shape == (len(made_of), keys.BYTES)
    assert len({row.tobytes() for row in found}) == len(made_of)
    assert keys.of_texts(b"x", []).shape == keys.none().shape

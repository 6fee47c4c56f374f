"""The dense leg against plain numpy, and what centring does to two languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from index import settings
from index.dense.encoder import Encoder, Vectors
from index.dense.leg import Dense
from index.dense.parallel import PAIRS
from index.records import Language

DIM = 12


def unit(rows: Vectors) -> Vectors:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def some(count: int, seed: int) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(count, DIM)))


def languages(chinese: int, english: int) -> list[Language]:
    return ["zh"] * chinese + ["en"] * english


def by_hand(
    encoder: Encoder, rows: Vectors, of: Sequence[Language], sentences: Vectors, sentences_of: Sequence[Language]
) -> Callable[[Vectors, Language], Vectors]:
    """The scores of `rows`, a text a row, by the words of the module's documentation."""

    def shift(encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        return np.mean([encode([en])[0] - encode([zh])[0] for zh, en in PAIRS], axis=0)

    def main(of: Sequence[Language]) -> Language:
        return "zh" if of.count("zh") >= of.count("en") else "en"

    by_language = {lang: np.array([r for r, o in zip(rows, of, strict=True) if o == lang]) for lang in ("zh", "en")}
    most = main(of)
    least = "en" if most == "zh" else "zh"
    towards = shift(encoder.passages) * (1 if most == "zh" else -1)
    means = {most: by_language[most].mean(axis=0)}
    count, prior = len(by_language[least]), settings.CENTRE_PRIOR
    own = by_language[least].sum(axis=0) if count else np.zeros(DIM)
    means[least] = (own + prior * (means[most] + towards)) / (count + prior)
    centred = unit(np.array([row - means[o] for row, o in zip(rows, of, strict=True)]))

    lead = main(sentences_of)
    mean = np.mean([s for s, o in zip(sentences, sentences_of, strict=True) if o == lead], axis=0)
    away = shift(encoder.queries) * (1 if lead == "zh" else -1)

    def scores(question: Vectors, language: Language) -> Vectors:
        moved = question - settings.QUERY_CENTRE * mean - (0 if language == lead else away)
        return centred @ unit(moved)

    return scores


@pytest.mark.parametrize("counts", [(5, 3), (3, 5), (4, 4), (6, 0), (0, 6)], ids=str)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_scores_are_cosines_of_centred_vectors(hashed: Encoder, counts: tuple[int, int], language: Language) -> None:
    of = languages(*counts)
    sentences, paragraphs, question = some(len(of), 1), some(len(of), 2), some(1, 3)[0]
    dense = Dense.build(hashed, (sentences, of), (paragraphs, of))
    found = dense.scores(question, language)
    assert dense.sizes == (len(of), len(of))
    for rows, scores in zip((sentences, paragraphs), found, strict=True):
        expected = by_hand(hashed, rows, of, sentences, of)(question, language)
        np.testing.assert_allclose(scores, expected, atol=5e-6)
        assert scores.dtype == np.float32


class Shifted:
    """An encoder for which every English text is the Chinese one, moved by one vector."""

    name, dim = "shifted", DIM

    def __init__(self) -> None:
        self.move = some(1, 9)[0] * 2

    def passages(self, texts: Sequence[str]) -> Vectors:
        english = {en: zh for zh, en in PAIRS}
        rows = [some(1, len(english.get(t, t)))[0] + (self.move if t in english else 0) for t in texts]
        return np.array(rows, dtype=np.float32)

    queries = passages


@pytest.mark.parametrize("chinese", [True, False], ids=["zh-text", "en-text"])
def test_a_question_ranks_the_same_in_either_language(chinese: bool) -> None:
    encoder = Shifted()
    of = languages(8, 0) if chinese else languages(0, 8)
    rows, asked = some(8, 4), some(1, 5)[0]
    dense = Dense.build(encoder, (rows, of), (rows, of))
    zh, en = (asked, asked + encoder.move)
    first, _ = dense.scores(zh, "zh")
    second, _ = dense.scores(en, "en")
    np.testing.assert_allclose(first, second, atol=5e-6)
    wrong, _ = dense.scores(en, "zh")
    assert not np.allclose(first, wrong, atol=1e-2)


def test_an_english_passage_is_seen_as_its_chinese_twin() -> None:
    encoder = Shifted()
    rows = some(200, 4)
    both = np.concatenate([rows, (rows[:2] + encoder.move).astype(np.float32)])
    dense = Dense.build(encoder, (both, languages(200, 2)), (both, languages(200, 2)))
    scores, _ = dense.scores(some(1, 6)[0], "zh")
    np.testing.assert_allclose(scores[200:], scores[:2], atol=0.05)


def test_a_single_row_has_nothing_of_its_own(hashed: Encoder) -> None:
    row = some(1, 1)
    dense = Dense.build(hashed, (row, ["zh"]), (row, ["zh"]))
    assert [scores.tolist() for scores in dense.scores(row[0], "zh")] == [[0.0], [0.0]]


def test_what_is_written_is_read(hashed: Encoder) -> None:
    of = languages(4, 3)
    dense = Dense.build(hashed, (some(7, 1), of), (some(7, 2), of))
    files = dict(dense.files())
    again = Dense.read(files)
    assert again.sizes == dense.sizes
    np.testing.assert_array_equal(again.query_centres, dense.query_centres)
    for language in ("zh", "en"):
        for one, other in zip(
            dense.scores(some(1, 3)[0], language), again.scores(some(1, 3)[0], language), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_vectors_of_another_kind_are_none(hashed: Encoder) -> None:
    of = languages(4, 3)
    files = dict(Dense.build(hashed, (some(7, 1), of), (some(7, 2), of)).files())
    for name, array in (
        ("sentence-vector-rows.npy", some(7, 1).astype(np.float64)),
        ("sentence-vector-rows.npy", some(7, 1)[0]),
        ("paragraph-vector-rows.npy", some(7, 1)[:, :5]),
        ("centres.npy", some(3, 1)),
        ("centres.npy", np.float32(1)),
    ):
        with pytest.raises(ValueError, match="of another kind or length"):
            Dense.read({**files, name: np.asarray(array)})

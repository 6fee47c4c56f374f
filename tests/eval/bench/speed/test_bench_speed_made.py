"""What `bench speed` is measured on: the same each time, of the form of real text, with right answers to it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from eval.bench.speed import documents, reference, synthetic
from eval.bench.speed.clustered import Clustered
from index import chunks, settings
from index.store.part import Name, read_document
from index.text.tokens import Tokenizer

SIZE = 3_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("made"))


def written(folder: Path, seed: int = 0) -> Path:
    synthetic.write_terms(folder, SIZE, seed, 20)
    synthetic.write_vectors(folder, SIZE, seed, 20)
    documents.write_questions(folder, SIZE, seed, 20)
    return folder


def test_the_same_each_time_and_another_by_another_seed(data: Path, tmp_path: Path) -> None:
    for name, seed in (("again", 0), ("other", 1)):
        (tmp_path / name).mkdir()
        written(tmp_path / name, seed)
    files = {path.name: path.read_bytes() for path in data.iterdir()}
    assert len(files) == 6
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == files
    assert all(path.read_bytes() != files[path.name] for path in (tmp_path / "other").iterdir())


def test_terms_follow_zipf(data: Path) -> None:
    ids, starts = np.load(data / synthetic.IDS), np.load(data / synthetic.STARTS)
    lengths = np.diff(starts)
    assert ids.dtype == np.int32
    assert (len(lengths), starts[0], starts[-1]) == (SIZE, 0, len(ids))
    assert lengths.min() >= 1
    assert lengths.mean() == pytest.approx(synthetic.LENGTH, rel=0.02)
    counts = np.bincount(ids)
    ranks = np.arange(100)
    expected = 1 / (ranks + 1 + synthetic.SHIFT)
    shares = counts[:100] / counts[:100].sum()
    assert np.abs(shares / (expected / expected.sum()) - 1).max() < 0.25
    assert len(counts) <= synthetic.vocabulary(SIZE)
    assert synthetic.vocabulary(100 * SIZE) == pytest.approx(10 * synthetic.vocabulary(SIZE), rel=0.05)
    held = np.count_nonzero(np.bincount(np.repeat(np.arange(SIZE), lengths)[ids == 0], minlength=SIZE))
    assert held > SIZE / 3, "the most frequent term stands in a large part of the chunks, as a function word does"


def test_questions_have_words_of_a_chunk(data: Path) -> None:
    ids, starts = np.load(data / synthetic.IDS), np.load(data / synthetic.STARTS)
    rows = synthetic.rows_asked(SIZE, 0, 20)
    questions = synthetic.question_terms(data)
    assert len(questions) == 20
    for row, terms in zip(rows, questions, strict=True):
        assert synthetic.TERMS_MIN <= len(terms) == len(set(terms)) <= synthetic.TERMS_MAX
        assert set(terms) <= set(ids[starts[row] : starts[row + 1]].tolist())
    assert any(min(terms) < 10 for terms in questions), "frequent words too"


def test_vectors_lie_in_clusters(data: Path) -> None:
    vectors, asked = np.load(data / synthetic.VECTORS), np.load(data / synthetic.ASKED)
    assert (vectors.shape, vectors.dtype) == ((SIZE, synthetic.DIM), np.float32)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5
    cosines = np.sort(vectors[:50] @ vectors.T, axis=1)[:, ::-1]
    assert 0.6 < np.median(cosines[:, 40]) < 0.8, "some hundred share a cluster"
    assert np.median(cosines[:, 400]) < 0.3
    rows = synthetic.rows_asked(SIZE, 0, 20)
    assert np.all(np.einsum("ij,ij->i", asked, vectors[rows]) > 0.75)
    assert [found[0] for found in reference.nearest(vectors, asked)] == rows.tolist()


@given(size=st.integers(100, 400), block=st.integers(7, 90), seed=st.integers(0, 5))
def test_blocks_are_all_of_it(size: int, block: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "BLOCK", block)
        bags = list(synthetic.bags(size, seed))
        rows = list(synthetic.rows(size, seed))
    assert sum(len(lengths) for _, lengths in bags) == sum(map(len, rows)) == size
    assert all(len(ids) == lengths.sum() for ids, lengths in bags)
    assert max(int(ids.max()) for ids, _ in bags) < synthetic.vocabulary(size)


def test_bm25_by_its_formula_is_that_of_rank_bm25(data: Path) -> None:
    ids, starts = np.load(data / synthetic.IDS), np.load(data / synthetic.STARTS)
    bags = [part.tolist() for part in np.split(ids, starts[1:-1])]
    model = BM25Plus(bags, k1=settings.BM25_K1, b=settings.BM25_B)
    for terms in synthetic.question_terms(data)[:3]:
        theirs = model.get_scores(terms) - sum(model.idf[term] * model.delta for term in terms)
        assert np.abs(reference.bm25(ids, starts, terms) - theirs).max() < 1e-9


def test_bm25_by_hand() -> None:
    # three chunks: a b, a a, c; the mean length is 5 / 3
    ids, starts = np.array([0, 1, 0, 0, 2], np.int32), np.array([0, 2, 4, 5])
    norm = 1.2 * (0.7 + 0.3 * 2 / (5 / 3))
    found = reference.bm25(ids, starts, [0, 0, 7])
    assert found == pytest.approx([np.log(4 / 2) * 2.2 / (norm + 1), np.log(4 / 2) * 2 * 2.2 / (norm + 2), 0])


def test_recall_by_hand() -> None:
    assert reference.recall([[1, 2], [3, 4]], [[1, 2], [4, 5], [6, 7]]) == 0.75


def test_nearest_breaks_ties_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "_ROWS", 3)
    rows = np.eye(4, dtype=np.float32)[[1, 0, 2, 0, 3, 0]]
    assert reference.nearest(rows, np.eye(4, dtype=np.float32)[:1])[0][:4] == [1, 3, 5, 0]


def test_words_are_spelt_apart() -> None:
    words = [documents.spelt(term) for term in [*range(8_000), 100_000, 600_000, 2_000_000]]
    assert words[0] == "babak"
    assert [len(word) for word in words] == sorted(map(len, words)), "a rarer word is no shorter"
    found = [Tokenizer().terms(word) for word in words[::37]]
    assert all(len(terms) == 1 for terms in found)
    assert len({terms[0] for terms in found}) == len(found)


def test_documents_are_what_an_index_is_made_of(data: Path) -> None:
    encoder = Clustered(documents.clusters(900), 0)
    made = list(documents.made(900, 0, encoder, 128))
    assert [len(one.sentences) for one, _ in made] == [200, 200, 200, 200, 100]
    assert len({one.document.id for one, _ in made}) == 5
    ids, lengths = next(iter(synthetic.bags(900, 0)))
    firsts = [documents.spelt(term) for term in ids[: lengths[0]]]
    for one, extract in made:
        rows, paragraphs = chunks.rows([one.document])
        assert (len(rows), len(paragraphs)) == (len(one.sentences), len(one.paragraphs))
        assert len(one.late) == len(rows)
        assert one.document.source == extract.text
        assert all(row.text[0].isupper() and row.text.endswith(".") for row in rows)
    assert Tokenizer().terms(chunks.rows([made[0][0].document])[0][0].text) == Tokenizer().terms(" ".join(firsts))
    one, extract = made[-1]
    name = Name(one.document.id, one.document.file, one.document.title, one.document.sha256)
    assert read_document(dict(one.files(extract)), name) == one.document


def test_a_question_lies_near_the_sentence_that_it_is_of(data: Path) -> None:
    encoder = Clustered(30, 0)
    asked = documents.rows_asked(data)
    assert asked == synthetic.rows_asked(SIZE, 0, 20).tolist()
    texts = [row.text for one, _ in documents.made(SIZE, 0, encoder, 8) for row in chunks.rows([one.document])[0]]
    assert len(texts) == SIZE
    questions = [entry["text"] for entry in json.loads((data / documents.QUESTIONS).read_text())]
    for row, question in zip(asked, questions, strict=True):
        assert set(question.rstrip("?").split()) <= set(texts[row].lower().rstrip(".").split())
    cosines = np.einsum("ij,ij->i", encoder.queries(questions), encoder.passages([texts[row] for row in asked]))
    assert np.median(cosines) > 0.5
    assert encoder.passages([]).shape == (0, encoder.dim)

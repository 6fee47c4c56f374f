"""What every engine keeps to, on the embedded one and on a Milvus: scores, the best, totals, and all the answers.

With `MILVUS_URI` set the Milvus is that cluster, else a `milvus-lite server`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hashed import Hashed, small_dictionary
from milvus_served import Served
from rank_bm25 import BM25Plus
from written import write

from index import opening, settings
from index.dense import encoder as encoders
from index.engine.engine import DENSE, DENSE_PARAGRAPH, LEXICAL, LEXICAL_PARAGRAPH, Scoring
from index.lexical import glossary
from index.library import Library
from index.shelf import Shelf
from qa.answering.answer import ask
from qa.answering.question import Question
from qa.answering.retrieve import retrieve
from qa.answering.scope import Scope
from qa.record import answer_record

pytestmark = pytest.mark.slow

PAPERS = 30
# Of more sentences than this, the library counts as a large one where a test says so.
FEW = 50
QUESTIONS = (
    "红藻的产量是多少？",
    "冬季水温降低后海藻停止生长吗？",
    "What is the yield of kelp in spring?",
    "CAR-T 细胞",
    "谁？",
    "各处所说相同",
)
LEGS = (LEXICAL, LEXICAL_PARAGRAPH, DENSE, DENSE_PARAGRAPH)


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        real = encoders.load
        patch.setattr(glossary, "cedict", small_dictionary)
        patch.setattr(encoders, "load", lambda name: Hashed() if name == "hashed" else real(name))
        yield patch


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, patched: pytest.MonkeyPatch, served: Served) -> dict[str, Path]:
    """The same papers twice, in a folder and on the server; in the folder with all that a large library keeps."""
    place = tmp_path_factory.mktemp("contract")
    write(place / "papers", PAPERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SCORED_WHOLE", FEW)
        for name, engine in (("embedded", None), ("milvus", {"name": "milvus", "uri": served.uri})):
            report = Shelf(place / name, None, "hashed", engine=engine).add([place / "papers"])
            assert len(report.of("added")) == PAPERS
    return {name: place / name for name in ("embedded", "milvus")}


@pytest.fixture(scope="module", params=[settings.SCORED_WHOLE, FEW], ids=["whole", "pool"])
def large(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the library counts as one of which not every row is scored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SCORED_WHOLE", request.param)
        yield request.param == FEW


@pytest.fixture(scope="module", params=["embedded", "milvus"])
def library(request: pytest.FixtureRequest, folders: dict[str, Path], large: bool) -> Library:
    return opening.read(folders[request.param])


@pytest.fixture(scope="module")
def both(folders: dict[str, Path], large: bool) -> tuple[Library, Library]:
    return opening.read(folders["embedded"]), opening.read(folders["milvus"])


def put(library: Library, text: str) -> Scoring:
    question = Question.read(text)
    vector = library.encoder.queries([question.text])[0]
    return library.engine.ask(library.tokenizer.terms(question.text), vector, question.language)


def by_hand(library: Library, text: str) -> dict[str, np.ndarray]:
    """The words' scores of every sentence, by rank_bm25 over the terms that the library says it has."""
    asked = list(dict.fromkeys(library.tokenizer.terms(Question.read(text).text)))
    found = []
    for count, terms in (
        (len(library.rows), library.terms.sentence),
        (len(library.paragraphs), library.terms.paragraph),
    ):
        chunks = [terms(row) for row in range(count)]
        model = BM25Plus(chunks, k1=settings.BM25_K1, b=settings.BM25_B, delta=0)
        found.append(model.get_scores(asked))
    of = np.array([row.paragraph_row for row in library.rows])
    return {LEXICAL: found[0], LEXICAL_PARAGRAPH: found[1][of]}


def test_there_is_enough_to_find(library: Library) -> None:
    assert len(library.rows) > 800
    assert len(library.paragraphs) > 150
    assert library.engine.sizes == (len(library.rows), len(library.paragraphs))
    library.engine.check()


@pytest.mark.parametrize("text", QUESTIONS)
def test_words_are_scored_by_the_formula(library: Library, text: str) -> None:
    scores = put(library, text).scores()
    for leg, wanted in by_hand(library, text).items():
        np.testing.assert_allclose(scores[leg], wanted, atol=1.1e-6)


@pytest.mark.parametrize("text", QUESTIONS)
def test_some_rows_score_as_all_do(library: Library, text: str) -> None:
    everything = put(library, text).scores()
    rows = np.arange(3, len(library.rows), 17)
    some = put(library, text).scores(rows)
    assert list(some) == list(LEGS)
    for leg in LEGS:
        np.testing.assert_array_equal(some[leg], everything[leg][rows])


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize("asked", ["all", "documents", "zh", "en", "both"])
def test_the_best_are_found(library: Library, text: str, asked: str) -> None:
    scope = {
        "all": Scope(),
        "documents": Scope(frozenset(one.id for one in library.listed[3:9])),
        "zh": Scope(None, "zh"),
        "en": Scope(None, "en"),
        "both": Scope(frozenset(one.id for one in library.listed[1:6]), "en"),
    }[asked]
    within = scope.within(library)
    question, counts = put(library, text), (20, 7)
    scores = question.scores()
    of = np.array([row.paragraph_row for row in library.rows])
    firsts = np.unique(of, return_index=True)[1]
    allowed = np.ones(len(of), bool) if within is None else within.mask(len(of))
    around = np.logical_or.reduceat(allowed, firsts)
    sentences, paragraphs = question.best(counts, within)
    missed: list[int] = []
    for found, count, keep, legs, rows in (
        (sentences, counts[0], allowed, (LEXICAL, DENSE), np.arange(len(of))),
        (paragraphs, counts[1], around, (LEXICAL_PARAGRAPH, DENSE_PARAGRAPH), firsts),
    ):
        best = {}
        for leg in legs:
            own = np.where(keep, scores[leg][rows], -np.inf)
            order = np.lexsort((np.arange(len(own)), -own))[:count]
            least = 0.0 if leg.startswith(LEXICAL) else -np.inf
            best[leg] = set(order[own[order] > least].tolist())
        words, vectors = best[legs[0]], best[legs[1]]
        assert words <= set(found.tolist()), "the best by words are all found"
        assert list(found) == sorted(set(found.tolist()))
        assert len(found) <= len(words) + count
        assert keep[found].all()
        missed += vectors - set(found.tolist())
    assert len(missed) <= (0 if library.engine.kinds == ("flat", "flat") else 1), "a graph may miss one"


@pytest.mark.parametrize("text", QUESTIONS)
def test_totals_are_those_of_all_scores(library: Library, large: bool, text: str) -> None:
    question, chinese = put(library, text), library.chinese
    if not large:  # what they are summed up from is kept by large libraries
        return
    scores, totals = question.scores(), question.totals()
    assert set(totals) == set(LEGS)
    for leg in LEGS:
        for found, of in zip(totals[leg], (True, False), strict=True):
            own = scores[leg][chinese == of]
            assert found.count == len(own)
            assert found.sum == pytest.approx(own.sum(), abs=0.01)
            assert found.squares == pytest.approx((own**2).sum(), rel=1e-4, abs=0.01)


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize("scope", [Scope(), Scope(None, "en"), Scope(frozenset({"paper-1", "paper-2"}))])
def test_the_same_ids_in_the_same_order(both: tuple[Library, Library], text: str, scope: Scope) -> None:
    one, other = (retrieve(library, Question.read(text), scope)[:60] for library in both)
    assert len(one) == 60
    assert [(c.row, c.score, c.legs) for c in one] == [(c.row, c.score, c.legs) for c in other]


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_same_answers(both: tuple[Library, Library], text: str) -> None:
    embedded, milvus = (answer_record(ask(library, text)) for library in both)
    assert {**embedded, "index": ""} == {**milvus, "index": ""}


def test_terms_and_weights_are_the_same(both: tuple[Library, Library]) -> None:
    embedded, milvus = both
    assert list(embedded.vocabulary) == list(milvus.vocabulary)
    assert [embedded.idf(term) for term in embedded.vocabulary] == [milvus.idf(term) for term in milvus.vocabulary]
    assert embedded.idf("nowhere") == milvus.idf("nowhere")
    rows = range(0, len(embedded.rows), 37)
    assert [*map(embedded.terms.sentence, rows)] == [*map(milvus.terms.sentence, rows)]

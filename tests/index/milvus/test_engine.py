"""An index on a server that was made of the same documents says what the embedded one says, to the last bit."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from few_papers import QUESTIONS, dictionary, legs, pools, write
from hashed import Hashed
from in_memory import ENGINE, URI, StandIn, standing

from index import opening, settings
from index.build import build
from index.dense import encoder as encoders
from index.engine.engine import DENSE, LEXICAL, LEXICAL_PARAGRAPH
from index.errors import IndexDamaged, IndexStale
from index.lexical import glossary
from index.library import Library
from index.milvus.engine import Milvus
from index.shelf import Shelf
from qa.answering.question import Question
from qa.answering.retrieve import retrieve
from qa.answering.scope import Scope

SCOPES = {
    "all": Scope(),
    "zh": Scope(language="zh"),
    "en": Scope(language="en"),
    "two": Scope(frozenset({"kelp", "tea"})),
    "one-zh": Scope(frozenset({"kelp", "seaweed"}), "zh"),
    "none": Scope(frozenset({"coffee"}), "zh"),
}


@pytest.fixture(scope="module", params=["whole", "pooled"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Library]]:
    """The embedded one and the one on a server; of so few sentences that all are scored, or else of too many."""
    folder = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "load", lambda name: Hashed())
        patch.setattr(glossary, "cedict", dictionary)
        standing(patch)
        if request.param == "pooled":
            patch.setattr(settings, "SCORED_WHOLE", 10)
            patch.setattr(settings, "POOL_SENTENCES", 4)
            patch.setattr(settings, "POOL_PARAGRAPHS", 2)
            patch.setattr(settings, "COMPARED_MORE", 3)
        Shelf(folder / "embedded", None, "hashed").add([write(folder / "papers")])
        shutil.copytree(folder / "embedded", folder / "served")
        build(None, folder / "served", "hashed", engine=ENGINE)
        yield opening.read(folder / "embedded"), opening.read(folder / "served")


@pytest.fixture
def served(both: tuple[Library, Library]) -> Milvus:
    engine = both[1].engine
    assert isinstance(engine, Milvus)
    return engine


@pytest.fixture
def server(served: Milvus) -> StandIn:
    found = served.collection.server
    assert isinstance(found, StandIn)
    return found


def test_every_sentence_is_scored_alike(both: tuple[Library, Library]) -> None:
    embedded, served = map(legs, both)
    assert list(served) == list(embedded)


def test_some_sentences_are_scored_alike(both: tuple[Library, Library]) -> None:
    rows = np.array([0, 3, 4, 11])
    for question in QUESTIONS:
        embedded, served = (library.legs(*question, rows) for library in both)
        assert {n: s.tolist() for n, s in served.items()} == {n: s.tolist() for n, s in embedded.items()}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_what_is_found_is_the_same(both: tuple[Library, Library], scope: Scope) -> None:
    for text, _ in QUESTIONS:
        question = Question.read(text)
        embedded, served = (list(retrieve(library, question, scope)) for library in both)
        assert [(one.row, one.score, one.legs) for one in served] == [
            (one.row, one.score, one.legs) for one in embedded
        ]


@pytest.mark.parametrize("both", ["pooled"], indirect=True)
@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_pools_are_the_same(both: tuple[Library, Library], scope: Scope) -> None:
    embedded, served = (list(pools(library, scope.within(library))) for library in both)
    assert served == embedded
    if scope == Scope():
        assert any(len(rows) < len(both[0].rows) for rows, *_ in served)


def test_terms_and_their_weights_are_the_same(both: tuple[Library, Library]) -> None:
    embedded, served = both
    assert list(served.vocabulary) == list(embedded.vocabulary)
    assert [served.idf(term) for term in [*embedded.vocabulary, "?"]] == [
        embedded.idf(term) for term in [*embedded.vocabulary, "?"]
    ]
    for row in range(len(embedded.rows)):
        assert served.terms.sentence(row) == embedded.terms.sentence(row)
    for row in range(len(embedded.paragraphs)):
        assert served.terms.paragraph(row) == embedded.terms.paragraph(row)
    assert served.engine.sizes == embedded.engine.sizes
    assert (served.engine.memory, served.engine.kinds) == (0, ("hnsw", "hnsw"))


@pytest.mark.parametrize("both", ["whole"], indirect=True)
def test_a_small_library_is_fetched_once(both: tuple[Library, Library], server: StandIn) -> None:
    list(legs(both[1]))
    server.calls.clear()
    list(legs(both[1]))
    assert server.calls == []


@pytest.mark.parametrize("both", ["pooled"], indirect=True)
@pytest.mark.parametrize("share", [0.5, 0.7])
def test_totals_are_near_where_some_are_looked_at(
    both: tuple[Library, Library], served: Milvus, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts and sums are exact to the steps of weights; of the squares, what two terms add together is guessed."""
    monkeypatch.setattr(settings, "MILVUS_SAMPLE", int(share * len(both[0].rows)))
    served.__dict__.pop("sample", None)
    guessed, squares, alone = 0.0, 0.0, 0.0
    for text, language in QUESTIONS:
        terms, vector = both[0].tokenizer.terms(text), both[0].encoder.queries([text])[0]
        exact = both[0].engine.ask(terms, vector, language).totals()
        found = served.ask(terms, vector, language).totals()
        assert found[DENSE] == exact[DENSE]
        for leg in (LEXICAL, LEXICAL_PARAGRAPH):
            for one, other, least in zip(found[leg], exact[leg], by_themselves(served, leg, terms), strict=True):
                assert one.count == other.count
                assert one.sum == pytest.approx(other.sum, rel=1e-4)
                assert one.squares >= least * (1 - 1e-4)
                guessed, squares, alone = guessed + one.squares, squares + other.squares, alone + least
    served.__dict__.pop("sample")
    assert alone < 0.8 * squares
    assert abs(guessed - squares) < 0.2 * (squares - alone)


def by_themselves(served: Milvus, leg: str, terms: list[str]) -> tuple[float, float]:
    """The sums of the squares of what each term adds by itself, Chinese and not."""
    level = int(leg == LEXICAL_PARAGRAPH)
    counts, weights = served.statistics.counts[level], served.statistics.weights(level, terms)
    found = [sum(idf**2 * int(counts.squares[dim, column]) for dim, idf in weights) / 2**32 for column in (0, 1)]
    return found[0], found[1]


@pytest.mark.parametrize(
    ("act", "error", "said"),
    [
        pytest.param(lambda t: t.rows.pop(next(iter(t.rows))), IndexStale, "was made by something else", id="no stamp"),
        pytest.param(
            lambda t: t.rows["stamp"].update(part="format 1, encoder other, dimension 12, frame 0"),
            IndexStale,
            "was made by format 1, encoder other",
            id="another stamp",
        ),
        pytest.param(lambda t: t.fields.pop("part"), IndexStale, "was made by something else", id="other fields"),
        pytest.param(lambda t: t.rows.popitem(), IndexDamaged, "rows, expected", id="a row less"),
        pytest.param(None, IndexDamaged, "is not there", id="no collection"),
    ],
)
def test_another_collection_is_no_answer(
    both: tuple[Library, Library], server: StandIn, act: object, error: type[Exception], said: str
) -> None:
    before = copy.deepcopy(server.tables)
    served = both[1].engine
    assert isinstance(served, Milvus)
    served._checked = False
    try:
        if act is None:
            server.tables.clear()
        else:
            act(server.table)  # type: ignore[operator]
        with pytest.raises(error, match=said) as caught:
            both[1].legs(*QUESTIONS[0])
        assert "; run `yinzheng index build --index " in str(caught.value)
        assert URI in str(caught.value)
    finally:
        server.tables.clear()
        server.tables.update(before)
    served.check()
    both[1].legs(*QUESTIONS[0])


def test_more_rows_than_ours_are_no_harm(both: tuple[Library, Library], server: StandIn) -> None:
    """Of a document that is being added, or was removed: they are passed over, and as many of ours are found."""
    before = copy.deepcopy(server.tables)
    expected = list(pools(both[1])) if len(both[0].rows) > settings.SCORED_WHOLE else list(legs(both[1]))
    try:
        rows = server.table.rows
        for number, row in enumerate([*rows.values()]):
            if row["level"] >= 0:
                for twin in range(3):
                    part = f"{twin:01x}{number:031x}"
                    id = f"{part}{'sp'[row['level']]}0"
                    rows[id] = {**row, "id": id, "part": part}
        both[1].engine.check()
        found = list(pools(both[1])) if len(both[0].rows) > settings.SCORED_WHOLE else list(legs(both[1]))
        assert found == expected
    finally:
        server.tables.clear()
        server.tables.update(before)

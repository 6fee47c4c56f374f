"""Ranks of the evidence at every stage: by hand, with ties, and in the review's own retrieval."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from eval.questions.dataset import Alternative, Item
from eval.questions.labels import Labels
from eval.run import stages
from eval.run.stages import ABLATIONS, FUSED, LEGS, READ, STAGES, Ranks
from index.library import Library
from qa import settings
from qa.answering.answer import ask, decide, find
from qa.answering.question import Question
from qa.answering.reading import read
from qa.answering.retrieve import Candidate, fuse, retrieve


def item(*evidence: tuple[Alternative, ...]) -> Item:
    return Item("x-1", "zh", "number", "q", bool(evidence), evidence)


@pytest.fixture
def labels(made: Any) -> Labels:
    """Rows 0 and 1 are paragraph 1-P1, 2 is 1-P2, 3 and 4 are 2-P1; the paragraphs are rows 0 to 2."""
    return Labels(
        made.library(made.document("d", {"1-P1": ["甲子", "乙丑"], "1-P2": ["丙寅"], "2-P1": ["丁卯", "戊辰乙丑"]}))
    )


CHINESE = SimpleNamespace(language="zh")


def candidates(scores: dict[str, list[float]], fused: list[float]) -> list[Candidate]:
    """Every row with its scores by leg, best fused first; a leg that is not given says nothing."""
    of = [0, 0, 1, 2, 2]
    made: list[Any] = []
    for row in range(5):
        legs = {leg: scores.get(leg, [0.0] * 5)[row] for leg in LEGS}
        made.append(Candidate(row, SimpleNamespace(paragraph_row=of[row], paragraph=CHINESE), fused[row], legs))  # type: ignore[arg-type]
    return sorted(made, key=lambda candidate: -candidate.score)


A, B, C = Alternative("1-P1", "乙丑"), Alternative("2-P1", "丁卯"), Alternative("2-P1", "乙丑")


@pytest.mark.parametrize(
    ("evidence", "sentence", "paragraphs"),
    [
        pytest.param([(A,)], 4, {"d:1-P1": 3}, id="one"),
        pytest.param([(A, B)], 3, {"d:1-P1": 3, "d:2-P1": 1}, id="the better of two places"),
        pytest.param([(A,), (B,)], 4, {"d:1-P1": 3, "d:2-P1": 1}, id="the worse of two parts"),
        pytest.param([(B,), (C,)], 3, {"d:2-P1": 1}, id="two parts in one paragraph"),
        pytest.param([(Alternative("1-P1", "丁卯"),)], None, {"d:1-P1": 3}, id="orphaned text"),
        pytest.param([(A,), (Alternative("9-P9", "丁卯"),)], None, {"d:1-P1": 3}, id="one part orphaned"),
        pytest.param([(A, Alternative("9-P9", "丁卯"))], 4, {"d:1-P1": 3}, id="one place orphaned"),
        pytest.param([], None, {}, id="unanswerable"),
    ],
)
def test_by_hand(
    labels: Labels, evidence: list[tuple[Alternative, ...]], sentence: int | None, paragraphs: dict[str, int]
) -> None:
    # rows in the order of this leg: 4, 2, 3, 1, 0; paragraphs 2-P1, 1-P2, 1-P1
    ranked = candidates({"dense": [0.1, 0.2, 0.8, 0.3, 0.9]}, [5, 4, 3, 2, 1])
    found = stages.ranks(item(*evidence), ranked, [], labels)["dense"]
    assert found == Ranks(sentence, paragraphs, ("d:2-P1", "d:1-P2", "d:1-P1"))


def test_ties_keep_the_order_of_the_library(labels: Labels) -> None:
    ranked = candidates({"lexical": [0, 1, 0, 1, 0]}, [0, 0, 0, 0, 1])
    found = stages.ranks(item((B,)), ranked, [], labels)
    assert found["lexical"] == Ranks(2, {"d:2-P1": 2}, ("d:1-P1", "d:2-P1", "d:1-P2"))
    assert found["late"] == Ranks(4, {"d:2-P1": 3}, ("d:1-P1", "d:1-P2", "d:2-P1"))
    assert found[FUSED] == Ranks(5, {"d:2-P1": 1}, ("d:2-P1", "d:1-P1", "d:1-P2"))


def test_ablations_fuse_their_legs_alone(labels: Labels) -> None:
    ranked = candidates(
        {"lexical": [1, 0, 0, 0, 0], "lexical_paragraph": [0, 0, 0, 0, 2], "dense": [0, 0, 9, 0, 0]}, [0, 0, 1, 0, 0]
    )
    found = stages.ranks(item((Alternative("1-P1", "甲子"),)), ranked, [], labels)
    # z-scores of a single one in five are 2 and -0.5 whatever its size: 0.5 * 2 is more than 0.3 * 2
    assert found["lexical only"] == Ranks(1, {"d:1-P1": 1}, ())
    assert found["embeddings only"] == Ranks(2, {"d:1-P1": 2}, ())
    assert found["late interaction only"] == Ranks(1, {"d:1-P1": 1}, ())


def test_what_was_read_stands_before_what_was_not(labels: Labels) -> None:
    ranked = candidates({}, [5, 4, 3, 2, 1])
    found = stages.ranks(item((B,)), ranked, [ranked[3], ranked[1]], labels)
    assert found[READ] == Ranks(1, {"d:2-P1": 1}, ("d:2-P1", "d:1-P1", "d:1-P2"))
    assert stages.ranks(item((B,)), ranked, [], labels)[READ] == found[FUSED]


def test_nothing_ranked(labels: Labels) -> None:
    assert stages.ranks(item((A,)), [], [], labels) == {}


def test_only_the_best_paragraphs_are_kept(labels: Labels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages.settings, "DEPTH", 2)
    found = stages.ranks(item((A,)), candidates({}, [0, 0, 0, 0, 1]), [], labels)[FUSED]
    assert found == Ranks(3, {"d:1-P1": 2}, ("d:2-P1", "d:1-P1"))


WHO = "CAAR-NK 细胞是谁构建的？"


def test_in_the_review(library: Library) -> None:
    question = Question.read(WHO)
    ranked = retrieve(library, question)
    read_ones = read(library, question, ranked).found
    found = stages.ranks(item((Alternative("4-P2", "Meng等"),)), ranked, read_ones, Labels(library))
    assert set(found) == {*STAGES, *ABLATIONS}
    first = next(n for n, candidate in enumerate(ranked, start=1) if "Meng等" in candidate.sentence.text)
    assert found[FUSED].sentence == first
    after = next(n for n, candidate in enumerate(read_ones, start=1) if "Meng等" in candidate.sentence.text)
    assert found[READ].sentence == after
    gold = "sle-cell-therapy:4-P2"
    for stage in STAGES:
        assert len(found[stage].top) == len(set(found[stage].top)) == 10
        rank = found[stage].paragraphs[gold]
        assert found[stage].top[rank - 1 : rank] == ((gold,) if rank <= 10 else ())
    # a paragraph leg gives all sentences of a paragraph one score
    scores = library.legs(question.text, question.language)["dense_paragraph"]
    best = library.rows[int(np.argmax(scores))].paragraph.id
    assert found["dense_paragraph"].top[0] == f"sle-cell-therapy:{best}"


def test_fusing_all_legs_is_what_answers_are_made_from(library: Library) -> None:
    question = Question.read(WHO)
    legs = library.legs(question.text, question.language)
    foreign = np.array([row.paragraph.language != question.language for row in library.rows])
    fused = fuse(legs, settings.WEIGHTS, foreign)
    assert {candidate.row: candidate.score for candidate in retrieve(library, question)} == dict(enumerate(fused))


def test_fuse_by_hand() -> None:
    legs = {"a": np.array([1.0, 0.0, -1.0]), "b": np.array([0.0, 0.0, 9.0]), "c": np.array([5.0, 5.0, 5.0])}
    one, two = 1.224745, 1.414214  # of 1, 0, -1 and of 0, 0, 9: z-scores
    assert fuse(legs, {"a": 1.0}).tolist() == [one, 0.0, -one]
    assert fuse(legs, {"b": 2.0}) == pytest.approx([-two, -two, 2 * two], abs=2e-6)
    assert fuse(legs, {"a": 1.0, "b": 1.0}) == pytest.approx([one - two / 2, -two / 2, two - one], abs=2e-6)
    assert fuse(legs, {"a": 1.0, "c": 7.0}).tolist() == fuse(legs, {"a": 1.0}).tolist()


@pytest.mark.parametrize("text", [WHO, "个人所得税怎么申报？", "你好", "", "长" * 3000, "What is HSCT?"], ids=ascii)
def test_deciding_over_candidates_is_answering(library: Library, text: str) -> None:
    question = Question.read(text)
    assert decide(library, question, find(library, question)) == ask(library, text)

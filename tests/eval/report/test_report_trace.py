"""What a trace says of an answer: at which stop it was lost, and in whose favour a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eval.gate.compare import compare
from eval.report.change import changes
from eval.report.trace import losses, ordinal, ranks, trace, traces
from eval.run.outcome import Part
from eval.run.stages import STAGES, Ranks

if TYPE_CHECKING:
    from eval.run.record import Run


SETTINGS = {"CONFIDENCE_MIN": 0.45}


def sentence(**by_leg: int) -> dict[str, int]:
    return {**dict.fromkeys(STAGES, 40), **by_leg}


@pytest.mark.parametrize(
    ("changes", "stop", "words"),
    [
        pytest.param(
            {"rank": sentence(late=14, fused=20), "hit": None},
            "retrieval",
            "no leg ranks it in the first 10 (best: late, 14), 20th after fusion",
            id="no leg",
        ),
        pytest.param(
            {"rank": sentence(late=14, lexical_paragraph=1, fused=12), "hit": None},
            "retrieval",
            "no leg ranks it in the first 10 (best: late, 14), though lexical paragraph has its paragraph first, "
            "12th after fusion",
            id="the paragraph only",
        ),
        pytest.param(
            {"rank": sentence(late=2, fused=14), "hit": None},
            "fusion",
            "found by late (2), lost in fusion (14)",
            id="fusion",
        ),
        pytest.param(
            {"rank": sentence(dense=3, fused=3), "hit": 3},
            "retrieval",
            "no leg ranks it first (best: dense, 3), 3rd after fusion; shown below the first quote",
            id="shown below",
        ),
        pytest.param(
            {"rank": 1, "hit": None}, "quotes", "ranked 1st after reading, lost in choosing quotes", id="quotes"
        ),
        pytest.param(
            {"rank": sentence(fused=1, read=2), "hit": 2},
            "reading",
            "ranked 1st after fusion, 2nd after reading; shown below the first quote",
            id="reading",
        ),
        pytest.param(
            {"rank": 1, "answered": False, "confidence": 0.41},
            "refusal",
            "ranked 1st after reading, refused at 0.41 (threshold 0.45)",
            id="refused",
        ),
        pytest.param(
            {"rank": sentence(dense=2, fused=4), "answered": False, "hit": None},
            "fusion",
            "found by dense (2), lost in fusion (4); refused at 0.10 (threshold 0.45)",
            id="lost before it was refused",
        ),
        pytest.param(
            {"answerable": False, "answered": True},
            "refusal",
            "nothing answers it, yet answered at 0.90 (threshold 0.45)",
            id="answered without any",
        ),
        pytest.param(
            {"ranks": {}, "answered": False, "hit": None},
            "question",
            "taken for no question, so nothing was ranked",
            id="no question",
        ),
        pytest.param(
            {"evidence": ((Part("doc:9-P9", "甲", False, ("doc:1-P1",)),),), "hit": None},
            "labels",
            "its evidence no longer stands where the label says; it stands in doc:1-P1",
            id="orphaned",
        ),
    ],
)
def test_where_an_answer_got_lost(made: Any, changes: dict[str, Any], stop: str, words: str) -> None:
    found = trace(made.outcome("zh-1", **changes), SETTINGS)
    assert (found.stop, found.words) == (stop, words)


def test_the_rank_of_several_parts_is_that_of_the_last(made: Any) -> None:
    one, two, other = (Part(f"doc:{name}", "甲", True) for name in ("1-P1", "1-P2", "2-P1"))
    found = Ranks(5, {"doc:1-P1": 1, "doc:1-P2": 7, "doc:2-P1": 3}, ())
    outcome = made.outcome(evidence=((one,), (two, other)), ranks={"dense": found, "dense_paragraph": found})
    assert outcome.rank("dense") == 5
    assert outcome.rank("dense_paragraph") == 3
    assert outcome.rank("late") is None
    assert made.outcome(answerable=False).rank("dense_paragraph") is None


def test_the_table_of_ranks(made: Any) -> None:
    table = ranks(made.outcome(rank={"dense": 4, "dense_paragraph": 2}))
    assert table.columns == ("stage", "sentence", "1-P1")
    assert [row[0] for row in table.rows] == [stage.replace("_", " ") for stage in STAGES]
    assert {row[0]: row[1:] for row in table.rows}["dense"] == ("4", "4")
    assert {row[0]: row[1:] for row in table.rows}["dense paragraph"] == ("–", "2")
    assert ranks(made.outcome(answerable=False)).rows == ()
    assert ranks(made.outcome(ranks={})).rows == ()


def test_every_wrong_answer_is_traced_once(verdicts: Run) -> None:
    found = traces(verdicts)
    assert [t.outcome.id for t in found] == ["zh-6", "en-6", "zh-3", "en-3", "zh-4", "en-4", "zh-2", "en-2"]
    counts = {row[0]: row[2:] for row in losses(verdicts).rows}
    assert counts["refusal"] == ("2", "2", "4")
    assert sum(int(count[-1]) for count in counts.values()) == len(found)


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th",
    ]  # fmt: skip


def test_changes_by_direction(made: Any) -> None:
    before = [made.outcome("zh-1"), made.outcome("zh-2", hit=None), made.outcome("zh-3", answerable=False)]
    after = [
        made.outcome("zh-1", hit=3),
        made.outcome("zh-2", answered=False, hit=None),
        made.outcome("zh-3", answerable=False),
    ]
    found = changes(compare(made.run(before), made.run(after)))
    assert {direction: [c.after.id for c in mine] for direction, mine in found.items()} == {
        "worse": ["zh-1"],
        "other": ["zh-2"],
    }

"""Tables against hand-worked figures of a tiny run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from eval.gate.compare import compare
from eval.report import about, change, tables
from eval.report.table import Table, share
from eval.run.outcome import Part
from eval.run.record import Place
from eval.run.stages import ABLATIONS, FUSED, STAGES

if TYPE_CHECKING:
    from eval.run.record import Run


@pytest.fixture
def run(made: Any) -> Run:
    """Right, wrongly refused, wrongly answered; rightly refused; right below, with a quote from elsewhere."""
    return made.run(
        [
            made.outcome("zh-1", confidence=0.9, milliseconds=10.0),
            made.outcome("zh-2", answered=False, confidence=0.1, milliseconds=20.0, rank={FUSED: 2, "lexical only": 4}),
            made.outcome("zh-3", answerable=False, answered=True, confidence=0.8, milliseconds=30.0, kind="near-miss"),
            made.outcome("zh-4", answerable=False, half="held-out", milliseconds=40.0, kind="near-miss"),
            made.outcome(
                "en-1",
                half="held-out",
                hit=3,
                rank=3,
                quotes=(made.shown("doc:2-P1"), made.shown()),
                confidence=0.7,
                milliseconds=50.0,
            ),
        ]
    )


def by_first(table: Table) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def test_overall_by_hand(run: Run) -> None:
    table = tables.overall(run)
    assert table.columns == (
        "half", "language", "answerable", "hit@1", "hit@3", "false refusals", "citation precision", "unanswerable",
        "false answers", "exact quotes", "coverage at 10% risk", "ECE", "median ms",
    )  # fmt: skip
    # coverage: the first of three is right, then risk is 1/2 and 1/3; ECE: (0.1 + 0.8 + 0.9) / 3
    assert table.rows == (
        ("tuning", "zh", "2", "0.500", "0.500", "0.500", "1.000", "1", "1.000", "1.000", "0.333", "0.600", "20.0"),
        ("held-out", "zh", "0", "–", "–", "–", "–", "1", "0.000", "–", "0.000", "0.100", "40.0"),
        ("held-out", "en", "1", "0.000", "1.000", "0.000", "0.500", "0", "–", "1.000", "1.000", "0.300", "50.0"),
    )


def test_verdicts_add_up(run: Run) -> None:
    table = tables.verdicts(run)
    assert table.columns == ("verdict", "zh", "en", "all")
    assert by_first(table) == {
        "right": ("1", "0", "1"),
        "right below": ("0", "1", "1"),
        "wrong quote": ("0", "0", "0"),
        "wrongly refused": ("1", "0", "1"),
        "rightly refused": ("1", "0", "1"),
        "wrongly answered": ("1", "0", "1"),
        "all": ("4", "1", "5"),
    }


def test_ablation_by_hand(run: Run) -> None:
    table = tables.ablation(run)
    assert table.columns[1:4] == ("zh hit@1", "zh hit@3", "zh false answers")
    assert list(by_first(table)) == [
        *ABLATIONS, "fused", "fused + reading", "fused + reading + quotes", "fused + reading + quotes + refusal"
    ]  # fmt: skip
    assert by_first(table)["lexical only"] == ("0.500", "0.500", "–", "0.000", "1.000", "–")
    assert by_first(table)["fused"] == ("0.500", "1.000", "–", "0.000", "1.000", "–")
    assert by_first(table)["fused + reading + quotes"] == ("1.000", "1.000", "–", "0.000", "1.000", "–")
    assert by_first(table)["fused + reading + quotes + refusal"] == ("0.500", "0.500", "0.500", "0.000", "1.000", "–")


def test_ablation_counts_parts_and_questions_that_were_not_ranked(made: Any) -> None:
    two = ((Part("doc:1-P1", "甲", True),), (Part("doc:1-P2", "乙", True),))
    parts = made.outcome("zh-1", evidence=two, rank=2)
    unranked = made.outcome("zh-2", ranks={})
    assert by_first(tables.ablation(made.run([parts, unranked])))["fused"] == ("0.500", "0.500", "–")


def test_by_stage_by_hand(made: Any) -> None:
    first, second = made.outcome("zh-1"), made.outcome("zh-2")
    ranks = {**second.ranks, "dense": replace(second.ranks["dense"], top=("doc:1-P2", "doc:1-P1"))}
    table = tables.by_stage(made.run([first, replace(second, ranks=ranks)]))
    assert table.columns == ("stage", "zh R@1", "zh R@5", "zh RR@10", "zh nDCG@10")
    assert len(table.rows) == len(STAGES)
    # second place is worth 1/2 and 1/log2(3)
    assert by_first(table)["dense"] == ("0.500", "1.000", "0.750", "0.815")
    assert by_first(table)["lexical paragraph"] == ("1.000", "1.000", "1.000", "1.000")


def test_kinds_keep_unanswerable_questions_apart(made: Any) -> None:
    table = tables.by_kind(
        made.run(
            [
                made.outcome("zh-1"),
                made.outcome("en-1", answered=False),
                made.outcome("zh-2", kind="date", hit=None),
                made.outcome("zh-3", answerable=False),
            ]
        )
    )
    assert table.rows == (
        ("date", "1", "0.000", "0.000", "0.000", "0", "–", "–", "–"),
        ("number", "1", "1.000", "1.000", "0.000", "1", "0.000", "0.000", "1.000"),
        ("number (unanswerable)", "1", "–", "–", "1.000", "0", "–", "–", "–"),
    )


def test_sections_stand_in_the_order_of_the_library(made: Any) -> None:
    later = ((Part("doc:2-P1", "丙", True),),)
    outcomes = [made.outcome("zh-1", evidence=later), made.outcome("zh-2"), made.outcome("zh-3", answerable=False)]
    assert list(by_first(tables.by_section(made.run(outcomes)))) == ["1", "2"]
    moved = (Place("other:1-P1", ((0, 5),)),)
    two = made.run(outcomes, documents={"doc": "a", "other": "b"}, outline=moved)
    assert list(by_first(tables.by_section(two))) == ["doc:2", "doc:1"]


def test_latency_by_hand(run: Run) -> None:
    # between the four, linearly: 25, 30 + 0.7 * 10, 30 + 0.97 * 10
    assert tables.latency(run).rows == (
        ("zh", "4", "25.0", "37.0", "39.7", "40.0"),
        ("en", "1", "50.0", "50.0", "50.0", "50.0"),
    )


def test_tests_of_a_comparison(made: Any) -> None:
    before = [made.outcome(f"zh-{n}") for n in range(20)]
    after = [made.outcome(f"zh-{n}", answered=False) for n in range(20)]
    table = change.tests(compare(made.run(before), made.run(after)))
    row = next(row for row in table.rows if row[:2] == ("zh", "answerable questions answered"))
    assert (row[2:5], row[6]) == (("20", "1.000", "0.000"), "worse")
    ranked = next(row for row in table.rows if row[:2] == ("zh", "rank after fusion"))
    assert ranked[2:] == ("20", "1.00", "1.00", "1.0000", "–")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0.000"), (1.0, "1.000"), (0.9996, "0.999"), (0.0001, "0.001"), (2 / 3, "0.667")],
)
def test_a_share_is_whole_only_when_it_is(value: float | None, text: str) -> None:
    assert share(value) == text


def test_what_a_run_was_made_from(made: Any) -> None:
    run = made.run([made.outcome(), made.outcome("zh-2", answerable=False)], half="tuning", reason="because")
    assert by_first(about.made_from(run)) == {
        "index": ("f" * 16,),
        "encoder": ("made",),
        "questions set.jsonl": ("SHA-256 000000000000…",),
        "document doc": ("SHA-256 aaaaaaaaaaaa…",),
        "searched": ("3 paragraphs",),
        "half": ("tuning",),
        "asked": ("2 questions: 1 answerable, 1 unanswerable",),
        "baseline, because": ("because",),
    }
    assert about.answering(run).rows == (("CONFIDENCE_MIN", "0.45"),)


def test_the_summary_says_what_there_is(made: Any, run: Run) -> None:
    assert about.summary(run) == (
        "2 of 5 questions came out right: the first quote answers 1 of 3 answerable ones, 1 of 2 unanswerable ones "
        "were refused. 4 of 4 get the same quotes when written in traditional characters."
    )
    gone = made.outcome("en-1", evidence=((Part("doc:9-P9", "甲", False),),))
    assert about.summary(made.run([gone])) == (
        "1 of 1 question came out right: the first quote answers 1 of 1 answerable ones. "
        "Of 1 question the labels stood no longer."
    )


@pytest.mark.parametrize("answerable", [True, False])
def test_one_language_and_one_sort_of_question(made: Any, answerable: bool) -> None:
    run = made.run([made.outcome("en-1", answerable=answerable)])
    for table in (tables.overall(run), tables.verdicts(run), *tables.detail(run)):
        assert not any(column.startswith("zh") for column in table.columns)
        assert all(cell for row in table.rows for cell in row)


def test_a_table_is_checked_when_made() -> None:
    with pytest.raises(ValueError, match="2 columns, found a row of 1"):
        Table("t", "", ("a", "b"), (("1",),))


def test_numbers_stand_to_the_right() -> None:
    table = Table("t", "", ("a", "b", "c", "d"), (("x", "1.0", "–", "–"), ("y", "-2", "3", "–")))
    assert table.numeric == (False, True, True, False)

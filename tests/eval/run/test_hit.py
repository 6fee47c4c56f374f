"""Whether quotes meet the evidence, by hand."""

from __future__ import annotations

import pytest

from eval.questions.dataset import Alternative, Item
from eval.run.hit import hit, holds
from index.records import Document, Paragraph, Section, Span
from qa.answering.quotes import Quote


def quote(paragraph: str, text: str) -> Quote:
    place = Paragraph(paragraph, Section("1", ("t",), None), 0, len(text), "zh", (Span(0, len(text)),))
    return Quote(Document("d", "d", "d", "zh", "0", text, (), (place,)), place, 0, len(text), text, text, (), 1.0, "zh")


A, B, C, D = (
    quote("1-P1", "率为15%。"),
    quote("1-P2", "共 339 例"),
    quote("2-P1", "Meng等（29）"),
    quote("2-P2", "无关"),
)

ONE = ((Alternative("1-P1", "15%"),),)

EITHER = ((Alternative("1-P1", "15%"), Alternative("2-P1", "meng等(29)")),)

BOTH = ((Alternative("1-P1", "15%"),), (Alternative("1-P2", "339例"),))

FOUR = (*BOTH, (Alternative("2-P1", "Meng"),), (Alternative("2-P2", "无关"),))


@pytest.mark.parametrize(
    ("held", "alternative", "expected"),
    [
        (A, Alternative("1-P1", "15%"), True),
        (A, Alternative("d:1-P1", "15%"), True),
        (A, Alternative("1-P1", "率为 15％"), True),
        (A, Alternative("1-P2", "15%"), False),
        (A, Alternative("e:1-P1", "15%"), False),
        (A, Alternative("1-P1", "16%"), False),
    ],
)
def test_holds(held: Quote, alternative: Alternative, expected: bool) -> None:
    assert holds(held, alternative) is expected


@pytest.mark.parametrize(
    ("quotes", "evidence", "k", "expected"),
    [
        pytest.param([A], ONE, 1, True, id="first"),
        pytest.param([D, A], ONE, 1, False, id="second is not first"),
        pytest.param([D, A], ONE, 3, True, id="second is in three"),
        pytest.param([D, D, D, A], ONE, 3, False, id="fourth is not in three"),
        pytest.param([C], EITHER, 1, True, id="the other alternative"),
        pytest.param([A, B], BOTH, 1, True, id="two parts take two quotes"),
        pytest.param([A, D, B], BOTH, 1, False, id="two parts take no third"),
        pytest.param([A, D, B], BOTH, 3, True, id="two parts within three"),
        pytest.param([A], BOTH, 3, False, id="one part missing"),
        pytest.param([D, C, B, A], FOUR, 3, True, id="four parts take four"),
        pytest.param([], ONE, 3, False, id="nothing produced is a miss"),
        pytest.param([], BOTH, 1, False, id="nothing produced for parts is a miss"),
    ],
)
def test_hit(quotes: list[Quote], evidence: tuple[tuple[Alternative, ...], ...], k: int, expected: bool) -> None:
    assert hit(quotes, Item("i", "zh", "k", "q", True, evidence), k) is expected

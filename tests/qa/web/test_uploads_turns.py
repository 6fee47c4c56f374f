"""Turns that a browser keeps and gives back, and what it says is chosen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from uploaded import HARBOUR, brought

from qa.conversation.choice import Choice
from qa.conversation.desk import take_turn
from qa.conversation.turn import Turn
from qa.gloss import Glosser
from qa.page import cards


def kept(turn: Turn, **changes: Any) -> Any:
    """A turn as a browser gives it back: 1.0 has become 1."""
    value = json.loads(
        json.dumps(turn.sealed()), parse_float=lambda text: float(text) if float(text) % 1 else int(float(text))
    )
    return {**value, **changes}


def test_a_kept_turn_outlives_its_document_with_its_seal_only(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    brought(room, ("harbour.txt", HARBOUR))
    turn = take_turn(room.desks, room.listed, "harbour master Olga Brandt", choice=Choice(("harbour",)))
    listed = [*turn.record["quotes"], *turn.record["nearest"]]
    assert listed
    for quote in listed:
        quote["also"] = ["another · 1-P1"]
    assert Turn.read(kept(turn), room) == turn
    room.remove(room.files[0].number)
    found = Turn.read(kept(turn), room)
    assert found == turn
    assert Turn.read(kept(turn, seal="0" * 64), room) is None
    assert Turn.read(kept(turn, typed="other"), room) is None
    assert Turn.read({key: one for key, one in kept(turn).items() if key != "seal"}, room) is None
    drawn = cards.answered(found, room, Glosser(room.desks[0].library))
    assert drawn.count("yz-gone") == len(listed)
    assert 'href="#at' not in drawn


def test_where_else_the_words_stand_is_not_believed_without_the_seal(open_rooms: Any) -> None:
    _, room = open_rooms().enter("", None, "p")
    turn = take_turn(room.desks, room.listed, "绿茶在什么时候采摘？")
    listed = [*turn.record["quotes"], *turn.record["nearest"]]
    assert listed
    value = kept(turn)
    for quote in [*value["record"]["quotes"], *value["record"]["nearest"]]:
        quote["also"] = ["forged"]
    read = Turn.read(value, room)
    assert read
    assert not any("also" in quote for quote in [*read.record["quotes"], *read.record["nearest"]])


@pytest.mark.parametrize(
    "said", ["", "{}", "[]", "x", '{"documents": 3, "language": "zh"}', '{"documents": [1], "language": null}', "9" * 9]
)
def test_a_choice_that_cannot_be_read_is_none(said: str) -> None:
    assert Choice.read(said) == Choice()


def test_a_choice_as_the_page_tells_it() -> None:
    assert Choice.read('{"documents": ["a"], "language": "en"}') == Choice(("a",), "en")
    assert Choice.read('{"documents": [], "language": "fr"}') == Choice((), None)
    assert Choice.read(None) == Choice()

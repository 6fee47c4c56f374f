"""What is gathered: no paragraph of XQuAD, translations together, answers where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from taught import by_number

from eval.training.examples import data
from eval.training.examples.data import Data, Passage
from index.errors import InputError


def test_no_paragraph_of_xquad_is_learned_from(gathered: Data) -> None:
    texts = [passage.text for passage in gathered.passages]
    assert len(texts) == 11
    assert not any("Rhine" in text or "莱茵河" in text for text in texts)


def test_everything_is_simplified_and_answers_stand_where_they_say(gathered: Data) -> None:
    sanskrit = next(p for p in gathered.passages if p.set == "drcd-dev")
    assert (sanskrit.text, sanskrit.title) == ("梵语是一种语言。它来自印度。", "梵文")
    [asked] = [a for a in gathered.asked if a.passage == sanskrit.id]
    assert asked.text == "梵语来自哪里？"
    assert [sanskrit.text[start:end] for start, end in asked.answers] == ["印度"]


def test_questions_and_their_translations_find_each_other(gathered: Data) -> None:
    rollo = next(a for a in gathered.twins if a.text == "Who led the Normans?")
    passage = gathered.passages[rollo.passage]
    assert passage.language == "zh"
    assert [passage.text[start:end] for start, end in rollo.answers] == ["罗洛"]
    assert len(gathered.twins) == 2 * 8


def test_articles_are_held_out_with_their_translation(sets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "HELD_OUT", 3)  # one of the three
    monkeypatch.setattr(data, "TRANSLATED", 2)
    held = [p for p in data.gather([sets], by_number).passages if p.held_out]
    assert len({p.article for p in held}) == 1
    assert {p.set for p in held} == {"squad2-dev-half", "squad2-dev-zh-mt"}
    assert len(held) in (2, 4)


def test_what_is_written_is_read(gathered: Data, tmp_path: Path) -> None:
    gathered.write(tmp_path / "data.jsonl")
    assert Data.read(tmp_path / "data.jsonl") == gathered


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no xquad\.en\.json in .*--data"):
        data.gather([tmp_path], by_number)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"answers": [{"text": "丙丁", "answer_start": 2}]}, ((2, 4),)),
        ({"answers": [{"text": "丙丁", "answer_start": 0}]}, ((2, 4),)),  # stands elsewhere, and once
        ({"answers": [{"text": "甲", "answer_start": 1}]}, None),  # stands twice
        ({"answers": [{"text": "戊", "answer_start": 0}]}, None),
        ({"answers": []}, None),
        ({"answers": [], "is_impossible": True}, ()),
    ],
)
def test_answers_are_looked_for(question: dict[str, Any], found: Any) -> None:
    assert data._answers("甲乙丙丁甲", question) == found


def test_a_passage_is_cut_as_the_index_cuts_it(gathered: Data) -> None:
    passage = next(p for p in gathered.passages if p.set == "squad2-dev-half")
    assert isinstance(passage, Passage)
    assert [passage.text[start:end] for start, end in passage.sentences] == [
        "The Normans lived in Normandy.", "They came from Denmark in 911.", "Rollo was their leader."
    ]  # fmt: skip

"""Which questions are asked of which paragraphs, and the sample that is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from counting import DATA, harbours

from eval.bench.sets import squad
from eval.bench.sets.collection import Collection, Query
from eval.bench.sets.pair import Pair, pairs, sampled


def test_two_languages_are_crossed() -> None:
    english, chinese = harbours()
    found = pairs([english, chinese])
    assert [pair.name for pair in found] == ["en-en", "zh-zh", "en-zh", "zh-en"]
    crossed = found[2]
    assert (crossed.questions, crossed.paragraphs, crossed.total) == (english, chinese, 4)
    query = crossed.asked[1]
    assert (query.text, query.answers) == ("How long is the stone pier?", ("210米",))


@pytest.mark.parametrize("other", ["harbour.en.json", "island.json", "teahouse.json"])
def test_other_sets_are_not_crossed(other: str) -> None:
    assert len(pairs([squad.read(DATA / "harbour.en.json"), squad.read(DATA / other)])) == 2


def test_a_set_that_asks_in_another_language_is_a_pair_by_itself(written: Callable[[object], Path]) -> None:
    value = json.loads((DATA / "harbour.zh.json").read_text(encoding="utf-8"))
    for article in value["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                question["question"] = "Where is the old harbour?"
    mixed = squad.read(written(value))
    assert [pair.name for pair in pairs([mixed, harbours()[0]])] == ["en-zh", "en-en"]


def many(*ids: str) -> Pair:
    queries = tuple(Query(id, f"{id}?", True, ("x",), {"0": 1}) for id in ids)
    collection = Collection("many", Path("many.json"), (), queries)
    return Pair(collection, collection, queries, len(queries))


def test_a_sample_is_stable() -> None:
    ids = [f"q{number}" for number in range(50)]

    def drawn(ids: list[str], size: int | None, seed: int = 1) -> list[str]:
        return [query.id for query in sampled(many(*ids), size, seed).asked]

    ten = drawn(ids, 10)
    assert len(set(ten)) == 10
    assert ten == sorted(ten, key=ids.index)
    assert drawn(ids[::-1], 10) == ten[::-1]
    assert set(ten) < set(drawn(ids, 11))
    assert set(ten) != set(drawn(ids, 10, seed=2))
    assert drawn(ids, None) == drawn(ids, 50) == drawn(ids, 60) == ids
    assert sampled(many(*ids), 10, 1).total == 50

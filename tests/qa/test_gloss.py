"""Glosses: the source's own terms before the dictionary's, longest first, and nothing absurd."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.library import Library
from index.records import Language
from qa.gloss import MEANINGS_MAX, TERMS_MAX, Glosser
from qa.titles import split


@pytest.fixture(scope="module")
def glosser(library: Library) -> Glosser:
    return Glosser(library)


def meanings(glosser: Glosser, text: str, language: Language = "zh") -> dict[str, tuple[str, ...]]:
    return {gloss.term: gloss.meanings for gloss in glosser.gloss(text, language)}


@pytest.mark.parametrize(
    ("text", "term", "meaning"),
    [
        ("接受造血干细胞移植的患者", "造血干细胞移植", "hematopoietic stem cell transplantation"),
        ("接受造血干细胞移植的患者", "患者", "patient"),
        ("淋巴瘤患者的死亡率", "淋巴瘤", "lymphoma"),
        ("淋巴瘤患者的死亡率", "死亡率", "mortality rate"),
        ("慢性炎症", "慢性", "chronic"),
        ("B细胞成熟抗原", "B细胞成熟抗原", "B cell maturation antigen"),
        ("移植体细胞", "体细胞", "somatic cell"),
    ],
)
def test_chinese_terms(glosser: Glosser, text: str, term: str, meaning: str) -> None:
    assert meaning in meanings(glosser, text)[term]


@pytest.mark.parametrize(
    ("text", "term", "meaning"),
    [
        ("Systemic lupus erythematosus is chronic.", "Systemic lupus erythematosus", "系统性红斑狼疮"),
        ("autoimmune diseases", "autoimmune diseases", "自体免疫疾病"),
        ("the potential of cell therapies", "potential", "潜力"),
        ("therapies", "therapies", "疗法"),
        ("regulatory T cell", "regulatory T cell", "调节性T细胞"),
        ("it contains antioxidants", "contains", "包含"),
    ],
)
def test_english_terms(glosser: Glosser, text: str, term: str, meaning: str) -> None:
    assert meaning in meanings(glosser, text, "en")[term]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("中的", "zh"), ("在SLE中的应用", "zh"), ("并且因为这些", "zh"), ("CAR-T", "zh"), ("123", "zh"), ("", "zh"),
        ("of the and with", "en"), ("qwertzuiop", "en"), ("", "en"), ("！？", "zh"),
    ],
)  # fmt: skip
def test_what_says_nothing_has_no_gloss(glosser: Glosser, text: str, language: Language) -> None:
    assert "中的" not in meanings(glosser, text, language)
    assert text == "在SLE中的应用" or not meanings(glosser, text, language)


def test_an_english_word_is_not_given_a_sense_that_the_text_does_not_use(glosser: Glosser) -> None:
    found = meanings(glosser, "current treatment of multiple systems", "en")
    assert "对待" not in found.get("treatment", ())
    assert "制度" not in found.get("systems", ())


@pytest.mark.parametrize(
    ("text", "language", "term", "absurd"),
    [
        ("首款细胞产品", "zh", "首款", "to confess one's crime"),
        ("慢性炎症", "zh", "慢性", "slow and patient"),
        ("同种异体细胞", "zh", "体细胞", "somatic cell"),
        ("分离出自体Treg", "zh", "出自", "to come from"),
        ("promising advancements", "en", "advancements", "晋级"),
        ("clinical implementation", "en", "implementation", "实施例"),
        ("adverse events", "en", "events", "事变"),
        ("it contains antioxidants", "en", "contains", "控制"),
    ],
)
def test_no_word_has_a_sense_that_is_not_meant(
    glosser: Glosser, text: str, language: Language, term: str, absurd: str
) -> None:
    assert absurd not in meanings(glosser, text, language).get(term, ())


def test_the_sources_own_terms_say_so_as_it_prints_them(glosser: Glosser) -> None:
    (gloss,) = (one for one in glosser.gloss("间充质干细胞", "zh") if one.source == "text")
    assert gloss.meanings == ("mesenchymal stem cell", "MSC")


def test_every_sentence_of_the_review(glosser: Glosser, library: Library) -> None:
    glossed = 0
    for row in library.rows:
        language = row.paragraph.language
        found = glosser.gloss(row.text, language)
        _hold(row.text, language, glosser)
        glossed += bool(found)
    assert glossed > 0.9 * len(library.rows)


@settings(deadline=None)
@given(text=st.text(st.sampled_from("细胞治疗的狼疮患者CAR-T 28%，。therapy lupus cells"), max_size=60))
def test_terms_stand_in_the_text_in_order_and_once(library: Library, text: str) -> None:
    for language in ("zh", "en"):
        _hold(text, language, Glosser(library))


def _hold(text: str, language: Language, glosser: Glosser) -> None:
    found = glosser.gloss(text, language)
    assert len(found) <= TERMS_MAX
    assert len({gloss.term for gloss in found}) == len(found)
    at = 0
    for gloss in found:
        assert 1 <= len(gloss.meanings) <= MEANINGS_MAX
        place = text.find(gloss.term, at)
        assert place >= 0
        at = place + 1


@pytest.mark.parametrize(
    ("title", "language", "other"),
    [
        ("摘要", "en", "Abstract"),
        ("Abstract", "zh", "摘要"),
        ("[引言]", "en", "[Introduction]"),
        ("三、CAR-T细胞疗法", "en", "3. CAR-T cell therapy"),
        ("十二、讨论", "en", "12. Discussion"),
        ("2. CAR-T细胞疗法的安全性与耐受性", "en", "2. Safety and tolerability of CAR-T cell therapy"),
        ("一、HSCT", "en", "1. HSCT"),
        ("Methods", "zh", "方法"),
        ("2. Conclusion", "zh", "2. 结论"),
        ("作用机制", "en", "Mechanisms of action"),
        ("药物治疗", "en", "Drug treatment"),
        ("SLE治疗", "en", "SLE treatment"),
        ("治疗SLE", "en", None),
        ("影响患者预后的因素", "en", None),
        ("摘要", "zh", None),
        ("Abstract", "en", None),
        ("四、一个谁也不认得的饕餮题目", "en", None),
        ("Something else", "zh", None),
        ("", "en", None),
        ("[]", "zh", None),
    ],
)
def test_titles(glosser: Glosser, title: str, language: Language, other: str | None) -> None:
    assert glosser.title(title, language) == other


@pytest.mark.parametrize(
    ("title", "number", "name"),
    [
        ("三、CAR-T细胞疗法", "三、", "CAR-T细胞疗法"),
        ("2. Methods", "2. ", "Methods"),
        ("2.1 Methods", "2.1 ", "Methods"),
        ("[引言]", "", "引言"),
        ("3D打印", "", "3D打印"),
        ("2019冠状病毒病", "", "2019冠状病毒病"),
        ("", "", ""),
    ],
)
def test_a_title_is_split_from_its_number(title: str, number: str, name: str) -> None:
    assert split(title) == (number, name)

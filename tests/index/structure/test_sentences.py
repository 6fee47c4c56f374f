"""Where sentences end: a table of cases, and what holds for any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.structure import sentences

# Each case is its sentences; they are joined by nothing, or by the space that one ends with.
CASES = {
    "plain-zh": ["天气很好。", "我们出门！", "去哪里？", "不知道"],
    "plain-en": ["The cat sat. ", "It slept! ", "Why? ", "Nobody knows."],
    "zh-en": ["我们用Python。", "It works well. ", "很快。"],
    "no-stop": ["没有句号的一行"],
    "citation-before-stop": ["方法有效［3］。", "下一句。"],
    "citation-after-stop": ["方法有效。［3］", "下一句。"],
    "citation-list": ["方法有效。［3，5-7］", "下一句。"],
    "citations-two": ["方法有效。［3］［4］", "下一句。"],
    "citation-half": ["It works.[3] ", "It also lasts.[4-6] ", "It ends."],
    "citation-half-before": ["It works [3]. ", "It lasts."],
    "citation-superscript": ["It works.¹² ", "It lasts.³ ", "方法有效。⁴", "下一句。"],
    "citation-unknown": ["对患者有效[?]，截至今日仍是如此。", "下一句。"],
    "citation-unknown-end": ["减轻了损伤[?]。", "然而尚未启动。"],
    "citation-unknown-after": ["减轻了损伤。[?]", "然而尚未启动。"],
    "quote-zh": ["他说：“好。”", "她走了。"],
    "quote-nested": ["他说：“她说‘好。’”", "她走了。"],
    "quote-en": ['He said "yes." ', "She left."],
    "quote-curly": ["He said “yes.” ", "She left."],
    "bracket-zh": ["结果很好（见下文。）", "后来不好。"],
    "bracket-en": ["It was good (see below.) ", "Then bad."],
    "title-marks": ["请读《史记。》", "再读一遍。"],
    "domain": ["截至今日，clinicaltrials.gov上有1项试验。", "下一句。"],
    "domain-en": ["See clinicaltrials.gov for more. ", "Then stop."],
    "decimal": ["比例为28.1%。", "其余为3.14。"],
    "decimal-en": ["It was 28.1% of 3.14. ", "Then stop."],
    "thousands": ["It cost 1,000.50 yen. ", "Then stop."],
    "list-number": ["2.CAR-T细胞疗法的安全性很好。", "下一句。"],
    "list-number-space": ["1. The cat sat. ", "It slept."],
    "et-al": ["Smith et al. 2020 found it. ", "Others did not."],
    "et-al-citation": ["Smith et al. [3] found it. ", "Others did not."],
    "et-al-end": ["It was found by Smith et al. ", "The others did not."],
    "eg": ["Fruit, e.g. Apples, is good. ", "Eat it."],
    "ie": ["Fruit, i.e. Malus, is good. ", "Eat it."],
    "fig": ["It is shown in Fig. 2 and Figs. 3 to 5. ", "See there."],
    "no": ["It is No. 7 of vol. 12. ", "See there."],
    "titles": ["Dr. Wang met Prof. Li and Mrs. Zhao. ", "They talked."],
    "versus": ["It was A vs. B in the end. ", "See there."],
    "initials": ["J. R. Smith met U.S. visitors. ", "They talked."],
    "identifier": ["IL-37 and v2.0 are used. ", "They work."],
    "identifier-end": ["They used IL-37. ", "It works."],
    "year-end": ["It began in 2019. ", "It ended soon."],
    "lower-case-goes-on": ["It was approx. five, or ca. six. ", "Then stop."],
    "lower-case-question": ["Was it (why?) the cat. ", "Then stop."],
    "ellipsis-zh": ["他想了想……", "然后走了。"],
    "ellipsis-en": ["He waited... ", "Then he left."],
    "ellipsis-inside": ["He waited... and waited. ", "Then he left."],
    "interrobang": ["真的？！", "是的。"],
    "interrobang-en": ["Really?! ", "Yes."],
    "semicolon": ["春天种树；秋天收获。", "冬天休息。"],
    "line-break": ["The cat sat.\n", "It slept."],
    "han-after-stop": ["It works well. ", "我们继续。"],
}


@pytest.mark.parametrize("parts", CASES.values(), ids=CASES.keys())
def test_where_sentences_end(parts: list[str]) -> None:
    text = "".join(parts)
    assert [text[a:b] for a, b in sentences.split(text)] == [part.strip() for part in parts]


@pytest.mark.parametrize("text", ["", " ", "\n\t　"], ids=["empty", "space", "blank"])
def test_nothing_has_no_sentence(text: str) -> None:
    assert sentences.split(text) == []


def test_stray_marks_belong_to_what_they_follow() -> None:
    text = "天气很好。 。”"
    assert sentences.split(text) == [(0, len(text))]


PIECES = [
    *["细胞", "治疗", "。", "！", "？", "，", "“", "”", "（", "）", "［3］", "[1,2]", "[?]", "²", "…", "——", "髙"],
    *["cell", "The", "et al", "e.g", "Fig", "IL-37", "28.1%", "clinicaltrials.gov", "A", "1", ".", "?", "!", ")", '"'],
    *[" ", "\n", "　", "\u00a0", "😀", "e\u0301", "\u200b"],
]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=40)


@given(texts)
def test_every_character_that_is_no_space_is_in_one_sentence(text: str) -> None:
    ranges = sentences.split(text)
    for start, end in ranges:
        assert start < end
        assert text[start:end] == text[start:end].strip()
    for left, right in pairwise(ranges):
        assert left[1] <= right[0]
    covered = {i for start, end in ranges for i in range(start, end)}
    assert {i for i, char in enumerate(text) if not char.isspace()} <= covered


@given(texts)
def test_only_the_first_sentence_may_be_without_letter_or_digit(text: str) -> None:
    for start, end in sentences.split(text)[1:]:
        assert any(char.isalnum() for char in text[start:end])


@given(st.lists(st.sampled_from(["天气很好", "治疗有效［3］", "比例为28.1%", "他说“好”"]), min_size=1, max_size=6))
def test_whole_chinese_sentences_are_found_again(parts: list[str]) -> None:
    whole = [f"{part}。" for part in parts]
    text = "".join(whole)
    assert [text[a:b] for a, b in sentences.split(text)] == whole

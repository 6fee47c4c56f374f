"""The dictionary and the segmenter against jieba's own."""

from __future__ import annotations

from math import log

import jieba
import pytest

from index.text import words
from index.text.words import Dictionary, frequency, likelihood, relative, segmenter, simplified, tag

ABSENT = ["龘龘", "系统性红斑狼疮的", "xyzzy", "的的的", "細胞療", "😀", "\n"]
TEXTS = [
    "系统性红斑狼疮是一种累及多器官、多系统的慢性自身免疫性疾病",
    "南京市长江大桥于1968年建成，我来到北京清华大学",
    "CAR-T细胞疗法通过基因工程改造T细胞，使其在表面表达CAR。",
    "他来到了网易杭研大厦，小明硕士毕业于中国科学院计算所",
    "結婚的和尚未結婚的，工信处女干事每月经过下属科室",
    "",
]


@pytest.fixture(scope="module")
def theirs() -> tuple[dict[str, int], int]:
    """The prefix dictionary as jieba itself reads it: two seconds, and nothing left on disk."""
    tokenizer = jieba.Tokenizer()
    with tokenizer.get_dict_file() as file:
        return tokenizer.gen_pfdict(file)


@pytest.fixture(scope="module")
def ours() -> Dictionary:
    return words._dictionary()[0]


def test_words_prefixes_and_absent_strings_have_jiebas_counts(
    ours: Dictionary, theirs: tuple[dict[str, int], int]
) -> None:
    counts = theirs[0]
    sample = sorted(counts)[::101]
    assert len(sample) > 4_000
    assert sum(counts[word] == 0 for word in sample) > 100
    sample += [word[:i] for word in sample for i in range(1, len(word))]
    sample += [word + "龘" for word in sample] + ABSENT
    assert [ours.get(word) for word in sample] == [counts.get(word) for word in sample]


def test_the_total_is_jiebas(theirs: tuple[dict[str, int], int]) -> None:
    assert words._dictionary()[1] == theirs[1]


def test_a_dictionary_is_a_mapping(ours: Dictionary) -> None:
    assert "系统" in ours
    assert ours["系统"] == ours.get("系统")
    assert "龘龘" not in ours
    assert ours.get("龘龘") is None
    assert ours.get("龘龘", 5) == 5
    with pytest.raises(KeyError):
        ours["龘龘"]


def test_own_words_belong_to_one_copy(ours: Dictionary) -> None:
    mine = ours.copy()
    mine["龘龘"] = 7
    again = mine.copy()
    again["龘龘"] = 8
    assert (mine.get("龘龘"), again.get("龘龘"), ours.get("龘龘")) == (7, 8, None)


@pytest.mark.parametrize("terms", [[], ["系统性红斑狼疮", "T细胞", "杭研大厦"]], ids=["plain", "with-terms"])
@pytest.mark.parametrize("hmm", [True, False])
def test_the_segmenter_cuts_as_jiebas_does(theirs: tuple[dict[str, int], int], terms: list[str], hmm: bool) -> None:
    reference = jieba.Tokenizer()
    reference.FREQ, reference.total = dict(theirs[0]), theirs[1]
    reference.initialized = True
    for term in terms:
        reference.add_word(term)
    mine = segmenter(terms)
    for text in TEXTS:
        assert list(mine.cut(text, HMM=hmm)) == list(reference.cut(text, HMM=hmm))
        assert list(mine.cut_for_search(text, HMM=hmm)) == list(reference.cut_for_search(text, HMM=hmm))


def test_terms_of_one_segmenter_are_not_those_of_another() -> None:
    assert "红斑狼疮肾炎" in list(segmenter(["红斑狼疮肾炎"]).cut("红斑狼疮肾炎"))
    assert "红斑狼疮肾炎" not in list(segmenter().cut("红斑狼疮肾炎"))


def test_frequencies() -> None:
    total = words._dictionary()[1]
    assert frequency("一种") > 1_000
    assert frequency("龘龘") == 0
    assert relative("系统") == frequency("系统") / total
    assert relative("龘龘") == 1 / total


def test_a_likelihood_is_that_of_the_best_segmentation() -> None:
    total = words._dictionary()[1]
    assert likelihood("") == 0.0
    assert likelihood("系统") == pytest.approx(log(frequency("系统") / total))
    apart = log(frequency("系") / total) + log(frequency("统") / total)
    assert likelihood("系统") > apart
    assert likelihood("龘") == pytest.approx(-log(total))
    assert likelihood("深入研究") > likelihood("深人研究")
    assert likelihood("系統") == likelihood("系统")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("細胞療法", "细胞疗法"), ("頭髮與發展", "头发与发展"), ("细胞", "细胞"), ("T cell 😀", "T cell 😀"), ("", "")],
)
def test_traditional_becomes_simplified(text: str, expected: str) -> None:
    assert simplified(text) == expected


@pytest.mark.parametrize(
    ("word", "found"), [("日本", "ns"), ("牛顿", "nr"), ("细胞", "n"), ("细", "a"), ("zzz", ""), ("", "")]
)
def test_parts_of_speech(word: str, found: str) -> None:
    assert tag(word) == found

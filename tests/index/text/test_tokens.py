"""Search terms: what a text can be found by."""

from __future__ import annotations

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from index.text.tokens import STOP_EN, STOP_ZH, Tokenizer, normal, stem

PLAIN = Tokenizer()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CAR-T", ["car-t", "cart", "car"]),
        ("CART", ["cart"]),
        ("CD19", ["cd19"]),
        ("NCT05029336", ["nct05029336"]),
        ("28.1%", ["28.1%"]),
        ("28.1％", ["28.1%"]),
        ("1,000", ["1000"]),
        ("77/273", ["77/273"]),
        ("2025", ["2025"]),
        ("IL-37", ["il-37", "il37", "il", "37"]),
        ("IL)37", ["il-37", "il37", "il", "37"]),
        ("IL37", ["il37"]),
        ("clinicaltrials.gov", ["clinicaltrials.gov", "clinicaltrialsgov", "clinicaltri", "gov"]),
        ("therapies", ["therapi"]),
        ("Therapy", ["therapi"]),
        ("lupus's", ["lupus"]),
        ("lupus’s", ["lupus"]),
        ("ＳＬＥ", ["sle"]),
        ("ｌｕｐｕｓ　１２", ["lupus", "12"]),
        ("CD19+", ["cd19"]),
        ("αβT", ["αβt"]),
        ("naïve", ["naïve"]),
        ("What is the most common", ["common"]),
        ("的了是在", []),
        ("什么是如何", []),
        ("，。！？[]()—", []),
        ("", []),
        ("   \n\t\0", []),
        ("😀", []),
        ("藻", ["藻"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert PLAIN.terms(text) == expected


@pytest.mark.parametrize(
    ("text", "holds", "lacks"),
    [
        pytest.param("系统性红斑狼疮", {"系统", "红斑狼疮"}, set(), id="words"),
        pytest.param("肿瘤微环境", {"肿瘤", "环境"}, {"肿", "瘤"}, id="no-single-characters"),
        pytest.param("干细胞的移植", {"移植"}, {"的", "胞的", "的移"}, id="no-function-words"),
        pytest.param("T细胞", {"t", "细胞"}, {"t细胞"}, id="latin-and-han"),
        pytest.param("泰它西普", {"西普"}, set(), id="bigrams-of-unknown-words"),
    ],
)
def test_chinese_terms(text: str, holds: set[str], lacks: set[str]) -> None:
    found = set(PLAIN.terms(text))
    assert holds <= found
    assert not lacks & found


def test_own_words_stay_whole() -> None:
    mine = Tokenizer(["T细胞", "狼疮肾炎", "CAR-T疗法"])
    assert mine.words == ("car-t疗法", "t细胞", "狼疮肾炎")
    assert "t细胞" in mine.terms("调节性T细胞")
    assert "car-t疗法" in mine.terms("一种CAR-T疗法。")
    assert "狼疮肾炎" in mine.terms("狼瘡腎炎患者")
    assert "t细胞" not in PLAIN.terms("调节性T细胞")


PAIRS = [
    ("系统性红斑狼疮的细胞疗法", "系統性紅斑狼瘡的細胞療法"),
    ("临床试验显示疗效显著", "臨床試驗顯示療效顯著"),
    ("头发与发展", "頭髮與發展"),
    ("自身免疫性疾病的发病机制", "自身免疫性疾病的發病機制"),
    ("为什么CAR-T疗法有效？", "為什麼CAR-T療法有效？"),
]


@pytest.mark.parametrize(("simple", "traditional"), PAIRS, ids=[simple for simple, _ in PAIRS])
def test_traditional_gives_the_terms_of_simplified(simple: str, traditional: str) -> None:
    assert simple != traditional
    assert PLAIN.terms(traditional) == PLAIN.terms(simple)
    assert PLAIN.content(traditional) == PLAIN.content(simple)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param("CAR–T", "CAR-T", id="en-dash"),
        pytest.param("CAR‑T", "CAR-T", id="no-break-hyphen"),
        pytest.param("lu\u00adpus", "lupus", id="soft-hyphen"),
        pytest.param("红\u200b斑", "红斑", id="zero-width-space"),
        pytest.param("LUPUS", "lupus", id="case"),
        pytest.param("cafe\u0301", "café", id="combining"),
        pytest.param("ﬁbrosis", "fibrosis", id="ligature"),
        pytest.param("Straße", "strasse", id="sharp-s"),
    ],
)
def test_writings_of_one_word_are_one_term(text: str, same: str) -> None:
    assert PLAIN.terms(text) == PLAIN.terms(same) != []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("therapies", "therapi"), ("cells", "cell"), ("its", "its"), ("cd19", "cd19"), ("naïve", "naïve"), ("", "")],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("系统性红斑狼疮的疗法", ["系统性", "红斑狼疮", "疗法"]),
        ("What does the lupus therapy do?", ["lupus", "therapi"]),
        ("CAR-T and CAR-T", ["car-t"]),
        ("lupus's T", ["lupus"]),
        ("的", []),
        ("", []),
    ],
)
def test_content_words(text: str, expected: list[str]) -> None:
    assert PLAIN.content(text) == expected


def test_words_begin_where_the_segmenter_cuts() -> None:
    text = "红斑狼疮治疗"
    assert PLAIN.boundaries(text) == [0, 4]
    assert PLAIN.first(text) == "红斑狼疮"
    assert PLAIN.first("") == ""
    assert PLAIN.boundaries("") == []


def test_function_words_are_in_normal_form() -> None:
    assert all(normal(word) == word for word in STOP_EN | STOP_ZH)


pieces = st.sampled_from(
    [*"的红斑狼疮細胞", "CAR-T", "IL)37", "28.1%", "1,000", "’s", "T细胞", " ", "\0", "😀", "İ", "ß", "é", "-"]
)
texts = st.lists(pieces, max_size=20).map("".join) | st.text(max_size=40)
OWN = Tokenizer(["T细胞", "红斑狼疮"])


@example("İ’s")
@given(texts)
def test_any_text_has_terms_in_normal_form(text: str) -> None:
    for tokenizer in (PLAIN, OWN):
        found = tokenizer.terms(text)
        assert all(term and not any(c.isspace() for c in term) for term in found)
        # A word of meaning may have the stem of a function word: canned, willing.
        words = set(regex.findall(r"[\p{L}\d]+", normal(text))) - STOP_EN
        assert not STOP_EN & set(found) - {"t", "s", "d", "m", "re", "ve", "ll"} - set(map(stem, words))
        assert found == tokenizer.terms(text)
        assert len(set(tokenizer.content(text))) == len(tokenizer.content(text))


@given(texts)
def test_the_normal_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)

"""Plain text: every encoding that Chinese and English files come in is told from the bytes, and bytes that are no text
are refused by name."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.corpus import Corpus
from index.errors import SourceError
from index.formats import limits, txt

SIMPLIFIED = "系统性红斑狼疮是一种自身免疫病，患者的免疫系统会攻击自身的组织。\n近年来，细胞疗法取得了进展。"
TRADITIONAL = "系統性紅斑狼瘡是一種自體免疫疾病，患者的免疫系統會攻擊自身的組織。\n近年來，細胞療法取得了進展。"
ENGLISH = "The patient’s response – measured at 37.5 °C – was “complete” in 70% of cases (Sjögren’s syndrome).\r\n"
# Common words of each script; a text of some of them is long enough to tell its encoding.
WORDS = "研究 患者 治疗 细胞 免疫 我们 结果 表明 医院 可以 没有 时间 国家 问题 发展 社会 开始 学生 工作 经济".split()
OLD_WORDS = (
    "研究 患者 治療 細胞 免疫 我們 結果 表明 醫院 可以 沒有 時間 國家 問題 發展 社會 開始 學生 工作 經濟".split()
)


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gb2312", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "cp950", "cp950"),
        (TRADITIONAL + "，喺香港嘅街市，啲人冇話畀佢知", "big5hkscs", "big5hkscs"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (SIMPLIFIED.replace("\n", ""), "utf-16-le", "utf-16-le"),
        (ENGLISH, "utf-16-be", "utf-16-be"),
        (SIMPLIFIED, "utf-32-le", "utf-32-le"),
        (ENGLISH, "cp1252", "cp1252"),
        ("Le café était fermé, les élèves s’en allèrent.", "cp1252", "cp1252"),
        ("Системная красная волчанка - аутоиммунное заболевание, лечение изучается.", "cp1251", "cp1251"),
        ("plain ASCII\r\nlines\rand\tmore\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(text: str, encoding: str, named: str) -> None:
    assert txt.decode(text.encode(encoding)) == (text, named)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_byte_order_mark_is_believed_and_dropped(mark: bytes, encoding: str) -> None:
    assert txt.decode(mark + "中a\r\n".encode(encoding)) == ("中a\r\n", encoding)


def test_the_review_reads_alike_in_every_encoding() -> None:
    corpus = Corpus()
    text = corpus.read_bytes(corpus.sources[0]).decode("utf-8-sig")
    for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        assert txt.decode(text.encode(encoding)) == (text, encoding)


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=200), st.sampled_from(["gb18030", "utf-16-le", "utf-8"]))
@settings(deadline=None, max_examples=60)
def test_simplified_text_comes_back(words: list[str], encoding: str) -> None:
    text = "，".join(words) + "。"
    assert txt.decode(text.encode(encoding)) == (text, encoding)


@given(st.lists(st.sampled_from(OLD_WORDS), min_size=8, max_size=200), st.sampled_from(["gb18030", "cp950"]))
@settings(deadline=None, max_examples=60)
def test_traditional_text_comes_back(words: list[str], encoding: str) -> None:
    text = "，".join(words) + "。"
    assert txt.decode(text.encode(encoding)) == (text, encoding)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
@settings(deadline=None)
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    data = text.encode()
    if not text.strip() or data.startswith(codecs.BOM_UTF8):
        return
    assert txt.decode(data) == (text, "utf-8")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (codecs.BOM_UTF8 + b"\n", "is empty"),
        (codecs.BOM_UTF16_LE + b" \0", "is empty"),
        ("　\n".encode("gb18030"), "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", "is not text"),
        (b"\0" * 100, "is not text"),
        (b"abc\0def", "is not text"),
        (bytes(range(1, 32)) * 20, "control characters"),
        (b"\x7fELF\2\1\1" + b"\0" * 9 + b"\3\0\x3e\0" * 40, "is not text"),
        (codecs.BOM_UTF16_LE + b"a", "is UTF-16-LE but for byte 2"),
        (SIMPLIFIED.encode()[:-1], "is UTF-8 but for byte"),
        ((SIMPLIFIED * 20).encode("gb18030")[:-1], "is GB18030 but for byte"),
    ],
)
def test_what_is_no_whole_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        txt.decode(data)
    assert "\n" not in str(raised.value)


@given(st.binary(min_size=1, max_size=300))
@settings(deadline=None)
def test_any_bytes_are_text_or_refused_by_name(data: bytes) -> None:
    try:
        text, encoding = txt.decode(data)
    except SourceError:
        return
    assert text.strip()
    assert "\0" not in text
    codecs.lookup(encoding)


def test_read_gives_a_plain_extract() -> None:
    found = txt.read(SIMPLIFIED.encode("gb18030"))
    assert (found.format, found.text, found.encoding) == ("txt", SIMPLIFIED, "gb18030")
    assert found.scanned
    assert found.blocks is None


def test_a_text_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT_CHARACTERS_MAX", 10)
    with pytest.raises(SourceError, match="characters"):
        txt.read(b"eleven char")

"""Lines, headings and the outline of texts that are not the review."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.formats.extract import Extract
from index.repair.edits import Edit, Repaired
from index.structure import headings, lines, outline
from index.structure.language import language_of
from index.structure.outline import Outline
from index.text import hidden


def read_lines(source: str) -> list[lines.Line]:
    return lines.read(Repaired(source, []))


def paragraphs(source: str) -> list[tuple[str, str]]:
    """Id and display text of each paragraph."""
    found = outline.read(Extract("txt", source, scanned=True), [])
    repaired = Repaired(source, found.edits)
    return [(p.id, repaired.display(p.start, p.end)) for p in found.paragraphs]


# Lines


def test_lines_are_what_is_not_blank_without_the_space_around_it() -> None:
    source = "\n 第一行 \r\n\n\t\n第二行。\n\n"
    found = read_lines(source)
    assert [(source[line.start : line.end], line.after_blank) for line in found] == [
        ("第一行", True),
        ("第二行。", True),
    ]


def test_a_width_counts_columns_and_no_spaces() -> None:
    assert [line.width for line in read_lines("中文 ab\n中 文\nabc def")] == [6, 4, 6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天气很好。", True),
        ("天气很好。”", True),
        ("方法有效［3］。", True),
        ("方法有效。［3］", True),
        ("方法有效。 ³⁴", True),
        ("It works. [3]", True),
        ("(It works.)", True),
        ("如下：", True),
        ("天气很好，", False),
        ("天气很好", False),
        ("1.5", False),
        ("方法有效［3］", False),
    ],
)
def test_which_lines_may_end_a_sentence(text: str, expected: bool) -> None:
    assert read_lines(text)[0].ends_sentence is expected


FULL = "图书馆早上九点开门欢迎各位读者前来阅读书报杂志"
STOP = FULL[:-1] + "。"
NEAR = FULL[:-2] + "。"  # 0.958 of the width
LESS = FULL[:-3] + "。"  # 0.917


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(FULL, [True], id="one-line"),
        pytest.param(f"{FULL}\n{FULL}\n很短。\n{FULL}\n{FULL}\n{FULL}", [0, 0, 1, 0, 0, 1], id="short-and-ended"),
        pytest.param(f"{FULL}\n{FULL}\n很短\n{FULL}\n{FULL}\n{FULL}", [0, 0, 0, 0, 0, 1], id="short-but-goes-on"),
        pytest.param(f"{FULL}\n{STOP}\n{FULL}\n{FULL}\n{FULL}", [0, 0, 0, 0, 1], id="ended-but-full"),
        pytest.param(
            f"{FULL}\n\n{FULL}\n\n短。\n\n{FULL}\n\n{FULL}\n\n{FULL}", [0, 0, 1, 0, 0, 1], id="ocr-blank-lines"
        ),
        pytest.param(f"{FULL}\n短。\n\n{FULL}\n{STOP}\n\n{FULL}\n好。", [0, 1, 0, 1, 0, 1], id="typed-blank-lines"),
        pytest.param("第一段。\n第二段话。\n第三段又长又好。", [1, 1, 1], id="a-line-a-paragraph"),
        pytest.param("第一段。\r\n第二段话。\r\n第三段又长又好。\r\n", [1, 1, 1], id="crlf"),
    ],
)
def test_where_paragraphs_end(text: str, expected: list[int]) -> None:
    assert lines.breaks(read_lines(text)) == [bool(e) for e in expected]


# Headings


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1),
        ("九", 9),
        ("十", 10),
        ("十一", 11),
        ("十九", 19),
        ("二十", 20),
        ("二十一", 21),
        ("九十九", 99),
        ("一二", 0),
        ("", 0),
    ],
)
def test_chinese_numerals(text: str, number: int) -> None:
    assert headings.numeral(text) == number


@pytest.mark.parametrize(
    ("before", "text", "level", "title", "rest"),
    [
        ("", "[摘要] 海藻", 1, "摘要", "海藻"),
        ("", "【摘 要】海藻", 1, "摘要", "海藻"),
        ("", "摘要：海藻", 1, "摘要", "海藻"),
        ("", "[Abstract] Seaweed", 1, "Abstract", "Seaweed"),
        ("", "ABSTRACT: Seaweed", 1, "ABSTRACT", "Seaweed"),
        ("", "Abstract", 1, "Abstract", ""),
        ("", "一、总则", 1, "一、总则", ""),
        ("一、总则|二、分则", "三、附则", 1, "三、附则", ""),
        ("一、总则", "1.水温的影响：高温时", 2, "1. 水温的影响", "高温时"),
        ("一、总则|1.水温：", "2．光照:强光下", 2, "2. 光照", "强光下"),
        ("第一章 总则", "第二章 附则", 1, "第二章 附则", ""),
        ("一、总则", "（一）水温", 2, "（一）水温", ""),
        ("一、总则|（一）水温", "1. 夏季", 3, "1. 夏季", ""),
        ("一、总则|1. 水温", "2. 光照", 2, "2. 光照", ""),
        ("一、总则|1. 水温|二、分则", "1. 光照", 2, "1. 光照", ""),
        ("一、总则|（一）水温|二、分则", "（一）光照", 2, "（一）光照", ""),
        ("", "1 Introduction", 1, "1 Introduction", ""),
        ("1 Introduction", "2. Methods", 1, "2. Methods", ""),
        ("1 Introduction", "1.1 资料来源", 2, "1.1 资料来源", ""),
        ("1 Introduction|1.1 Aims", "2 Methods", 1, "2 Methods", ""),
        ("1 Introduction|1.1 Aims|1.1.1 Detail", "1.2 Scope", 2, "1.2 Scope", ""),
        ("1 Introduction", "Discussion", 1, "Discussion", ""),
        ("", "材料与方法", 1, "材料与方法", ""),
        ("", "参考文献", 1, "参考文献", ""),
        ("", "REFERENCES", 1, "REFERENCES", ""),
    ],
)
def test_headings(before: str, text: str, level: int, title: str, rest: str) -> None:
    found = met(before).at(text, closed=True)
    assert found is not None
    assert (found.level, found.title) == (level, title)
    assert text[found.length :] == rest


def met(before: str) -> headings.Met:
    """What has been met after these headings, parted by bars."""
    seen = headings.Met()
    for text in filter(None, before.split("|")):
        heading = seen.at(text, closed=True)
        assert heading is not None, text
        seen.meet(heading)
    return seen


@pytest.mark.parametrize(
    ("before", "text"),
    [
        pytest.param("", "二、总则", id="not-the-next-section"),
        pytest.param("一、总则", "一、总则", id="section-again"),
        pytest.param("一、总则", "一、我们来到了这里。", id="a-sentence"),
        pytest.param("一、总则", "一、" + "很" * 60, id="too-long"),
        pytest.param("", "1.水温：高", id="subsection-without-section"),
        pytest.param("一、总则", "3.水温：高", id="not-the-next-subsection"),
        pytest.param("一、总则", "1.5：这是比值", id="a-decimal"),
        pytest.param("一、总则", "1.这是一句话。后来：", id="a-sentence-with-colon"),
        pytest.param("", "摘要写得很好", id="the-word"),
        pytest.param("", "Abstract art is fine", id="the-word-en"),
        pytest.param("", "3 Results", id="not-the-next-decimal"),
        pytest.param("1 Introduction", "1.2 Scope", id="not-the-first-part"),
        pytest.param("1 Introduction", "2 patients died", id="a-count"),
        pytest.param("1 Introduction", "2 Patients died.", id="a-sentence-with-a-number"),
        pytest.param("", "（二）光照", id="not-the-next-inner"),
        pytest.param("", "References to other work", id="the-word-references"),
        pytest.param("", "", id="empty"),
    ],
)
def test_no_headings(before: str, text: str) -> None:
    assert met(before).at(text, closed=True) is None


def test_only_after_the_text_before_is_at_an_end() -> None:
    for text in ("1 Introduction", "Discussion", "第一章 总则"):
        assert headings.Met().at(text, closed=False) is None
        assert headings.Met().at(text, closed=True) is not None
        assert headings.Met().at(text, closed=True, last=True) is None


# The outline

PAPER = """[摘要] 海藻可以吸收二氧化碳。
[Abstract] Seaweed takes up carbon dioxide.
海藻生长在海里。
种类有很多。
一、养殖
养殖在春季开始。
1.水温：水温高时停止生长。
2.光照：光照弱时生长慢。
二、结语
养殖仍需改进。
"""


def test_the_parts_of_a_paper() -> None:
    assert paragraphs(PAPER) == [
        ("zh-P1", "海藻可以吸收二氧化碳。"),
        ("en-P1", "Seaweed takes up carbon dioxide."),
        ("0-P1", "海藻生长在海里。"),
        ("0-P2", "种类有很多。"),
        ("1-P1", "养殖在春季开始。"),
        ("1.1-P1", "水温高时停止生长。"),
        ("1.2-P1", "光照弱时生长慢。"),
        ("2-P1", "养殖仍需改进。"),
    ]


def test_a_section_knows_its_path_and_its_heading() -> None:
    found = outline.read(Extract("txt", PAPER, scanned=True), []).paragraphs
    titles = {p.section.number: p.section.titles for p in found}
    assert titles["0"] == ("[引言]",)
    assert titles["1.2"] == ("一、养殖", "2. 光照")
    headed = {p.section.number: p.section.heading for p in found}
    assert headed["0"] is None
    heading = headed["1.2"]
    assert heading is not None
    assert PAPER[heading.start : heading.end] == "2.光照："


def test_an_english_text_has_an_introduction_too() -> None:
    (paragraph,) = outline.read(Extract("txt", "The cat sat. It slept.", scanned=True), []).paragraphs
    assert (paragraph.id, paragraph.language, paragraph.section.titles) == ("0-P1", "en", ("[Introduction]",))
    assert [(s.start, s.end) for s in paragraph.sentences] == [(0, 12), (13, 22)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("系统性红斑狼疮", "zh"),
        ("The cat sat", "en"),
        ("SLE患者的治疗", "zh"),
        ("the word 狼 in English", "en"),
        ("", "en"),
        ("123", "en"),
    ],
)
def test_the_language_of_a_text(text: str, expected: str) -> None:
    assert language_of(text) == expected


def test_a_paragraph_over_several_lines_is_one() -> None:
    source = f"{FULL}\n\n{FULL}\n\n短。\n\n{FULL}\n\n{STOP}\n"
    assert paragraphs(source) == [("0-P1", FULL + FULL + "短。"), ("0-P2", FULL + STOP)]


def test_a_subsection_begins_only_where_a_sentence_has_ended() -> None:
    within = f"一、养殖\n{FULL}\n1.水温：{FULL}\n{STOP}\n"
    assert [p.section.number for p in outline.read(Extract("txt", within, scanned=True), []).paragraphs] == ["1"]
    after = f"一、养殖\n{STOP}\n1.水温：{FULL}\n{STOP}\n"
    assert [p.section.number for p in outline.read(Extract("txt", after, scanned=True), []).paragraphs] == ["1", "1.1"]


def test_a_misprinted_heading_is_read_as_mended() -> None:
    source = "—、养殖\n养殖在春季开始。\n二、疔法\n治疔在秋季开始。\n"
    errata = [Edit(source.index("秋"), source.index("秋") + 1, "冬", "errata", "")]
    found = outline.read(Extract("txt", source, scanned=True), errata)
    assert [p.section.titles for p in found.paragraphs] == [("一、养殖",), ("二、疗法",)]
    assert Repaired(source, found.edits).text == "一、养殖\n养殖在春季开始。\n二、疗法\n治疗在冬季开始。\n"


@pytest.mark.parametrize("source", ["", " \n\t\n　\n", "一、总则\n"], ids=["empty", "blank", "only-a-heading"])
def test_no_text_has_no_paragraphs(source: str) -> None:
    assert outline.read(Extract("txt", source, scanned=True), []).paragraphs == ()


PIECES = [
    *[
        "系统性红斑狼疮",
        "深人研究",
        "髙效",
        "的",
        "治疔",
        "—种",
        "——",
        "弓I起",
        "图 书",
        "。",
        "，",
        "；",
        "“",
        "”",
        "（",
        "）",
    ],
    *["cell", "CAR-T", "The ", "e.g. ", "NCT0123 4567", "28.1%", "1,000", "clinicaltrials.gov", "50% ~ 66%", ".", ","],
    *[
        "［3］",
        "[?]",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "　",
        "\u00a0",
        "\u200b",
        "e\u0301",
        "😀",
        "👩\u200d⚕️",
        "β",
        "™",
        "(",
        ")",
        ":",
    ],
]
HEADINGS = ["\n[摘要] ", "\n[Abstract] ", "\n—、总则\n", "\n二、细则\n", "\n1.水温：", "\n2.光照:"]
plain = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
headed = st.lists(st.sampled_from(PIECES + HEADINGS), max_size=40).map("".join)


def check(source: str, found: Outline) -> None:
    """Every promise of an outline: spans in order, in range, disjoint, and nothing lost."""
    repaired = Repaired(source, found.edits)
    spans = [(s.start, s.end) for p in found.paragraphs for s in p.sentences]
    titles = {(p.section.heading.start, p.section.heading.end) for p in found.paragraphs if p.section.heading}
    for left, right in pairwise(sorted([*spans, *titles])):
        assert left[1] <= right[0]
    assert spans == sorted(spans)
    ids = Counter(p.id for p in found.paragraphs)
    assert set(ids.values()) <= {1}
    for paragraph in found.paragraphs:
        assert source[paragraph.start : paragraph.end]
        assert repaired.display(paragraph.start, paragraph.end).strip()
        for span in paragraph.sentences:
            low, high = repaired.to_display(span.start, span.end)
            assert low < high
            assert repaired.to_source(low, high) == (span.start, span.end)


@given(plain | st.text(max_size=60))
def test_every_character_of_a_plain_text_is_in_one_sentence(source: str) -> None:
    found = outline.read(Extract("txt", source, scanned=True), [])
    check(source, found)
    covered = Counter(i for p in found.paragraphs for s in p.sentences for i in range(s.start, s.end))
    assert set(covered.values()) <= {1}
    assume(not any(p.section.heading for p in found.paragraphs))
    seen = hidden.marked(source)
    assert {i for i, char in enumerate(source) if not char.isspace() and seen[i] == char} <= covered.keys()


@given(headed)
def test_a_text_with_headings_keeps_its_order(source: str) -> None:
    check(source, outline.read(Extract("txt", source, scanned=True), []))


@given(plain, st.data())
def test_errata_are_shown_as_they_say(source: str, data: st.DataObject) -> None:
    places = [i for i, char in enumerate(source) if char.isalpha()]
    chosen = sorted(data.draw(st.sets(st.sampled_from(places), max_size=3))) if places else []
    errata = [Edit(at, at + 1, "鳃", "errata", "made up") for at in chosen]
    found = outline.read(Extract("txt", source, scanned=True), errata)
    check(source, found)
    repaired = Repaired(source, found.edits)
    for edit in errata:
        assert "鳃" in repaired.display(edit.start, edit.end)

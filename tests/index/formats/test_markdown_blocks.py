"""Markdown: the text is the file's own, its blocks are ranges of it, and only markup is hidden."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.formats import markdown
from index.formats.extract import Extract
from index.repair.edits import Repaired


def blocks(extract: Extract) -> list[tuple[str, int, str]]:
    """Kind, level and display text of each block."""
    shown = Repaired(extract.text, extract.edits)
    return [(b.kind, b.level, shown.display(b.start, b.end)) for b in extract.blocks or ()]


def read(text: str) -> list[tuple[str, int, str]]:
    return blocks(markdown.read(text.encode()))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a *b* __c__ ***d*** ~~e~~", "a b c d e"),
        ("snake_case 2 * 3 * 4", "snake_case 2 * 3 * 4"),
        ("[link *text*](http://x.y 'title') end", "link text end"),
        ("[a][r] [r] [r][]\n\n[r]: http://x 'unseen'", "a r r"),
        ("[x](u 'a b') b", "x b"),
        ("![alt **text**](pic.png) after", "alt text after"),
        ("[![badge](b.svg)](http://x) after", "badge after"),
        ("<https://x.y/z> and `code *kept*` and ``a`b``", "https://x.y/z and code *kept* and a`b"),
        (r"\*not\* \# 5\% C:\dir", r"*not* # 5% C:\dir"),
        ("&lt;1 &amp; &copy; &nosuch;", "<1 & © &nosuch;"),
        ("H<sub>2</sub>O<!-- gone --> a<br>b", "H2O a b"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("这是**重点。**后面**“引用”**的字", "这是重点。后面“引用”的字"),
        ("$a_1*b*c$ costs $5 and $6", "$a_1*b*c$ costs $5 and $6"),
        ("2 ** 3 is 8, **kwargs", "2 ** 3 is 8, **kwargs"),
        ("one\\\ntwo", "one\ntwo"),
        ("a[b]c [^1]", "a[b]c [^1]"),
    ],
)
def test_markup_is_hidden_and_nothing_else(source: str, shown: str) -> None:
    assert read(source) == [("text", 0, shown)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A\n\n## B ##\n\nC\n---\n\ntext", [("heading", 2, "B"), ("heading", 2, "C"), ("text", 0, "text")]),
        ("# A\n\n# B", [("heading", 1, "A"), ("heading", 1, "B")]),
        ("text\n\n# A", [("text", 0, "text"), ("heading", 1, "A")]),
        ("- a\n  - b\n\n    c\n- d", [("text", 0, "a"), ("text", 0, "b"), ("text", 0, "c"), ("text", 0, "d")]),
        ("1. a\n2) **b**\n   c", [("text", 0, "1. a"), ("text", 0, "2) b\nc")]),
        ("> q **r**\n> s\nlazy\n>\n> t", [("text", 0, "q r\ns\nlazy"), ("text", 0, "t")]),
        ("```py\nx = *y*\n\n  z\n```", [("text", 0, "x = *y*\n\n  z")]),
        ("    code\n      deep", [("text", 0, "code\n  deep")]),
        ("|a|b\\|c|\n|-|:-:|\n| *1* | |\n||2|", [("table", 0, "a | b|c\n\n1\n| 2")]),
        ("| | A |\n|-|-|\n| x | 1 |", [("table", 0, "| A\n\nx | 1")]),
        (
            "a[^1] b[^n]\n\n[^1]: *one*\n  more\n[^n]: word\n\n    second",
            [
                ("text", 0, "a[1] b[n]"),
                ("footnote", 0, "[1] one\nmore"),
                ("footnote", 0, "[n] word"),
                ("footnote", 0, "second"),
            ],
        ),
        ("<p>raw <b>h</b>&amp;\ntml</p>\n\n<script>\nx()\n</script>\n\n<!-- a\n\nb -->", [("text", 0, "raw h&\ntml")]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", [("text", 0, "a  b")]),
        ("a\n\n***\n\nb", [("text", 0, "a"), ("text", 0, "b")]),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blocks(source: str, expected: list[tuple[str, int, str]], end: str) -> None:
    found = read(source.replace("\n", end))
    assert [(kind, level, text.replace("\r", "")) for kind, level, text in found] == expected


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("# The *title*\n\n## S\n\ntext", "The title"),
        ("text\n\n# Late", None),
        ("# One\n\n# Two", None),
        ("---\ntitle: '前言'\ntags: [hidden]\n---\ntext", "前言"),
        ("---\ntitle: A\n---\n# A\n\ntext", "A"),
    ],
)
def test_the_title(source: str, title: str | None) -> None:
    found = markdown.read(source.encode())
    assert found.title == title
    assert "hidden" not in Repaired(found.text, found.edits).text


def test_lines_stay_those_of_the_file() -> None:
    source = "---\ntitle: t\n---\n\n# H\r\n\r\npara *x*\n".encode("gb18030")
    found = markdown.read(source)
    assert found.text.encode() == source
    assert found.encoding == "utf-8"
    start = found.text.index("para")
    assert any(block.start == start for block in found.blocks or ())


@given(st.text(st.sampled_from('ab中:"\n\r '), max_size=20), st.sampled_from(["\n", "\r\n"]))
@example('\r"\n', "\n")
def test_whatever_stands_in_front_the_rest_stays_in_its_place(front: str, end: str) -> None:
    found = markdown.read(f"---{end}{front}{end}---{end}{end}**b**{end}- c{end}".encode())
    assert [found.text[block.start : block.end] for block in found.blocks or ()][-2:] == ["b", "c"]


def test_a_level_of_headings_without_words_makes_no_block() -> None:
    assert read("#\n\n## \n\n> \n\n- \n\ntext") == [("text", 0, "text")]


WORD = st.text("abc甲乙丙", min_size=1, max_size=4)
MARKS = st.sampled_from(["*{}*", "**{}**", "`{}`", "[{}](u)", "~~{}~~", "{}", "\\*{}", "_{}_", "<b>{}</b>", "![{}](i)"])


@given(st.lists(st.tuples(WORD, MARKS, st.sampled_from([" ", "\n", "\n\n", "\n- ", "\n> ", "\n## ", "\n1. "]))))
@settings(deadline=None)
def test_no_word_is_lost(parts: list[tuple[str, str, str]]) -> None:
    source = "begin " + "".join(mark.format(word) + gap for word, mark, gap in parts) + "end"
    found = " ".join(text for _, _, text in read(source))
    at = 0
    for word in ["begin", *(word for word, _, _ in parts), "end"]:
        at = found.index(word, at) + len(word)


@given(st.text(st.sampled_from("ab 中。*_`[]()!<>&;#|-:\n\r\t\\$^~1.\"'"), max_size=60))
@example("|a\n|-\n|`|`\n")
@example("> |a|b|\n> |-|-|\n> |x|y|")
@example("- [^a]: b\n  c")
@settings(deadline=None, max_examples=400)
def test_any_text_has_disjoint_blocks_of_its_own(text: str) -> None:
    if not text.strip():
        return
    found = markdown.read(text.encode())
    assert found.text == text
    assert all(left.end <= right.start for left, right in pairwise(found.blocks or ()))
    assert all(shown.strip() for _, _, shown in blocks(found))


@given(st.lists(st.text("ab中 ", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=8))
@settings(deadline=None)
def test_plain_paragraphs_stand_as_they_are(paragraphs: list[str]) -> None:
    wanted = [("text", 0, paragraph.strip()) for paragraph in paragraphs]
    assert read("\n\n".join(paragraph.strip() for paragraph in paragraphs)) == wanted


@pytest.mark.parametrize("data", [b">" * 50_000 + b" x", b"- " * 5_000 + b"x"])
def test_deep_nesting_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="nested"):
        markdown.read(data)


@pytest.mark.parametrize("data", [b"[" * 20_000 + b"x", b"*a " * 20_000, b"x " + b"`" * 9_999, b"<a " * 20_000])
def test_loose_marks_are_text(data: bytes) -> None:
    assert len(read(data.decode())) == 1

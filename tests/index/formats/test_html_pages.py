"""HTML: the main text of pages as they are saved, whole and without menus; hostile pages are refused by name."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.formats import html
from index.formats.extract import Extract

NAV = '<nav><ul><li><a href="/">MENU home</a></li><li><a href="/n">MENU news</a></li></ul></nav>'
SIDE = '<div class="sidebar"><h3>SIDE popular</h3><ul><li><a href="/x">SIDE a story</a></li></ul></div>'
FOOT = "<footer><p>FOOT © all rights reserved</p></footer>"

NEWS = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>细胞疗法取得进展_健康网</title>
<script>var x = "SCRIPT";</script><style>.STYLE{{}}</style></head><body>
<div class="header"><a href="/">MENU首页</a> | <a href="/n">MENU新闻</a></div>
<div class="breadcrumb">CRUMB当前位置</div><div class="article"><h1>细胞疗法取得进展</h1><div class="content">
<p>　　系统性红斑狼疮是一种自身免疫病，患者的免疫系统会攻击自身组织。</p>
<p>近日，<strong>77名患者</strong>接受了细胞输注，多数患者
在六个月内达到缓解。</p><h2>安全性</h2><p>短句。</p>
<table><tr><th>组别</th><th>人数</th></tr><tr><td>治疗组</td><td>77</td></tr></table>
</div><div class="share">分享：<a href="#">SHARE微博</a></div></div>
<div class="comments"><p>COMMENT说得好，这是一条很长的评论，写了许多字。</p></div>{FOOT}</body></html>"""

PAPER = f"""<html><head><title>T cells in lupus - Journal</title><meta name="citation_title" content="T cells in lupus">
</head><body>{NAV}{SIDE}<main><article><h1>T cells in lupus</h1>
<section><h2>Abstract</h2><p>Lupus is a disease.</p></section>
<section><h2>1. Results</h2><p>It is heterogeneous.<sup><a href="#r1">1</a>,<a href="#r2">2</a></sup> We gave
10<sup>6</sup> cells of H<sub>2</sub>O [<a href="#r3">3</a>].</p><ul><li>First<ul><li>Nested</li></ul></li></ul>
<figure><h4>Figure 1</h4><img src="x.png" alt="ALT"><figcaption>Flow of patients.</figcaption></figure>
<table><caption>Table 1. Counts</caption><thead><tr><th></th><th>A</th><th>B</th></tr></thead>
<tr><td rowspan=2>x</td><td>1</td><td>2</td></tr><tr><td colspan=2><p>3</p></td></tr></table>
<pre>code  one
  two</pre><dl><dt>Term</dt><dd>Meaning</dd></dl></section>
<section class="footnotes" role="doc-endnotes"><ol><li id="fn1"><p>A note. <a href="#b">↩</a></p></li></ol></section>
<section><h2>References</h2><ol><li>Smith A. One. J. 2001;1:2.</li><li>Doe B. Two. J. 2002;3:4.</li></ol></section>
</article></main>{FOOT}</body></html>"""


def blocks(extract: Extract) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, extract.text[block.start : block.end]) for block in extract.blocks or ()]


def read(page: str) -> list[tuple[str, int, str]]:
    return blocks(html.read(page.encode()))


def test_a_news_page() -> None:
    found = html.read(NEWS.encode())
    assert found.title == "细胞疗法取得进展"
    assert blocks(found) == [
        ("text", 0, "系统性红斑狼疮是一种自身免疫病，患者的免疫系统会攻击自身组织。"),
        ("text", 0, "近日，77名患者接受了细胞输注，多数患者在六个月内达到缓解。"),
        ("heading", 2, "安全性"),
        ("text", 0, "短句。"),
        ("table", 0, "组别\t人数\n治疗组\t77"),
    ]


def test_a_paper() -> None:
    found = html.read(PAPER.encode())
    assert found.title == "T cells in lupus"
    assert blocks(found) == [
        ("heading", 2, "Abstract"),
        ("text", 0, "Lupus is a disease."),
        ("heading", 2, "1. Results"),
        ("text", 0, "It is heterogeneous.1,2 We gave 10⁶ cells of H2O [3]."),
        ("text", 0, "First"),
        ("text", 0, "Nested"),
        ("caption", 0, "Figure 1"),
        ("caption", 0, "Flow of patients."),
        ("caption", 0, "Table 1. Counts"),
        ("table", 0, "\tA\tB\nx\t1\t2\n\t3\t"),
        ("text", 0, "code  one\n  two"),
        ("text", 0, "Term"),
        ("text", 0, "Meaning"),
        ("footnote", 0, "A note."),
        ("heading", 2, "References"),
        ("text", 0, "Smith A. One. J. 2001;1:2."),
        ("text", 0, "Doe B. Two. J. 2002;3:4."),
    ]


@pytest.mark.parametrize(
    ("page", "kept", "left"),
    [
        (
            f"<body>{NAV}<h1>Notes</h1><p>Water boils.</p><p>Ice melts.</p>{FOOT}",
            ["Water boils.", "Ice melts."],
            ["MENU"],
        ),
        (
            '<div id="top"><a href="/">MENU首页</a> <a href="/b">MENU书架</a></div><div id="c">'
            "　　第一段在这里。<br><br>第二段继续。<br>同一段。</div>",
            ["第一段在这里。", "第二段继续。\n同一段。"],
            ["MENU"],
        ),
        (
            f'<body><div class="cookie-banner">COOKIE we use them</div>{NAV}<div role="main"><h1>Guide</h1>'
            "<p>First words of the guide.</p><script>SCRIPT()</script><noscript>SCRIPT</noscript>"
            "<div>Loose words.</div></div>",
            ["First words of the guide.", "Loose words."],
            ["COOKIE", "MENU", "SCRIPT"],
        ),
        (
            "<table><tr><td><a href=/>MENU a</a></td><td><a href=/b>MENU b</a></td></tr></table><table><tr><td>"
            "<p>各有关单位：</p><p>请报送材料。</p></td></tr></table>",
            ["各有关单位：", "请报送材料。"],
            ["MENU"],
        ),
        (
            f"<body>{NAV}<h1>Part one</h1><p>Text.</p><h1>Part two</h1><p>More text.</p>{FOOT}",
            ["Part one", "Text.", "Part two", "More text."],
            ["MENU", "FOOT"],
        ),
        ("just words, no tags", ["just words, no tags"], []),
        ("<p>x</p>", ["x"], []),
    ],
)
def test_pages(page: str, kept: list[str], left: list[str]) -> None:
    found = [text for _, _, text in read(page)]
    assert [text for text in kept if text not in found] == []
    assert [text for text in left if any(text in block for block in found)] == []


@pytest.mark.parametrize(
    ("head", "encoding", "found"),
    [
        ('<meta charset="gb2312">', "gb18030", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gb18030", "gb18030"),
        ("<meta charset=big5>", "cp950", "cp950"),
        ('<meta charset="gb2312">', "utf-8", "utf-8"),
        ('<meta charset="no-such">', "gb18030", "gb18030"),
        ('<meta charset="undefined">', "gb18030", "gb18030"),  # codecs of Python that are no page's
        ('<meta charset="idna">', "gb18030", "gb18030"),
        ("", "utf-16", "utf-16-le"),
        ("", "gb18030", "gb18030"),
    ],
)
def test_encodings(head: str, encoding: str, found: str) -> None:
    text = "一個人的時間有限，不能什麼都做。"
    extract = html.read(f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding))
    assert (extract.encoding, extract.text) == (found, text)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Lupus - Wikipedia</title></head><body><h1>Lupus</h1>", "Lupus"),
        ("<title>关于做好工作的通知_某某政府网</title></head><body>", "关于做好工作的通知"),
        ("<title>A short guide | Site</title></head><body>", "A short guide"),
        ("<title>One–two: three</title></head><body>", "One–two: three"),
        ('<title>x</title><meta property="og:title" content="The real one"></head><body>', "The real one"),
        ("</head><body>", None),
    ],
)
def test_titles(head: str, title: str | None) -> None:
    assert html.read(f"<html><head>{head}<p>Some text here.</p></body></html>".encode()).title == title


def test_what_is_left_out_is_remarked_upon() -> None:
    side = "".join(f"<p>Teaser {number} of another story with many words.</p>" for number in range(30))
    page = f"<body><main>{'<p>The main text goes on and on here.</p>' * 30}</main><section>{side}</section></body>"
    assert "left out" in html.read(page.encode()).notes[0]


@given(st.lists(st.text("abc中文字", min_size=1, max_size=12), min_size=1, max_size=12))
@settings(deadline=None, max_examples=50)
def test_every_word_comes_out_in_order(words: list[str]) -> None:
    tags = ["p", "h2", "li", "div", "blockquote", "pre", "dd"]
    body = "".join(f"<{tags[at % 7]}>{word} <b>{at}</b></{tags[at % 7]}>" for at, word in enumerate(words))
    found = html.read(f"<html><body>{NAV}<main>{body}</main>{FOOT}</body></html>".encode())
    assert found.text == "\n\n".join(f"{word} {at}" for at, word in enumerate(words))


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<div>" * 100_000 + "x", "nested more than 2000 deep"),
        (f"<html><body>{NAV}{FOOT}<script>a()</script></body></html>", "no main text"),
        ("<html><body><script>a()</script></body></html>", "no main text"),
        ("   ", "is empty"),
        ("<p>\0</p>", "is not text"),
    ],
)
def test_pages_that_cannot_be_read(page: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        html.read(page.encode())


@pytest.mark.parametrize("depth", [150, 300, 1_900])
def test_deep_pages_are_read_whole(depth: int) -> None:
    page = "<p>start</p>" + "<div>" * depth + "inner" + "</div>" * depth + "<p>after</p>"
    assert [text for _, _, text in read(page)] == ["start", "inner", "after"]


def test_spans_make_no_table_greater_than_its_page() -> None:
    page = "<p>text</p><table>" + "<tr><td>a</td><td rowspan=999999 colspan=99999>b</td></tr>" * 200 + "</table>"
    assert len(html.read(page.encode()).text) < 100_000


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "&#11;", "&#x1;", "\ufffe"])
def test_a_character_that_no_tree_can_hold_is_a_space(odd: str) -> None:
    page = f'<body><div id="comments">x</div>{odd}<p>Green{odd}tea.</p><nav>y</nav>{odd}</body>'
    assert html.read(page.encode()).text.split() == ["Green", "tea."]


def test_entities_are_only_html_s_own() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>a &x; &amp; &#x4e2d;</p>'
    assert "a &x; & 中" in html.read(page.encode()).text


def test_it_says_nothing_on_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        html.read(b"<p>x</p>")
    assert caplog.records == []


def test_the_tags_of_the_body_may_be_left_out() -> None:
    extract = html.read(
        b"<!DOCTYPE html><title>Tea</title><main><h2>Green</h2><p>Green tea is picked in spring.</main>"
    )
    assert (extract.title, extract.text) == ("Tea", "Green\n\nGreen tea is picked in spring.")
    with pytest.raises(SourceError, match="no main text"):
        html.read(b"<html><frameset><frame src=x></frameset></html>")

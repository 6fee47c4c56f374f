"""Good files of every format to begin with, and grammars that build Markdown, HTML and Word's XML in odd nestings."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from hypothesis import strategies as st
from mixed import from_files, small

from index.formats.extract import Format

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = f"""<w:styles xmlns:w="{_W}"><w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:basedOn w:val="H2"/></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="x"/><w:basedOn w:val="H1"/></w:style></w:styles>"""
BODY = """<w:p><w:pPr><w:pStyle w:val="T"/></w:pPr><w:r><w:t>标题 Title</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>Methods</w:t></w:r></w:p>
<w:p><w:r><w:t>绿茶在春天采摘。</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>5</w:t></w:r>
<w:r><w:footnoteReference w:id="2"/></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"""
NOTES = """<w:footnote w:id="2"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote>"""


def docx(
    body: str = BODY,
    styles: str = STYLES,
    notes: str = NOTES,
    *,
    packed: bool = True,
    instead: dict[str, bytes] | None = None,
) -> bytes:
    """A Word document of this body; `instead` gives parts other bytes."""
    space = f'xmlns:w="{_W}" xmlns:m="{_M}" xmlns:r="{_OFFICE}"'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{_KIND}.document.main+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/styles" Target="styles.xml"/><Relationship Id="r2" Type="{_OFFICE}/footnotes" '
        'Target="footnotes.xml"/></Relationships>',
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": styles,
        "word/footnotes.xml": f"<w:footnotes {space}>{notes}</w:footnotes>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), (instead or {}).get(name, text.encode("utf-8", "replace")))
    return buffer.getvalue()


def parts() -> dict[str, bytes]:
    """The parts of a Word document, by name."""
    with zipfile.ZipFile(io.BytesIO(docx())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


MARKDOWN = """---
title: "茶 Tea"
---
# 茶

绿茶**在春天**采摘，[链接](http://a.test "t")。`code` $x^2$[^1] &amp; <b>x</b>

- 一
  1. two
     > three

| A | B \\| C |
|---|:-:|
| 1 |   |

[^1]: A note.

    More of it.

```py
code
```
<h2>Raw</h2>
"""
PAGE = """<!doctype html><html><head><meta charset="gbk"><title>茶 - 站</title></head><body><nav><a href=/>a</a></nav>
<article><h1>茶</h1><p>绿茶在春天采摘，用八十度的水冲泡三分钟。It is picked in spring<sup>5</sup>.</p>
<ul><li>one<li>two</ul>
<table><caption>Table 1</caption><tr><th colspan=2>A<th>B<tr><td rowspan=3>1<td>2<td>3</table><pre>x
 y</pre><div class=footnotes><p>note ↩</p></div></article></body></html>"""
TEXT = """[摘要] 绿茶在春天采摘。
一、采摘
 人们用手采摘绿茶(green tea, GT)，每公顷为12.5吨［1］。
1.水温的影响：水温高于80℃。

参考文献
[1] 王一. 茶[J]. 2019, 3(2): 5-9.
"""


@cache
def pdf() -> tuple[bytes, ...]:
    """PDFs by a typesetter and by hand."""
    import typst

    source = (
        '#set document(title: "茶")\n= Tea\nGreen tea is picked in spring#footnote[A note.]. '
        + "It is dried and rolled. " * 40
        + "\n== Table\n#table(columns: 2, [A], [B], [1], [2])\n绿茶在春天采摘。\n#pagebreak()\n#columns(2)[#lorem(150)]"
    )
    made = typst.compile(source.encode(), ignore_system_fonts=False)
    content = "BT /F1 12 Tf 50 500 Td (Green tea is picked in spring.) Tj 0 -14 Td (It is dried.) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Rotate 0 /Contents 4 0 R "
        "/Resources << /Font << /F1 3 0 R >> >> >>",
    ]
    out, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    assert isinstance(made, bytes)
    return made, out + end.encode()


def samples(format: Format) -> list[bytes]:
    """Good files of a format."""
    match format:
        case "txt":
            return [TEXT.encode(one) for one in ("utf-8", "gb18030", "utf-16", "utf-32-le")] + [
                "茶葉在春天採摘".encode("big5")
            ]
        case "md":
            return [MARKDOWN.encode(), MARKDOWN.replace("\n", "\r\n").encode("gb18030")]
        case "html":
            return [PAGE.encode("gb18030"), PAGE.encode(), PAGE.encode("utf-16")]
        case "docx":
            return [docx(), docx(packed=False)]
        case "pdf":
            return list(pdf())


_MD_LINES = [
    *(
        "# ",
        "## ",
        "###### ",
        "> ",
        ">> ",
        "- ",
        "* ",
        "1. ",
        "12) ",
        "    ",
        "\t",
        "```\n",
        "~~~\n",
        "---\n",
        "===\n",
        "|",
        "|-|-|\n",
    ),
    *(
        "[^1]: ",
        "[^1]",
        "[a]: b 'c'\n",
        "[a]",
        "![x](y)",
        "[x](<y z>)",
        "**",
        "*",
        "__",
        "~~",
        "`",
        "``",
        "$",
        "$$",
        "\\",
        "\\\n",
    ),
    *(
        "<div>\n",
        "</div>",
        "<!-- ",
        "-->",
        "<h1>",
        "<br>",
        "<script>",
        "&#0;",
        "&#xD800;",
        "&nbsp;",
        "&copy",
        "<a@b.test>",
    ),
    *(
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "  \n",
        "| a | b |\n",
        "a\\|b",
        "茶",
        "。",
        "word ",
        "\0",
        "\u00a0",
        "\u2028",
        "\x0c",
        "---\ntitle: x\n---\n",
    ),
]
markdown = st.lists(st.sampled_from(_MD_LINES) | st.text(max_size=4), max_size=60).map("".join)

_TAGS = (
    "p div span h1 h2 h6 ul ol li table tr td th caption pre code br sup sub a nav figure figcaption main article "
    "section blockquote script style template svg math form select option title head body html meta frameset noscript textarea "
    "details iframe dl dt dd center font b i q tbody"
).split()
_NAMES = [
    *(
        'class="footnotes"',
        'id="comments"',
        'role="main"',
        'colspan="9999999999999999999"',
        'rowspan="²"',
        "colspan=0",
        "hidden",
    ),
    *(
        'class="caption"',
        "role=doc-footnote",
        "href=#",
        'content="x"',
        'name="citation_title"',
        "charset=utf-7",
        "",
        "",
        "",
    ),
]


def _element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    made = st.tuples(st.sampled_from(_TAGS), st.sampled_from(_NAMES), st.lists(inner, max_size=5), st.integers(0, 9))
    return made.map(lambda p: f"<{p[0]} {p[1]}>{''.join(p[2])}" + (f"</{p[0]}>" if p[3] else ""))


html = st.recursive(
    small
    | st.sampled_from(
        ["text here. ", "<!-- ", "&lt;", "<![CDATA[", "&#11;", "&#xD800;", "&#0;", "&#x1F600;", "\x0b", "\x0c"]
    ),
    _element,
    max_leaves=30,
)

_WORD = (
    "p r t tbl tr tc pPr rPr pStyle outlineLvl vanish position vertAlign hyperlink footnoteReference endnoteReference "
    "sdt sdtContent ins del br tab drawing pict txbxContent gridSpan vMerge tcPr numPr ilvl numId fldChar instrText sym "
    "bookmarkStart smartTag commentReference body"
).split()


def _word(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    value = st.sampled_from(
        ['w:val="H1"', 'w:val="0"', 'w:val="-1"', 'w:val="²"', 'w:id="2"', 'w:id="9"', 'w:val=""', ""]
    )
    more = st.sampled_from(
        ['w:fldCharType="begin"', 'w:fldCharType="end"', 'w:char="F0B7"', 'w:char="zz"', 'w:font="Symbol"', "", ""]
    )
    made = st.tuples(st.sampled_from(_WORD), value, more, st.lists(inner, max_size=4))
    return made.map(lambda p: f"<w:{p[0]} {p[1]} {p[2]}>{''.join(p[3])}</w:{p[0]}>")


_said = from_files.map(
    lambda text: "".join(c for c in text if c.isprintable()).translate({38: None, 60: None, 62: None})
)
word = st.recursive(
    _said.map(lambda text: f"<w:p><w:r><w:t>{text[:200]}</w:t></w:r></w:p>")
    | st.just("<m:oMath><m:f><m:den><m:r><m:t>x</m:t></m:r></m:den></m:f></m:oMath>"),
    _word,
    max_leaves=25,
)

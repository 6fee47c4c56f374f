"""DOCX: documents by LibreOffice and by hand are read whole and in order; what is no such thing is refused by name."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.formats import docx, html, limits, markdown, txt
from index.formats.extract import Extract
from index.repair.edits import Repaired

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    f'Id="r1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
}

ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>
<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>A</dc:creator>
<dc:date>2024-01-01T00:00:00</dc:date></office:change-info><text:p>DELETED</text:p></text:deletion></text:changed-region>
<text:changed-region text:id="c2"><text:insertion><office:change-info><dc:creator>A</dc:creator>
<dc:date>2024-01-01T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region></text:tracked-changes>
<text:p text:style-name="Title">The Title 标题</text:p><text:h text:outline-level="1">Intro</text:h>
<text:p>Before <text:change text:change-id="c1"/>after <text:change-start text:change-id="c2"/>INSERTED<text:change-end
 text:change-id="c2"/> end.<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
<text:note-body><text:p text:style-name="Footnote">Foot body.</text:p></text:note-body></text:note> More.<text:note
 text:note-class="endnote"><text:note-citation>i</text:note-citation><text:note-body><text:p
 text:style-name="Endnote">End body.</text:p></text:note-body></text:note><office:annotation><dc:creator>B</dc:creator>
<text:p>COMMENT</text:p></office:annotation></text:p><text:p text:style-name="Caption">Table 1 Counts</text:p>
<table:table><table:table-column table:number-columns-repeated="3"/><table:table-row><table:table-cell
 table:number-rows-spanned="2"><text:p>A</text:p></table:table-cell><table:table-cell><text:p>B</text:p></table:table-cell>
<table:table-cell><text:p>C</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/>
<table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell>
</table:table-row></table:table><text:p><draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="2cm">
<draw:text-box><text:p>BOXED text</text:p></draw:text-box></draw:frame>Anchor.</text:p>
<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>nested</text:p></text:list-item>
</text:list></text:list-item></text:list><text:h text:outline-level="2">Next</text:h><text:p>Fin.</text:p>
</office:text></office:body></office:document>"""

SENTENCES = [
    "系统性红斑狼疮是一种自身免疫病。",
    "Of 77 patients, 54 reached remission within 6 months.",
    "细胞疗法（CAR-T）的安全性良好，未见严重不良反应。",
    "No cure is known; treatment is lifelong.",
]


def blocks(extract: Extract) -> list[tuple[str, int, str]]:
    shown = Repaired(extract.text, extract.edits)
    return [(block.kind, block.level, shown.display(block.start, block.end)) for block in extract.blocks or ()]


def archive(parts: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, part in parts.items():
            into.writestr(name, part)
    return made.getvalue()


def document(body: str, before: str = "", **more: str) -> bytes:
    """A Word document of this body; `before` stands between its declaration and its root."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document {W}><w:body>{body}</w:body></w:document>'
    return archive({**PACKAGE, "word/document.xml": text, **{f"word/{name}.xml": part for name, part in more.items()}})


def paragraph(text: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pPr>{f"""<w:pStyle w:val="{style}"/>""" if style else ""}{properties}</w:pPr>'
    return f'<w:p>{named}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DOCX files that LibreOffice has made: from OpenDocument, HTML and plain text, in one start."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is missing: apt-get install libreoffice-writer-nogui")
    folder = tmp_path_factory.mktemp("office")
    (folder / "rich.fodt").write_text(ODT, encoding="utf-8")
    (folder / "plain.txt").write_text("\n".join(SENTENCES), encoding="utf-8-sig")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "docx", "--outdir", str(folder)]
    sources = [str(folder / name) for name in ("rich.fodt", "plain.txt")]
    subprocess.run([*command, *sources], check=True, capture_output=True, timeout=120)
    return folder


@pytest.mark.slow
def test_a_rich_document_of_libreoffice(office: Path) -> None:
    found = docx.read((office / "rich.docx").read_bytes())
    assert found.title == "The Title 标题"
    assert sorted(blocks(found)) == sorted(
        [
            ("heading", 1, "Intro"),
            ("text", 0, "Before after INSERTED end.[1] More.[2]"),
            ("caption", 0, "Table 1 Counts"),
            ("table", 0, "A\tB\tC\n\t1\t2"),
            ("text", 0, "BOXED text"),
            ("text", 0, "Anchor."),
            ("text", 0, "one"),
            ("text", 0, "nested"),
            ("heading", 2, "Next"),
            ("text", 0, "Fin."),
            ("footnote", 0, "[1] Foot body."),
            ("footnote", 0, "[2] End body."),
        ]
    )


@pytest.mark.slow
def test_the_same_sentences_through_every_format(office: Path) -> None:
    page = "<html><body>" + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES) + "</body></html>"
    for extract in (
        docx.read((office / "plain.docx").read_bytes()),
        html.read(page.encode("gb18030")),
        markdown.read("\n\n".join(SENTENCES).encode()),
    ):
        assert blocks(extract) == [("text", 0, sentence) for sentence in SENTENCES]
    assert txt.read("\n".join(SENTENCES).encode("gb18030")).text.split("\n") == SENTENCES


STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="own"><w:name w:val="我的二级标题"/><w:basedOn w:val="2"/></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="a4"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="t1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="loop"><w:name w:val="Loop"/><w:basedOn w:val="loop"/></w:style></w:styles>"""


def test_styles_of_any_language() -> None:
    body = "".join(
        [
            paragraph("综述", "a3"),
            paragraph("引言 1", "t1"),
            paragraph("引言", "1"),
            paragraph("方法", "own"),
            paragraph("Direct", "", '<w:outlineLvl w:val="2"/>'),
            paragraph("表1 人数", "a4"),
            paragraph("Looped.", "loop"),
        ]
    )
    found = docx.read(document(body, styles=STYLES))
    assert found.title == "综述"
    assert blocks(found) == [
        ("heading", 1, "引言"),
        ("heading", 2, "方法"),
        ("heading", 3, "Direct"),
        ("caption", 0, "表1 人数"),
        ("text", 0, "Looped."),
    ]


M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ("<w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>", "kept"),
        ("<w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>5</w:t></w:r>", "10⁵"),
        ("<w:r><w:t>ok.</w:t></w:r><w:r><w:rPr><w:position w:val='8'/></w:rPr><w:t>5</w:t></w:r>", "ok.5"),
        ("<w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>", "a"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a b\nc"),
        ("<w:r><w:t>co</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>op\u00aderate</w:t></w:r>", "cooperate"),
        (
            f"<w:r><w:t>E=</w:t></w:r><m:oMath {M}><m:sSup><m:e><m:r><m:t>mc</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t>"
            "</m:r></m:sup></m:sSup></m:oMath><w:r><w:t>.</w:t></w:r>",
            "E=mc^2.",
        ),
    ],
)
def test_runs(runs: str, text: str) -> None:
    assert blocks(docx.read(document(f"<w:p>{runs}</w:p>"))) == [("text", 0, text)]


@given(st.lists(st.text("abc中文字", min_size=1, max_size=9), min_size=1, max_size=20))
@settings(deadline=None, max_examples=30)
def test_every_word_comes_out_in_order(words: list[str]) -> None:
    body = "".join(paragraph(f"{word} {at}") for at, word in enumerate(words))
    assert docx.read(document(body)).text == "\n\n".join(f"{word} {at}" for at, word in enumerate(words))


BOMB = "<!DOCTYPE w [" + "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9)) + '<!ENTITY e0 "lol">]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>'
DEEP = "<w:sdt><w:sdtContent>" * 40_000 + "</w:sdtContent></w:sdt>" * 40_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "encrypted Office file or an old .doc"),
        (b"hello", "no DOCX file"),
        (b"", "no DOCX file"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text"}), "no word/document.xml"),
        (document(paragraph("x"))[:-30], "cut short"),
        (document(paragraph("text " * 500))[:300], "cut short"),
        (document(""), "has no text"),
        (archive({**PACKAGE, "word/document.xml": "hello"}), "is no XML"),
        (archive({**PACKAGE, "word/document.xml": f"<w:document {W}><w:body>"}), "is no XML"),
        (document(paragraph("&e9;"), BOMB), "document type"),
        (document(paragraph("&e9;"), OUTSIDE), "document type"),
        (document(DEEP), "nested more than 150 deep"),
        (document(paragraph("x"), styles=f"<w:styles {W}>" + " " * 60_000_000 + "</w:styles>"), "MB of text once"),
        (document(paragraph("a" * 9_000_000)), "million characters"),
    ],
)
def test_what_is_no_word_document_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        docx.read(data)
    assert "\n" not in str(raised.value)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES_MAX", 1_000_000)
    data = archive({**PACKAGE, "word/document.xml": "<w/>", "word/media/image.png": bytes(2_000_000)})
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(SourceError, match="2 MB once unpacked"):
        docx.read(data)


@given(st.integers(0, 2_000), st.integers(0, 255))
@settings(deadline=None, max_examples=60)
def test_a_changed_byte_is_read_or_refused_by_name(at: int, byte: int) -> None:
    data = bytearray(document(paragraph("Some text.") * 3, styles=STYLES))
    data[at % len(data)] = byte
    try:
        found = docx.read(bytes(data))
    except SourceError:
        return
    assert found.blocks

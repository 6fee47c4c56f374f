"""Characters that are not seen: which they are, what means something where it stands, and text that a file hides."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats import docx, html, pdf
from index.formats.extract import Extract
from index.structure import outline
from index.text import hidden

SUSPECTS = st.text(
    st.sampled_from(
        "a é细\u0301\u0336\u200b\u200d\u200c\u202e\ufe0f\U000e0100👩😀1\u20e3कष\u0600\x1b\x85\r\n\u00ad\u3164"
        "🏴\U000e0067\U000e007f"
    )
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("lu\u200bp\u2060us\ufeff", "lupus"),
        ("so\u00adft", "soft"),
        ("a\u202eb\u2066c\u200f", "abc"),
        ("x\U000e0069\U000e007fy", "xy"),
        ("a\u3164b\u034fc", "abc"),
        ("\ufff9base\ufffaruby\ufffb", "baseruby"),
        ("a\x1b[31m", "a�[31m"),
        ("a\x9b31m\x07", "a�31m�"),
        ("a\x0bb\x85c\u2028d", "a b c d"),
        ("a" + "\u0301" * 9, "a" + "\u0301" * 4),
        ("a" + "\u0301\u200b" * 9, "a" + "\u0301" * 4),
        ("a\ufe0fb\u200dc", "abc"),
        ("😀\ufe0f\ufe0f\U000e0101", "😀\ufe0f"),
    ],
    ids=ascii,
)
def test_what_is_hidden(text: str, seen: str) -> None:
    assert hidden.without(text) == seen
    marked = hidden.marked(text)
    assert len(marked) == len(text)
    assert hidden.MARK in marked


@pytest.mark.parametrize(
    "text",
    [
        "👨\u200d👩\u200d👧",
        "👩🏽\u200d🔬",
        "❤\ufe0f\u200d🔥",
        "2\ufe0f\u20e3",
        "葛\U000e0100城",
        "می\u200cخواهم",
        "क्\u200dष",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u0600١",
        "tab\tand\r\nline",
        "é ñ ệ",
        "\ue000\ufdd0",
    ],
    ids=ascii,
)
def test_what_means_something_where_it_stands(text: str) -> None:
    assert hidden.without(text) == hidden.marked(text) == hidden.spelled(text) == hidden.escaped(text) == text


@given(SUSPECTS)
def test_what_is_seen_is_seen_once(text: str) -> None:
    seen = hidden.without(text)
    assert hidden.without(seen) == seen
    assert hidden.marked(seen) == seen
    assert len(hidden.marked(text)) == len(text)
    assert hidden.marked(hidden.marked(text)) == hidden.marked(text)


def test_the_code_points_are_spelled_once_for_a_row() -> None:
    assert hidden.spelled("a\u202e\u202e\u200bb\x1b") == "a[U+202E][U+200B]b[U+001B]"


@given(SUSPECTS)
def test_a_document_shows_what_is_seen_and_keeps_what_stands(text: str) -> None:
    """Display text has nothing hidden; every sentence maps back to its source."""
    found = outline.read(Extract("txt", text), [])
    from index.repair.edits import Repaired

    repaired = Repaired(text, found.edits)
    for paragraph in found.paragraphs:
        for span in paragraph.sentences:
            shown = repaired.display(span.start, span.end).strip()
            assert shown
            assert hidden.HIDDEN.search(shown) is None
            a, b = repaired.to_display(span.start, span.end)
            assert repaired.to_source(a, b) == (span.start, span.end)


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        'hidden="until-found"',
        'style="display:none"',
        'style="color:red; DISPLAY : none !important"',
        'style="visibility:hidden"',
        'style="font-size:0"',
        'style="font-size: 0px;"',
        'style="opacity:0"',
        'style="color:transparent"',
    ],
)
def test_a_page_is_read_as_it_is_shown(attribute: str) -> None:
    said = "The lighthouse was built in 1887 and has stood on the cliff ever since that year."
    page = (
        f"<html><body><main><p>{said}</p><p {attribute}>The keeper is a <b>spy</b>.</p> and so on</main></body></html>"
    )
    found = html.read(page.encode())
    assert "spy" not in found.text
    assert said in found.text
    assert found.notes == ("19 characters that the page does not show were left out",)
    shown = html.read(page.replace(attribute, 'style="display:block;opacity:0.5;font-size:0.9em"').encode())
    assert "spy" in shown.text
    assert shown.notes == ()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(run: str = "", paragraph: str = "", styles: str = "") -> Extract:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
        )
        archive.writestr(
            "word/document.xml",
            f"<w:document xmlns:w='{W}'><w:body><w:p><w:r><w:t>Seen by all.</w:t></w:r></w:p><w:p><w:pPr>{paragraph}"
            f"</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>The keeper is a spy.</w:t></w:r></w:p></w:body></w:document>",
        )
        archive.writestr("word/styles.xml", f"<w:styles xmlns:w='{W}'>{styles}</w:styles>")
    return docx.read(out.getvalue())


STYLES = (
    "<w:style w:type='paragraph' w:styleId='H'><w:name w:val='h'/><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:type='paragraph' w:styleId='I'><w:name w:val='i'/><w:basedOn w:val='H'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='L'><w:name w:val='l'/><w:basedOn w:val='L'/></w:style>"
)


@pytest.mark.parametrize(
    ("run", "paragraph", "seen"),
    [
        ("", "", True),
        ("<w:vanish/>", "", False),
        ("<w:rStyle w:val='H'/>", "", False),
        ("<w:rStyle w:val='I'/>", "", False),
        ("", "<w:pStyle w:val='I'/>", False),
        ("<w:vanish w:val='0'/>", "<w:pStyle w:val='I'/>", True),
        ("<w:rStyle w:val='L'/>", "", True),
    ],
)
def test_a_word_document_is_read_as_it_is_shown(run: str, paragraph: str, seen: bool) -> None:
    assert ("spy" in word(run, paragraph, STYLES).text) is seen


def printed(content: str) -> bytes:
    """A PDF of one page with this content."""
    stream = content.encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table, len(out),
    )  # fmt: skip


SEEN = "BT /F 12 Tf 0 Tr 40 300 Td (The lighthouse was built in 1887.) Tj ET\n"
UNSEEN = "BT /F 12 Tf 3 Tr 40 200 Td (The keeper is a spy.) Tj ET\n"


def test_a_printed_page_is_read_as_it_is_shown() -> None:
    """Text that is not painted, beside text that is; a page of nothing else is a scan's, and is read."""
    found = pdf.read(printed(SEEN + UNSEEN))
    assert "1887" in found.text
    assert "spy" not in found.text
    assert found.notes == ("16 characters that the pages do not show were left out",)
    assert "spy" in pdf.read(printed(UNSEEN)).text
    assert "spy" in pdf.read(printed(SEEN + UNSEEN.replace("3 Tr", "0 Tr"))).text


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "word lupus " * 90_000,
        "a" * 1_000_000,
        "细" * 1_000_000,
        "a\u200b" * 500_000,
        ("a" + "\u0301" * 20) * 50_000,
        "а" * 1_000_000,
    ],
    ids=lambda text: ascii(text[:3]),
)
def test_a_megabyte_without_a_break_is_cut_in_bounded_time(text: str) -> None:
    """Ten times the text takes no more than about ten times as long; no sentence is longer than its bound."""
    from index.structure.sentences import CHARACTERS_MAX
    from index.text.tokens import Tokenizer

    times = []
    for part in (text[: len(text) // 10], text):
        start = time.perf_counter()
        found = outline.read(Extract("txt", part), [])
        shown = hidden.without(part)
        Tokenizer().terms(shown[:10_000])
        times.append(time.perf_counter() - start)
    assert times[1] < 30 * times[0] + 1
    spans = [span for paragraph in found.paragraphs for span in paragraph.sentences]
    assert all(len(hidden.without(text[s.start : s.end])) <= CHARACTERS_MAX for s in spans)
    assert len(spans) >= len(shown) // CHARACTERS_MAX

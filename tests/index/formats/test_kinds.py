"""Which format a file is in, by what is in it."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from index.errors import SourceError
from index.formats import kinds


def package(*members: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n", "pdf"),
        ("a.txt", b"junk\n%PDF-1.4\n", "pdf"),
        ("a", package("[Content_Types].xml", "word/document.xml"), "docx"),
        ("a.zip", package("word/document.xml"), "docx"),
        ("a.html", b"<p>A piece of a page", "html"),
        ("a.txt", b"<!DOCTYPE html><p>x", "html"),
        ("a", b"\xef\xbb\xbf\n <?xml version='1.0'?>\n<!-- saved -->\n<HTML lang='zh'>", "html"),
        ("a.md", b"# Title", "md"),
        ("a.MARKDOWN", b"text", "md"),
        ("a.txt", "茶".encode("gb18030"), "txt"),
        ("README", b"text", "txt"),
        ("a.log", b"text", "txt"),
        ("a.txt", b"<html-like> words", "txt"),
    ],
)
def test_kinds(name: str, data: bytes, kind: str) -> None:
    assert kinds.kind(name, data) == kind


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "old or an encrypted Office file; save it as DOCX"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "old or an encrypted Office file"),
        ("a.xlsx", package("xl/workbook.xml"), "spreadsheet"),
        ("a.pptx", package("ppt/presentation.xml"), "presentation"),
        ("a.epub", package("META-INF/container.xml"), "EPUB"),
        ("a.odt", package("content.xml"), "OpenDocument"),
        ("a.zip", package("a.txt"), "zip archive; unpack it"),
        ("a.docx", package("word/document.xml")[:40], "damaged or cut off DOCX"),
        ("a.rtf", b"{\\rtf1 x}", "RTF"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "picture.*ocrmypdf"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "picture.*ocrmypdf"),
        ("a.webp", b"RIFF\0\0\0\0WEBP", "picture.*ocrmypdf"),
        ("a.gz", b"\x1f\x8b\x08", "packed"),
        ("a", b"\x7fELF\x02", "program"),
        ("a.pdf", b"not a PDF at all", "is called .pdf but is no PDF file"),
        ("a.docx", b"words", "is called .docx but is no DOCX file"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        kinds.kind(name, data)


def test_what_a_folder_is_searched_for() -> None:
    assert all(map(kinds.readable, ["a.PDF", "b.docx", "c.htm", "d.Md", "e.txt"]))
    assert not any(map(kinds.readable, ["a", "b.mp3", "c.doc", "pdf", ".pdf"]))

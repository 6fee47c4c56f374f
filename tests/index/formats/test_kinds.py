"""Which format a file is in, by what is in it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SourceError
from index.formats import kinds


def package(*members: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(zipfile.ZipInfo(member), "x")  # of no time: it is in the names of tests
    return buffer.getvalue()


def tar() -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n", "pdf"),
        ("a.txt", b"junk\n%PDF-1.4\n...startxref\n9\n%%EOF", "pdf"),
        ("a.pdf", b"junk\n%PDF-1.4\ncut", "pdf"),
        ("a.md", b"# A PDF file begins with `%PDF-1.7`", "md"),
        ("a", package("[Content_Types].xml", "word/document.xml"), "docx"),
        ("a.zip", package("word/document.xml"), "docx"),
        ("a.html", b"<p>A piece of a page", "html"),
        ("a.txt", b"<!DOCTYPE html><p>x", "html"),
        ("a", b"\xef\xbb\xbf\n <?xml version='1.0'?>\n<!-- saved -->\n<HTML lang='zh'>", "html"),
        ("a.txt", "\ufeff<!DOCTYPE html>茶".encode("utf-16-le"), "html"),
        ("a.txt", "\ufeff <html>茶".encode("utf-16-be"), "html"),
        ("a.txt", "\ufeff茶 <html>".encode("utf-16-be"), "txt"),
        ("a", b"<!-- saved -->\n" * 900 + b"<html>", "html"),
        ("a.md", b"<!-- a remark -->\n# Title", "md"),
        ("a.md", b"# Title", "md"),
        ("a.txt", b"ID3 is a gene", "txt"),
        ("a.txt", b"Rar! said the crow", "txt"),
        ("a.txt", b"BMI and BZh, GIF89 too", "txt"),
        ("a.txt", b"the ftyp atom", "txt"),
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
        ("a.zip", package("content.xml.txt", "xlsx", "word/document.xml"[5:]), "zip archive"),
        ("a.docx", package("word/document2.xml"), "Word file without its main part"),
        ("a.pages", package("Index/Document.iwa"), "Apple"),
        ("a.docx", package("word/document.xml")[:40], "damaged or cut off DOCX"),
        ("a.docx", package("word/document.xml")[:-1], "damaged or cut off DOCX"),
        ("a.tar", tar(), r"packed \(tar\)"),
        ("a.mp3", b"ID3\x04\0\0", "recording"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "recording"),
        ("a.heic", b"\0\0\0\x18ftypheic", "picture.*ocrmypdf"),
        ("a.bmp", b"BM\x36\x0c\0\0\0\0\0\0", "picture.*ocrmypdf"),
        ("a.djvu", b"AT&TFORM\0\0\x10\0DJVM", "DjVu.*ddjvu"),
        ("a.caj", b"HN\0\0", "CAJ"),
        ("a.mhtml", b"From: <Saved by Blink>", "MHTML"),
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


def test_a_long_archive_is_known_by_its_directory() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = b"x" * 65_535
        for number in range(3000):
            archive.writestr(f"word/media/{number}", b"word/document.xml")
        archive.writestr(zipfile.ZipInfo("word/document.xml"), b"x" * 100_000)
    assert kinds.kind("a", buffer.getvalue()) == "docx"


def test_an_archive_within_an_archive_is_not_the_archive() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.docx", package("word/document.xml"))
    with pytest.raises(SourceError, match="is a zip archive"):
        kinds.kind("a.zip", buffer.getvalue())


def test_what_never_says_what_it_is_is_known_at_once() -> None:
    """Comments that could be parted in 2ⁿ ways; in another process, so that going through them all ends it, not us."""
    heads = ("b'<!---->' * 2300", "b'<!--' * 4000", "b'<?x>' * 4000", "b' ' * 16_000 + b'<'")
    code = f"from index.formats import kinds; print(*(kinds.kind('a', head) for head in ({', '.join(heads)})))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.split() == ["txt"] * len(heads)


@pytest.mark.parametrize("entry", [b"PK\x01\x02", b"PK\x01\x02".ljust(28) + b"\xff\xff" + bytes(16)])
def test_a_hostile_archive_takes_little_memory(entry: bytes) -> None:
    """Its directory is 40 MB, and every name in it another one of 65,535 bytes."""
    directory = entry * (40_000_000 // len(entry))
    data = b"PK\x03\x04" + directory + b"PK\x05\x06" + bytes(8) + b"\xff" * 4 + bytes(6)
    tracemalloc.start()
    with pytest.raises(SourceError, match="is a zip archive"):
        kinds.kind("a.docx", data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(directory)


@given(
    st.sampled_from([b"", b"PK\x03\x04", b"<!DOCTYPE", b"%PDF", b"\xff\xfe", package("word/document.xml")]),
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x05\x06" + bytes(18), b"startxref"]),
    st.text(max_size=8),
)
def test_any_file_is_of_a_kind_or_refused(head: bytes, middle: bytes, tail: bytes, name: str) -> None:
    with contextlib.suppress(SourceError):
        assert kinds.kind(name, head + middle + tail) in ("txt", "md", "html", "docx", "pdf")

"""Which format a file is in: by its content, and only then by its name. What cannot be read is refused by name."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePath

import regex

from index.errors import SourceError
from index.formats.extract import Format

# By suffix, in small letters; what a folder is searched for.
SUFFIXES: dict[str, Format] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
# Bytes in which a file says what it is; PDF may have something before its mark.
_HEAD = 1024
_HTML = regex.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])",
    regex.IGNORECASE | regex.DOTALL,
)
_OCR = "it is a picture; make a PDF with text of it, as in `ocrmypdf -l chi_sim+eng --image-dpi 300 IN OUT.pdf`"
_SAVE = "open it and save it as DOCX or PDF"
_UNPACK = "unpack it and add the files"
# The first bytes of what cannot be read: what it is, and what to do.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an old or an encrypted Office file",
        "save it as DOCX without a password",
    ),
    (b"{\\rtf", "is a rich text file (RTF)", _SAVE),
    (b"\x89PNG\r\n", "is a picture (PNG)", _OCR),
    (b"\xff\xd8\xff", "is a picture (JPEG)", _OCR),
    (b"GIF8", "is a picture (GIF)", _OCR),
    (b"II*\x00", "is a picture (TIFF)", _OCR),
    (b"MM\x00*", "is a picture (TIFF)", _OCR),
    (b"\x1f\x8b", "is packed (gzip)", _UNPACK),
    (b"BZh", "is packed (bzip2)", _UNPACK),
    (b"\xfd7zXZ\x00", "is packed (xz)", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "is packed (7z)", _UNPACK),
    (b"Rar!", "is packed (RAR)", _UNPACK),
    (b"\x7fELF", "is a program", "add documents only"),
    (b"MZ\x90", "is a program", "add documents only"),
    (b"ID3", "is a recording", "add documents only"),
    (b"%!PS", "is a PostScript file", "make a PDF of it with `ps2pdf`"),
)
# Packages that are zip archives, by a member that each has.
_PACKAGES: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.xml", "is a spreadsheet (XLSX)", "save it as HTML or PDF"),
    ("ppt/presentation.xml", "is a presentation (PPTX)", "save it as PDF"),
    ("META-INF/container.xml", "is an EPUB book", "convert it, as with `pandoc IN.epub -o OUT.html`"),
    ("content.xml", "is an OpenDocument file", _SAVE),
)


def readable(name: str) -> bool:
    """Whether a file of that name is picked up from a folder."""
    return PurePath(name).suffix.lower() in SUFFIXES


def kind(name: str, data: bytes) -> Format:
    """The format of a file; SourceError, with what to do, for one that cannot be read."""
    if b"%PDF-" in data[:_HEAD]:
        return "pdf"
    for magic, what, mend in _OTHERS:
        if data.startswith(magic):
            raise SourceError(what, mend)
    if data[4:12] in (b"ftypheic", b"ftypavif") or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise SourceError("is a picture", _OCR)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data)
    if _HTML.match(data[: 16 * _HEAD]):
        return "html"
    named = SUFFIXES.get(PurePath(name).suffix.lower())
    if named in ("pdf", "docx"):
        raise SourceError(
            f"is called {PurePath(name).suffix} but is no {named.upper()} file", "check where it comes from"
        )
    return named or "txt"


def _package(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError) as error:
        raise SourceError(f"is a damaged or cut off DOCX or zip file ({error})", "get it again") from None
    if "word/document.xml" in members:
        return "docx"
    for member, what, mend in _PACKAGES:
        if member in members:
            raise SourceError(what, mend)
    raise SourceError("is a zip archive", _UNPACK)

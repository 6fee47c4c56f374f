"""Which format a file is in: by its content, and only then by its name. What cannot be read is refused by name.

This runs outside the sandbox, so it only looks for marks, in time that grows with the file's length; nothing is parsed
or unpacked. `sandbox` reads the file next.
"""

from __future__ import annotations

import codecs
from pathlib import PurePath

import regex

from index.errors import SourceError
from index.formats.extract import Format
from index.formats.readers import OWN, by_suffix

# Bytes in which a file says what it is; PDF may have something before its mark.
_HEAD = 1024
# A web page may have a saved page's comments before its mark.
_HTML_HEAD = 16 * _HEAD
# Possessive throughout: what has been passed is never tried again, or comments would be parted in 2ⁿ ways.
_HTML = regex.compile(
    rb"\s*+(?:(?:<\?(?>[^>]*)>|<!--(?>.*?-->))\s*+)*+(?:<!doctype\s++html[\s>]|<html[\s>])",
    regex.IGNORECASE | regex.DOTALL,
)
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_OCR = "make a PDF with text of it, as in `ocrmypdf -l chi_sim+eng --image-dpi 300 IN OUT.pdf`"
_SAVE = "open it and save it as DOCX or PDF"
_UNPACK = "unpack it and add the files"
_ONLY = "add documents only"
# How what cannot be read begins: what it is, and what to do. Long enough that no text begins so.
_OTHERS: tuple[tuple[regex.Pattern[bytes], str, str], ...] = tuple(
    (regex.compile(pattern, regex.DOTALL), what, mend)
    for pattern, what, mend in (
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old or an encrypted Office file", "save it as DOCX, unlocked"),
        (rb"\{\\rtf", "is a rich text file (RTF)", _SAVE),
        (rb"\x89PNG\r\n", "is a picture (PNG)", _OCR),
        (rb"\xff\xd8\xff", "is a picture (JPEG)", _OCR),
        (rb"GIF8[79]a", "is a picture (GIF)", _OCR),
        (rb"II\*\0|MM\0[*+]|II\+\0", "is a picture (TIFF)", _OCR),
        (rb"BM.{4}\0{4}", "is a picture (BMP)", _OCR),
        (rb"RIFF.{4}WEBP", "is a picture (WebP)", _OCR),
        (rb"\0.{3}ftyp(?:hei|hev|mif1|msf1|avif)", "is a picture (HEIC or AVIF)", _OCR),
        (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "is a picture (JPEG 2000)", _OCR),
        (rb"AT&TFORM.{4}DJ", "is a DjVu book", "convert it, as with `ddjvu -format=pdf IN.djvu OUT.pdf`"),
        (rb".{31}\0.{28}BOOKMOBI", "is a Kindle book", "convert it to HTML or DOCX, as with calibre's `ebook-convert`"),
        (rb"\x1f\x8b", "is packed (gzip)", _UNPACK),
        (rb"BZh[1-9]1AY&SY", "is packed (bzip2)", _UNPACK),
        (rb"\xfd7zXZ\0", "is packed (xz)", _UNPACK),
        (rb"\x28\xb5\x2f\xfd", "is packed (zstd)", _UNPACK),
        (rb"7z\xbc\xaf\x27\x1c", "is packed (7z)", _UNPACK),
        (rb"Rar!\x1a\x07", "is packed (RAR)", _UNPACK),
        (rb".{256}\0ustar[\0 ]", "is packed (tar)", _UNPACK),
        (rb"\x7fELF|MZ\x90\0|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe", "is a program", _ONLY),
        (rb"ID3[\x02-\x04]|fLaC\0|OggS\0|RIFF.{4}(?:WAVE|AVI )|\x1a\x45\xdf\xa3", "is a recording", _ONLY),
        (rb"\0.{3}ftyp", "is a recording", _ONLY),
        (rb"SQLite format 3\0", "is a database (SQLite)", _ONLY),
        (rb"%!PS", "is a PostScript file", "make a PDF of it with `ps2pdf`"),
    )
)
# Packages that are zip archives, by a member or folder that each has; the first that matches counts.
_PACKAGES: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/", "is a spreadsheet (XLSX)", "save it as HTML or PDF"),
    (b"ppt/", "is a presentation (PPTX)", "save it as PDF"),
    (b"word/", "is a Word file without its main part, word/document.xml", "open it in Word and save it anew as DOCX"),
    (b"META-INF/container.xml", "is an EPUB book", "convert it, as with `pandoc IN.epub -o OUT.html`"),
    (b"content.xml", "is an OpenDocument file", _SAVE),
    (b"Index/Document.iwa", "is a file of Apple's Pages, Numbers or Keynote", "export it as DOCX or PDF"),
)
# Formats that are known by their names only.
_NAMED: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".caj", ".kdh", ".nh"), ("is a CAJ file", "save it as PDF in CAJViewer, or fetch the PDF")),
    **dict.fromkeys((".mht", ".mhtml"), ("is a web archive (MHTML)", "save the page as HTML")),
    ".eml": ("is a message (EML)", "save its text or its attachments"),
}
# The record that ends a zip archive, and the longest comment behind it; before it there may be those of a long archive.
_ZIP_END, _ZIP_COMMENT, _ZIP_LONG = 22, 65_535, 76
# How much of its directory is looked through (an office file's has some kilobytes), and of each name in it.
_DIRECTORY, _NAME = 4_000_000, 64
_ENTRY = regex.compile(rb"PK\x01\x02.{24}(..).{16}", regex.DOTALL)


def readable(name: str) -> bool:
    """Whether a file of that name is picked up from a folder."""
    return PurePath(name).suffix.lower() in by_suffix()


def kind(name: str, data: bytes) -> Format:
    """The format of a file; SourceError, with what to do, for one that cannot be read.

    One that another package reads is known by its suffix alone.
    """
    suffix = PurePath(name).suffix.lower()
    named = by_suffix().get(suffix, "txt")
    if named not in OWN:
        return named
    if data.startswith(b"%PDF-"):
        return "pdf"
    for pattern, what, mend in _OTHERS:
        if pattern.match(data):
            raise SourceError(what, mend)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data)
    # A text may speak of the mark, a PDF with something before it also has a table's end.
    if b"%PDF-" in data[:_HEAD] and (suffix == ".pdf" or b"startxref" in data):
        return "pdf"
    if _HTML.match(_plain(data[:_HTML_HEAD])):
        return "html"
    if suffix in _NAMED:
        raise SourceError(*_NAMED[suffix])
    if named in ("pdf", "docx"):
        raise SourceError(f"is called {suffix} but is no {named.upper()} file", "check where it comes from")
    return named


def _plain(head: bytes) -> bytes:
    """The beginning of a text as bytes that hold ASCII, without a byte-order mark."""
    for mark, encoding in _WIDE:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8)


def _package(data: bytes) -> Format:
    """What a zip archive is, by the names in its directory."""
    end = data.rfind(b"PK\x05\x06", -_ZIP_END - _ZIP_COMMENT)
    if end < 0 or len(data) < end + _ZIP_END:
        raise SourceError("is a damaged or cut off DOCX or zip file (its end is missing)", "get it again")
    size = int.from_bytes(data[end + 12 : end + 16], "little") + _ZIP_LONG
    directory = data[end - min(size, end, _DIRECTORY) : end]
    names = set()
    for entry in _ENTRY.finditer(directory):
        length = min(int.from_bytes(entry[1], "little"), _NAME)
        names.add(directory[entry.end() : entry.end() + length])
    if b"word/document.xml" in names:
        return "docx"
    for member, what, mend in _PACKAGES:
        if member in names or (member.endswith(b"/") and any(name.startswith(member) for name in names)):
            raise SourceError(what, mend)
    raise SourceError("is a zip archive", _UNPACK)

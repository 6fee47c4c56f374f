"""A PDF opened, or a plain word about why it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import regex

from index.errors import SourceError
from index.formats import limits

# Where a file's end must show its mark: readers are lenient about what servers append.
_END = 4096
_LINEARIZED = regex.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d+)")
_MEND = "fetch it again, or mend it with `qpdf IN.pdf OUT.pdf` and add that"


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The file as a pypdfium2 document, closed afterwards.

    Raises SourceError for one that is no PDF, damaged, cut short, locked, empty or too long.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    if b"%PDF-" not in data[:1024]:
        raise SourceError("it does not begin as a PDF does", "save it as PDF anew")
    whole = _LINEARIZED.search(data[:1024])
    if b"%%EOF" not in data[-_END:] or (whole and int(whole[1]) > len(data)):
        raise SourceError("the PDF is cut short: its end is missing", _MEND)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            mend = "unlock it with `qpdf --decrypt --password=PASSWORD IN.pdf OUT.pdf` and add that"
            raise SourceError("the PDF is encrypted and asks for a password", mend) from None
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise SourceError(
                "the PDF is locked in a way that cannot be read here", "ask for an unlocked one"
            ) from None
        raise SourceError("the PDF is damaged and cannot be opened", _MEND) from None
    try:
        count = len(document)
        if not count:
            raise SourceError("the PDF has no pages", _MEND)
        if count > limits.PAGES_MAX:
            mend = f"split it with `qpdf --split-pages={limits.PAGES_MAX} IN.pdf OUT.pdf` and add the parts"
            raise SourceError(f"the PDF has {count} pages, more than {limits.PAGES_MAX}", mend)
        yield document
    finally:
        document.close()


@contextmanager
def opened_page(document: Any, number: int) -> Iterator[Any]:
    """A page, 1-based, closed afterwards; SourceError for one that cannot be loaded."""
    import pypdfium2

    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        raise SourceError(f"page {number} of the PDF is damaged", _MEND) from None
    try:
        yield page
    finally:
        page.close()

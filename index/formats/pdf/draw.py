"""A page of a PDF as an image, for the web page that shows a quote in its place."""

from __future__ import annotations

from io import BytesIO
from math import sqrt
from threading import Lock

from index.errors import SourceError
from index.formats.pdf.opening import opened, opened_page

# The most pixels of an image: an A4 page at 300 dots an inch has nine million; a poster is drawn smaller.
PIXELS_MAX = 16_000_000
# pdfium is not made for threads.
_LOCK = Lock()


def page_image(data: bytes, page: int, scale: float) -> bytes:
    """A page, 1-based, as PNG, `scale` pixels to the point, or fewer where they would be more than `PIXELS_MAX`.

    Raises SourceError for a file that cannot be opened or a page that is not there.
    """
    with _LOCK, opened(data) as document:
        if not 1 <= page <= len(document):
            raise SourceError(f"the PDF has no page {page}", f"ask for one from 1 to {len(document)}")
        with opened_page(document, page) as shown:
            width, height = shown.get_size()
            if not (width > 0 and height > 0 and scale > 0):
                raise SourceError(f"page {page} of the PDF has no area", "ask for another")
            drawn = shown.render(scale=min(scale, sqrt(PIXELS_MAX / (width * height))))
            try:
                buffer = BytesIO()
                drawn.to_pil().save(buffer, "PNG")
            finally:
                drawn.close()
    return buffer.getvalue()

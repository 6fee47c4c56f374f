"""The sources as they are now, for quotes to be held against: not the library that made the quotes."""

from __future__ import annotations

from eval.questions.labels import place
from eval.run.outcome import Shown
from index.errors import NotFound, SourceError
from index.originals import Originals
from index.records import Document
from qa.answering.quotes import Quote


class Truth:
    """The sources as they stand on disk, each read and structured once, to hold quotes against."""

    def __init__(self, originals: Originals) -> None:
        self._originals = originals
        self._documents: dict[str, Document | None] = {}

    def _document(self, id: str) -> Document | None:
        if id not in self._documents:
            try:
                self._documents[id] = self._originals.document(id)
            except (SourceError, NotFound):
                self._documents[id] = None
        return self._documents[id]

    def shown(self, quote: Quote) -> Shown:
        """A quote as kept in a run, with whether it stands word for word and where it says it does."""
        document = self._document(quote.document.id)
        verbatim = placed = False
        if document is not None and document.sha256 == quote.document.sha256:
            whole = document.source[quote.start : quote.end] == quote.raw
            verbatim = whole and document.display(quote.start, quote.end) == quote.text
            paragraph = document.paragraph(quote.paragraph.id)
            if paragraph is not None:
                starts = {span.start for span in paragraph.sentences}
                ends = {span.end for span in paragraph.sentences}
                placed = quote.start in starts and quote.end in ends
        return Shown(
            paragraph=place(quote.document, quote.paragraph),
            start=quote.start,
            end=quote.end,
            text=quote.text,
            score=quote.score,
            verbatim=verbatim,
            placed=placed,
        )

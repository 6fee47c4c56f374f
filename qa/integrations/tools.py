"""The same answers elsewhere: `ask`, `search` and `show` for the HTTP API and for MCP.

Each returns the record that the command line prints with `--json`. Their docstrings are what a client is told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from index.errors import InputError
from index.library import Library
from index.machine.line import Line
from qa import record
from qa.answering import answer
from qa.answering.scope import Scope
from qa.answering.search import search

# More than anybody reads.
TOP_MAX = 50


def tools(library: Callable[[], Library], lock: Line) -> tuple[Callable[..., dict[str, Any]], ...]:
    """The functions, over what `library` gives, which may have to wait for it; whatever asks holds `lock`.

    Each raises InputError or NotFound for what cannot be asked.
    """

    def scope(documents: Any, lang: Any) -> Scope:
        names = [name.strip() for name in _text(documents, "documents").split(",")]
        return Scope.of(library(), [name for name in names if name], None if lang == "" else lang)

    def ask(question: str, top: int = 3, documents: str = "", lang: str = "") -> dict[str, Any]:
        """Answer a question in Chinese or English with verbatim, cited quotes from the source, or refuse honestly.

        Args:
            question: The question, at most 2000 characters.
            top: At most this many quotes, from 1 to 50.
            documents: Ask only these documents: their ids, parted by commas; nothing for all. `show` lists them.
            lang: Ask only paragraphs in this language, zh or en; nothing for both.
        """
        text, most = _text(question, "question"), _top(top)
        among = scope(documents, lang)
        with lock:
            return record.answer_record(answer.ask(library(), text, most, among))

    def search_(query: str, top: int = 10, documents: str = "", lang: str = "") -> dict[str, Any]:
        """Rank the source's paragraphs for a query, each by its best sentence, with the score of each leg.

        Args:
            query: Words or a question in Chinese or English.
            top: At most this many paragraphs, from 1 to 50.
            documents: Search only these documents: their ids, parted by commas; nothing for all.
            lang: Search only paragraphs in this language, zh or en; nothing for both.
        """
        text, most, among = _text(query, "query"), _top(top), scope(documents, lang)
        with lock:
            return record.search_record(search(library(), text, most, among))

    def show(paragraph: str = "") -> dict[str, Any]:
        """Show a paragraph of the source with its offsets; without an id, every document with all its paragraphs.

        Args:
            paragraph: A paragraph's id such as 3.1-P2, or nothing for the whole source.
        """
        if not _text(paragraph, "paragraph").strip():
            documents = [record.document_record(one, one.paragraphs) for one in library().documents]
            return {"documents": documents}
        document, found = library().paragraph(paragraph.strip())
        return {"documents": [record.document_record(document, [found])]}

    search_.__name__ = "search"
    return ask, search_, show


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{name} is {value!r}", "expected a text")
    return value


def _top(value: Any) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or value != int(value)
        or not 1 <= value <= TOP_MAX
    ):
        raise InputError(f"top is {value!r}", f"expected a whole number from 1 to {TOP_MAX}")
    return int(value)

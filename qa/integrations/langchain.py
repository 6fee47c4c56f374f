"""A LangChain retriever over an index: each document that it finds is words of a source, with where they stand.

It needs `pip install 'yinzheng[langchain]'`. What a chain does with the documents is not ours: words that a model
writes from them are no quotes any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import Annotated, Any, Literal

from index.errors import InputError, PackageMissing

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables.config import run_in_executor
except ImportError as error:
    raise PackageMissing(f"LangChain cannot be imported ({error})", "run `pip install 'yinzheng[langchain]'`") from None
from pydantic import BeforeValidator, ConfigDict, Field, PositiveInt

import qa
from index.records import Language
from qa import settings
from qa.answering.quotes import Quote
from qa.record import quote_record

Mode = Literal["answers", "sentences", "paragraphs"]


def _opened(given: Any) -> Any:
    """An index, which may be given as its folder."""
    return qa.open(given) if given is None or isinstance(given, str | PathLike) else given


class YinzhengRetriever(BaseRetriever):  # type: ignore[misc] # mypy follows no import of LangChain
    """Finds quotes for a question, or nothing where the documents do not answer it.

        retriever = YinzhengRetriever(index="papers.index", k=3)
        retriever.invoke("Who built CAAR-NK cells?")

    `page_content` is what the source says, and `metadata` the record of `--json` without it, with the document's
    `title` and its file as `source`. An `id` stays the same as long as the document does. Raises, when it is made,
    IndexMissing, IndexStale or IndexDamaged; when it is asked, NotFound for a document that there is not.
    """

    index: Annotated[qa.Index, BeforeValidator(_opened)] = Field(default=None, validate_default=True)
    """What is asked: an index that `qa.open` gave, or its folder; None for the default one."""

    mode: Mode = "answers"
    """What is found: the quotes of an `ask`, none where it refuses, with the answer's `confidence`; or, for chains that
    judge by themselves, the best `sentences` or whole `paragraphs` of a `search`, which always finds some."""

    k: PositiveInt = settings.QUOTES_TOP
    """At most so many documents; `invoke(question, k=5)` asks for others once."""

    documents: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Only these of the index, by their ids or file names; None for all."""

    language: Language | None = None
    """Only paragraphs in this language; None for both."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", validate_assignment=True)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it
        k: int | None = None,
    ) -> list[Document]:
        if k is not None and k < 1:
            raise InputError(f"k is {k}", "expected a whole number of at least 1")
        return list(self._found(query, k or self.k))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        """In a thread, as LangChain would by itself, which would not take `k`."""
        found = await run_in_executor(
            None, self._get_relevant_documents, query, run_manager=run_manager.get_sync(), k=k
        )
        return list(found)

    def _found(self, query: str, k: int) -> Iterator[Document]:
        if self.mode == "answers":
            answer = self.index.ask(query, k, self.documents, self.language)
            for quote in answer.quotes:
                yield self._document(quote, confidence=answer.confidence, index=answer.fingerprint)
            return
        found = self.index.search(query, k, self.documents, self.language)
        for hit in found.hits:
            quote = hit.quote if self.mode == "sentences" else _whole(hit.quote)
            best = [hit.quote.start, hit.quote.end]
            yield self._document(quote, rank=hit.rank, legs=hit.legs, best=best, index=found.fingerprint)

    def _document(self, quote: Quote, **more: Any) -> Document:
        record = quote_record(quote)
        text = record.pop("text")
        id = f"{quote.document.id}:{quote.paragraph.id}:{quote.start}-{quote.end}"
        source = str(self.index.library.originals.get(quote.document.id, quote.document.file))
        return Document(text, id=id, metadata={"source": source, "title": quote.document.title, **record, **more})


def _whole(quote: Quote) -> Quote:
    """The whole paragraph of a quote, with its score; nothing is marked in it."""
    document, paragraph = quote.document, quote.paragraph
    start, end = paragraph.start, paragraph.end
    text, raw = document.display(start, end), document.source[start:end]
    return Quote(document, paragraph, start, end, raw, text, (), quote.score, quote.language)

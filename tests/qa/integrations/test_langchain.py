"""The LangChain retriever, against LangChain itself: what it finds, in chains, in threads, and without LangChain."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import ConfigurableField, RunnablePassthrough
from pydantic import ValidationError

import qa
from index.errors import IndexMissing, InputError, NotFound
from index.library import Library
from qa.integrations.langchain import YinzhengRetriever

WHO = "CAAR-NK 细胞是谁构建的？"
RISKS = "CAR-T有什么风险？"
WEATHER = "今天北京天气怎么样？"
QUESTIONS = (WHO, RISKS, WEATHER, "How does HSCT work?", "What is MSC?")


@pytest.fixture(scope="module")
def index(library: Library) -> qa.Index:
    return qa.open()


@pytest.fixture
def retriever(index: qa.Index) -> YinzhengRetriever:
    return YinzhengRetriever(index=index)


def test_a_quote_is_a_document_and_its_record_the_metadata(retriever: Any, index: qa.Index) -> None:
    answer = qa.to_dict(index.ask(RISKS))
    found = retriever.invoke(RISKS)
    assert len(found) == len(answer["quotes"]) > 1
    for document, quote in zip(found, answer["quotes"], strict=True):
        assert isinstance(document, Document)
        assert document.page_content == quote.pop("text")
        assert document.metadata.items() >= quote.items()
        assert document.metadata["confidence"] == answer["confidence"]
        assert document.metadata["index"] == answer["index"]
        assert document.metadata["title"] == "[系统性红斑狼疮的细胞治疗（综述）]"
        source = Path(document.metadata["source"]).read_text(encoding="utf-8-sig")
        assert source[quote["start"] : quote["end"]] == quote["raw"]
        assert json.loads(json.dumps(document.metadata)) == document.metadata
    assert len({document.id for document in found}) == len(found)
    assert [document.id for document in retriever.invoke(RISKS)] == [document.id for document in found]


def test_a_refusal_finds_nothing(retriever: Any, index: qa.Index) -> None:
    assert retriever.invoke(WEATHER) == retriever.invoke("") == []
    assert YinzhengRetriever(index=index, mode="paragraphs").invoke("") == []


def test_sentences_and_paragraphs_are_those_of_a_search(index: qa.Index) -> None:
    hits = index.search(RISKS, 4).hits
    sentences = YinzhengRetriever(index=index, mode="sentences", k=4).invoke(RISKS)
    paragraphs = YinzhengRetriever(index=index, mode="paragraphs", k=4).invoke(RISKS)
    assert [one.page_content for one in sentences] == [hit.quote.text for hit in hits]
    for hit, sentence, paragraph in zip(hits, sentences, paragraphs, strict=True):
        document, own = hit.quote.document, hit.quote.paragraph
        assert paragraph.page_content == document.display(own.start, own.end)
        assert hit.quote.text in paragraph.page_content
        assert document.source[own.start : own.end] == paragraph.metadata["raw"]
        for one in (sentence, paragraph):
            assert one.metadata["best"] == [hit.quote.start, hit.quote.end]
            assert (one.metadata["rank"], one.metadata["legs"]) == (hit.rank, hit.legs)
            assert one.metadata["paragraph"] == own.id
    assert any(one.id != other.id for one, other in zip(sentences, paragraphs, strict=True))


def test_how_many_are_found(retriever: Any, index: qa.Index) -> None:
    assert len(YinzhengRetriever(index=index, k=1).invoke(RISKS)) == 1
    assert len(retriever.invoke(RISKS, k=1)) == len(asyncio.run(retriever.ainvoke(RISKS, k=1))) == 1
    chosen = retriever.configurable_fields(k=ConfigurableField(id="k"))
    assert len(chosen.invoke(RISKS, config={"configurable": {"k": 1}})) == 1
    with pytest.raises(InputError, match="k is 0; expected a whole number of at least 1"):
        YinzhengRetriever(index=index, mode="paragraphs").invoke(RISKS, k=0)


def test_what_is_asked_can_be_narrowed(index: qa.Index) -> None:
    for language in ("zh", "en"):
        found = YinzhengRetriever(index=index, mode="sentences", language=language, k=2).invoke(RISKS)
        assert {index.paragraph(one.metadata["paragraph"])[1].language for one in found} == {language}
    assert YinzhengRetriever(index=index, documents=["sle-cell-therapy"]).invoke(WHO)
    with pytest.raises(NotFound, match="no document 'other'; the index holds sle-cell-therapy"):
        YinzhengRetriever(index=index, documents=["other"]).invoke(WHO)


@pytest.mark.parametrize(
    ("field", "value"),
    [("k", 0), ("mode", "quotes"), ("documents", []), ("language", "fr"), ("index", 3), ("folder", "papers")],
)
def test_what_cannot_be_asked_for_is_refused_when_it_is_made(index: qa.Index, field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=rf"(?m)^{field}"):
        YinzhengRetriever(**{"index": index, field: value})


def test_an_index_may_be_its_folder(library: Library, index_folder: Path, tmp_path: Path) -> None:
    alone = YinzhengRetriever().invoke(WHO)
    assert alone == YinzhengRetriever(index=index_folder).invoke(WHO)
    assert alone == YinzhengRetriever(index=str(index_folder)).invoke(WHO)
    with pytest.raises(IndexMissing, match="run `yinzheng index build --index"):
        YinzhengRetriever(index=tmp_path / "none")


def test_in_a_chain(retriever: Any) -> None:
    def cited(found: list[Document]) -> str:
        return "\n".join(f"{one.page_content} ({one.metadata['paragraph']})" for one in found)

    chain = {"context": retriever | cited, "question": RunnablePassthrough()} | RunnablePassthrough.assign(
        length=lambda given: len(given["context"])
    )
    made = chain.invoke(WHO)
    assert made["question"] == WHO
    assert "Meng" in made["context"]
    assert made["context"].endswith("(4-P2)")
    assert made["length"] == len(made["context"])


@pytest.mark.parametrize("mode", ["answers", "paragraphs"])
def test_many_at_once_are_found_as_each_alone(index: qa.Index, mode: Any) -> None:
    retriever = YinzhengRetriever(index=index, mode=mode)
    alone = [retriever.invoke(question) for question in QUESTIONS]
    index.library.model.forget()
    assert retriever.batch([*QUESTIONS], config={"max_concurrency": 5}) == alone
    index.library.model.forget()
    assert asyncio.run(retriever.abatch([*QUESTIONS])) == alone


def test_without_langchain_it_is_one_line_and_an_import_error(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['langchain_core'] = None\n"
        "from index.errors import YinzhengError\n"
        "try:\n    import qa.integrations.langchain\n"
        "except ImportError as error:\n    assert isinstance(error, YinzhengError)\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("LangChain cannot be imported (")
    assert done.stdout.endswith("; run `pip install 'yinzheng[langchain]'`\n")
    assert done.stdout.count("\n") == 1


def test_nothing_else_needs_it() -> None:
    code = "import sys, qa; qa.open; import qa.terminal.cli; assert 'langchain_core' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)

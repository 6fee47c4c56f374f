"""Citations, in the language of the reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.library import Library
from index.records import Document, Language, Paragraph, Section, Span
from qa.answering.answer import ask
from qa.answering.quotes import Quote


def quote(source: str, titles: tuple[str, ...], language: Language) -> Quote:
    end = len(source)
    paragraph = Paragraph("3.1-P2", Section("3.1", titles, None), 0, end, "zh", (Span(0, end),))
    document = Document("d", "d.txt", "[综述]", "zh", "0" * 64, source, (), (paragraph,))
    return Quote(document, paragraph, 0, end, source, source, (), 1.0, language)


@pytest.mark.parametrize(
    ("source", "titles", "language", "expected"),
    [
        ("甲。", ("三、疗法",), "zh", "[综述] · 三、疗法 · 3.1-P2 · 第 1 行"),
        ("甲\n乙。", ("三、疗法", "1. 疗效"), "zh", "[综述] · 三、疗法 › 1. 疗效 · 3.1-P2 · 第 1–2 行"),
        ("甲。", ("三、疗法",), "en", "[综述] · 三、疗法 · 3.1-P2 · line 1"),
        ("甲\n\n乙。", ("三、疗法", "1. 疗效"), "en", "[综述] · 三、疗法 › 1. 疗效 · 3.1-P2 · lines 1–3"),
    ],
)
def test_citation(source: str, titles: tuple[str, ...], language: Language, expected: str) -> None:
    assert quote(source, titles, language).citation == expected


def test_the_citation_of_the_review(library: Library) -> None:
    first = ask(library, "CAAR-NK 细胞是谁构建的？").quotes[0]
    place = "[系统性红斑狼疮的细胞治疗（综述）] · 四、NK细胞疗法 · 4-P2"
    assert replace(first, language="zh").citation == f"{place} · 第 339–343 行"
    assert replace(first, language="en").citation == f"{place} · lines 339–343"

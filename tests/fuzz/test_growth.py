"""Time grows with the text, not with its square: four times as much takes about four times as long.

No time is asserted, only the ratio of two, each the best of several, and only where it can be measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from index.errors import SourceError
from index.formats import html, markdown, txt
from index.formats.extract import Extract
from index.lexical import glossary
from index.store.part import Name, document
from index.structure import outline, sentences
from index.structure.numbers import Numbers
from index.structure.references import is_entry
from index.text import words
from qa.answering import spans, typed
from qa.answering.question import Question

# Four times as much may take so many times as long; its square would be 16, and machines are busy.
RATIO_MAX = 9.0
# What takes less says nothing: there is more and more of it until it takes as long, or is as much as this.
SECONDS_MIN = 0.02
N_MAX = 60_000


def seconds(call: Callable[[Any], object], value: object) -> float:
    begun = time.process_time()
    call(value)
    return time.process_time() - begun


def grows(make: Callable[[int], Any], call: Callable[[Any], object], n: int = 100) -> float:
    """How many times as long the call takes for four times as much, from where that can be measured."""
    call(make(20))  # what is loaded at first use
    while n < N_MAX and seconds(call, make(n)) < SECONDS_MIN:
        n *= 2
    small, large = make(n), make(4 * n)
    best = [float("inf"), float("inf")]
    for _ in range(3):
        for place, value in enumerate((small, large)):
            best[place] = min(best[place], seconds(call, value))
        if best[1] < RATIO_MAX * max(best[0], SECONDS_MIN):
            break
    return best[1] / max(best[0], SECONDS_MIN)


def structure(text: str) -> object:
    return outline.read(Extract("txt", text, scanned=True))


def mined(text: str) -> object:
    return glossary.mine([document(Name("a", "a", "a", "0"), Extract("txt", text))])


def numbered(titles: list[str]) -> object:
    numbers = Numbers()
    return [numbers.next(title, 2) for title in titles]


def wanted(asked: str) -> Callable[[str], object]:
    question = Question.read(asked)
    return lambda text: (typed.gives(text, question, ()), spans.spans(text, question.wanted))


def expansions(text: str) -> object:
    return spans.expansions(text, Question.read("What is DNA short for?"))


def markdown_of(text: str) -> object:
    return outline.read(markdown.read(text.encode()))


def html_of(text: str) -> object:
    return outline.read(html.read(text.encode()))


def _decoded(data: bytes) -> object:
    try:
        return txt.decode(data)
    except SourceError as error:
        return error


STRUCTURE = {
    "English sentences": "The cell is here. ",
    "Chinese sentences": "细胞在这里。",
    "wrapped lines": "some words of a line here\n",
    "sections": "7 Heading\nText is here.\n",
    "headings in Chinese": "一、方法\n文。\n",
    "no stops": "细胞 在 这里 ",
    "dots": ".",
    "stops of both kinds": "？!.",
    "spaces": " ",
    "tabs and lines": "\t\n",
    "half-width stops": "细胞,在这里,",
    "dashes": "细胞—种",
    "open brackets": "细胞(",
    "open square brackets": "[",
    "brackets with marks": "细胞(abc，d",
    "numbers of a list": "1. ",
    "digits": "1",
    "digits and spaces": "1 ",
    "letters": "A",
    "capitals and stops": "Aa.",
    "trial numbers": "N C T 1 ",
    "closing quotes": "。”",
    "citation marks": "。[1,",
    "combining marks": "e\u0301",
    "pairs": "😀",
    "ranges": "1 ~ ",
    "carriage returns": "\r",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", STRUCTURE)
def test_structure(name: str) -> None:
    assert grows(lambda n: f"a{STRUCTURE[name] * n}b", structure) < RATIO_MAX


CASES: dict[str, tuple[Callable[[int], Any], Callable[[Any], object]]] = {
    "gloss in a text without stops": (lambda n: "细胞" * n, mined),
    "glosses in brackets never closed": (lambda n: "细胞(ab" * n, mined),
    "gloss of a long run": (lambda n: "细胞" * n + "(cell therapy)", mined),
    "section numbers": (lambda n: [f"title {i}" for i in range(n)], numbered),
    "sentences of one paragraph": (lambda n: "He is 1. A.B. " * n, sentences.split),
    "entry of references": (lambda n: "1. 2020 " + "1" * n, is_entry),
    "entry with spaces": (lambda n: "1. 2020 1" + " " * n, is_entry),
    "entry with brackets": (lambda n: "1. 2020 " + "1(1" * n, is_entry),
    "likelihood": (lambda n: "细胞" * n, words.likelihood),
    "count in digits": (lambda n: "1" * n, wanted("有多少例？")),
    "duration in digits": (lambda n: "1," * n, wanted("How long did it take?")),
    "age in digits": (lambda n: "1" * n, wanted("几岁？")),
    "money": (lambda n: "1," * n, wanted("多少钱？")),
    "person": (lambda n: "Aa " * n, wanted("Who reported it?")),
    "organisation": (lambda n: "细" * n, wanted("哪家医院？")),
    "drug": (lambda n: "aA" * n, wanted("哪种药？")),
    "expansions in letters": (lambda n: "ACGT" * n, expansions),
    "expansions in brackets": (lambda n: "(" + "abc " * n, expansions),
    "expansions in many brackets": (lambda n: "(abc, " * n, expansions),
    "Markdown headings": (lambda n: "## H\n\ntext here.\n\n" * n, markdown_of),
    "Markdown stars": (lambda n: "*a **" * n, markdown_of),
    "Markdown brackets": (lambda n: "[" * n, markdown_of),
    "Markdown links": (lambda n: "[a](b" * n, markdown_of),
    "Markdown ticks": (lambda n: "`a``" * n, markdown_of),
    "Markdown notes": (lambda n: "[^1]: a\n\n" * n, markdown_of),
    "Markdown tables": (lambda n: "| a | b |\n|-|-|\n" + "| 1 |  |\n" * n, markdown_of),
    "Markdown formulas": (lambda n: "$a" * n, markdown_of),
    "Markdown entities": (lambda n: "&amp;" * n, markdown_of),
    "Markdown tags": (lambda n: "<a " * n, markdown_of),
    "Markdown HTML": (lambda n: "<div>\n" + "<!-- <script " * n, markdown_of),
    "HTML paragraphs": (lambda n: "<p>Tea is green and dried.</p>" * n, html_of),
    "HTML open": (lambda n: "<p><b>Tea is green and dried. " * min(n, 100) + "tea " * n, html_of),
    "HTML tables": (lambda n: "<table>" + "<tr><td>a<td>b" * n + "</table>", html_of),
    "HTML links": (lambda n: "<div>tea <a>a link</a> " * min(n, 90) + "tea " * n, html_of),
    "HTML comments": (lambda n: "<p>tea</p><!-- " * n, html_of),
    "HTML spaces": (lambda n: "<title>a" + " " * n + "</title><p>tea is green", html_of),
    "bytes of no encoding": (lambda n: b"\x81\x20\xff\xfe" * n + b"\x81", _decoded),
    "bytes half of UTF-8": (lambda n: "茶".encode() * n + b"\xff", _decoded),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_rest(name: str) -> None:
    assert grows(*CASES[name]) < RATIO_MAX


@pytest.mark.slow
def test_a_square_is_seen() -> None:
    assert grows(lambda n: "a" * n, lambda text: [text.count("b") for _ in text]) > RATIO_MAX

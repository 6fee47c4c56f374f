"""A document whose text would act wherever it is not escaped, and whose sentences stand in it twice."""

from __future__ import annotations

from index.records import Document, Paragraph, Section, Span
from qa.answer import Answer
from qa.quotes import Quote

ACTS = "<img src=x onerror=window.pwned=1>"
# What Markdown, LaTeX, HTML and Gradio's own templates would act on.
HOSTILE = (
    f"{ACTS}<script>window.pwned=2</script> **bold** $x^2$ $$y$$ \\(z\\) ![p](http://other.test/p.png)\n\n"
    "# head\n\n```mermaid\ngraph TD\n```\n[l](javascript:window.pwned=3) ${window.pwned=4} {{pwned}}"
    " http://other.test/ <b>"
)
ID = "h<b>'&:1-2"


def document() -> Document:
    """The hostile text twice, with hostile names."""
    source = HOSTILE + HOSTILE
    size = len(HOSTILE)
    section = Section("1", (HOSTILE,), None)
    sentences = (Span(0, size), Span(size, 2 * size))
    paragraph = Paragraph("1-P1", section, 0, 2 * size, "en", sentences)
    return Document(ID, ACTS, ACTS, "en", "0" * 64, source, (), (paragraph,))


def answer(number: int = 1) -> Answer:
    """An answer that quotes the second of the two sentences, or the one of that number."""
    found = document()
    start, end = len(HOSTILE) * number, len(HOSTILE) * (number + 1)
    quote = Quote(found, found.paragraphs[0], start, end, HOSTILE, HOSTILE, ((0, len(ACTS)),), 0.9)
    return Answer("hostile", "en", True, 0.9, None, (quote,), (), (), "f")

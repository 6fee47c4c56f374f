"""HTML that shows foreign text literally. Everything the page draws goes through here.

Whatever comes from a document, a question or an error passes `safe`. A message is one line of block HTML:
no blank line can end the block, so the Markdown and LaTeX of Gradio's chatbot never read it. Gradio's
sanitiser drops `data-` and `aria-` attributes, so a message says what a link does in its `href` alone.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from urllib.parse import quote

from index.records import Language
from index.text import hidden
from qa.page import words

# The language of an element, as HTML names it.
LANG: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}


def safe(text: str) -> str:
    """Text as HTML that shows it literally, on one line whatever white space it holds; nothing hides in it."""
    escaped = html.escape(hidden.marked(text), quote=True)
    return escaped.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def both(name: str, **values: object) -> str:
    """A word of the page in both languages; the style shows the one that the reader chose."""
    return "".join(
        f'<span class="yz-{language}" lang="{LANG[language]}">{safe(words.of(name, language, **values))}</span>'
        for language in LANG
    )


def marked(text: str, spans: Sequence[Sequence[int]]) -> str:
    """The text with its spans in <mark>; one that is out of range or overlaps an earlier one is not marked."""
    parts, at = [], 0
    for start, end in sorted((span[0], span[1]) for span in spans):
        if at <= start < end <= len(text):
            parts += [safe(text[at:start]), "<mark>", safe(text[start:end]), "</mark>"]
            at = end
    return "".join([*parts, safe(text[at:])])


def asks(question: str, text: str | None = None) -> str:
    """A link that asks a question; it says the question unless `text`, which is HTML, says something else."""
    return f'<a class="yz-ask" href="#ask={quote(question, safe="")}">{safe(question) if text is None else text}</a>'


def place(document: str, start: int, end: int) -> str:
    """The address, within the page, of a span of a document's source."""
    return f"#at={quote(document, safe='')}:{start}-{end}"

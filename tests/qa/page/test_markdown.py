"""Answers as Markdown: what a renderer shows of them is what the source says, whatever that is."""

from __future__ import annotations

from typing import Any

import pytest
import regex
from hostile import PAYLOADS
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.text import hidden
from qa.page import markdown

ATTACK = "<script>window.pwned=1</script> **b** $x$ ![](http://e.test/a.png) [a](javascript:b) `c` ${d} {{e}} & \"'"
# What a quote is made of, and nothing else: no emphasis, code, list, heading, link, image or HTML.
MADE_OF = {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline"}
WORDS = {"text", "softbreak", "text_special"}
ACTIVE = [
    *"\\`*_{}[]<>#|~&!$@:/.-+=()\"'^% 19aZé中［１．，😀\t\n\x1b\u202e\u2028",
    *("\n\n", "    ", "http://", "www.", "```", "---", "===", "&amp;", "<b>", "1. ", "[x]: ", "](", "![", "<!--"),
]


def rendered(text: str, citation: str, preset: str) -> list[str]:
    """The paragraphs of a quoted text and its citation, as a renderer that lets HTML through shows them."""
    blocks = MarkdownIt(preset, {"html": True}).parse(markdown.quote({"text": text, "citation": citation}, "en"))
    assert {block.type for block in blocks} <= MADE_OF
    assert {token.type for block in blocks for token in block.children or []} <= WORDS
    return [
        "".join("\n" if token.type == "softbreak" else token.content for token in block.children or [])
        for block in blocks
        if block.type == "inline"
    ]


def lines(text: str) -> list[str]:
    """The lines of a text that are shown, without the space around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("preset", ["commonmark", "js-default"])
@pytest.mark.parametrize(
    "text",
    [
        ATTACK,
        *"- two + x # h <b> &lt; ~~x~~ |a|b| ［3］ \\ 1.".split(),
        "1. one",
        "- two",
        "+ x",
        "# h",
        "2023) y",
        "a_b_c *d*",
        *PAYLOADS.values(),
    ],
)
def test_a_quote_is_shown_literally(text: str, preset: str) -> None:
    assert rendered(text, text, preset) == [hidden.marked(text), f"— {hidden.marked(text)}"]


@given(st.lists(st.sampled_from(ACTIVE), min_size=1, max_size=25).map("".join).filter(str.strip))
def test_a_quote_of_anything_is_shown_literally(text: str) -> None:
    shown = lines(hidden.marked(text))
    for preset in ("commonmark", "js-default"):
        *quote, cited = rendered(text, "c", preset)
        assert (lines("\n".join(quote)), cited) == (shown, "— c")


def test_a_question_is_a_heading_and_none_is_none() -> None:
    record: dict[str, Any] = {
        "question": "# <b> 1. *x*",
        "language": "en",
        "answered": False,
        "reason": "no",
        "quotes": [],
        "nearest": [],
    }
    blocks = MarkdownIt().parse(markdown.answer(record))
    assert [block.tag for block in blocks if block.type.endswith("_open")] == ["h2", "p"]
    assert "".join(token.content for token in blocks[1].children or []) == record["question"]
    assert markdown.answer({**record, "question": ""}) == "Not answered: no."
    assert not regex.search(r"[ \t]$", markdown.answer(record), regex.MULTILINE)

"""Answers as Markdown that shows every foreign word literally: what is copied, exported, and printed by `ask`.

Drawn from the record of `ask --json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import regex

from index.records import Language
from index.text import hidden
from qa.page import words


def answer(record: dict[str, Any]) -> str:
    """An answer under its question; or why there is none, and what stands nearest."""
    question = [f"## {literal(record['question'])}"] if record["question"] else []  # a blank line was asked
    return "\n\n".join([*question, *said(record)])


def said(record: dict[str, Any]) -> Iterator[str]:
    """The paragraphs of an answer: how many quotes and how sure, each quote; or the refusal and what stands nearest."""
    language: Language = record["language"]
    quotes = record["quotes"] or record["nearest"]
    if record["answered"]:
        yield found(record)
    else:
        yield literal(words.of("refused", language, reason=record["reason"]))
        if quotes:
            yield words.of("nearest", language)
    for one in quotes:
        yield quote(one, language)


def found(record: dict[str, Any]) -> str:
    """How many quotes there are, and how likely they answer."""
    language, count = record["language"], len(record["quotes"])
    many = words.of("one", language) if count == 1 else words.of("many", language, n=count)
    return f"{many} {words.likely('confidence', record['confidence'], language)}"


def quote(quote: dict[str, Any], language: Language) -> str:
    """A quote, its citation, and where else its words stand, as Markdown that shows them literally."""
    # Space around a line is not shown but acts: four before it make code of it, two after it break it.
    shown = (line.strip(" \t") for line in quote["text"].split("\n"))
    lines = "\n".join(f"> {literal(line)}" if line else ">" for line in shown)
    also = "".join(f"\n>\n> {words.of('also', language)}{literal(other)}" for other in quote.get("also", ()))
    return f"{lines}\n>\n> — {literal(quote['citation'])}{also}"


def literal(text: str) -> str:
    """Text in which nothing is Markdown or HTML, no address becomes a link, and nothing hides."""
    escaped = regex.sub(r"([\\`*_{}\[\]<>#|~&!$@]|:(?=//)|(?<=\bwww)\.)", r"\\\1", hidden.marked(text), flags=regex.I)
    return regex.sub(r"^(\s*)(?:([-+=])|(\d+)([.)])(?=\s|$))", _begun, escaped)


def _begun(match: regex.Match[str]) -> str:
    """What would begin a list, or underline a heading, so that it does not."""
    return f"{match[1]}\\{match[2]}" if match[2] else f"{match[1]}{match[3]}\\{match[4]}"

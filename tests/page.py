"""A page of documentation as blocks: sessions with their output, commands, Python."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

# How a heredoc begins, with the word that ends it.
_HEREDOC = re.compile(r"<<-?\s*'?(\w+)'?\s*$")


@dataclass(frozen=True)
class Command:
    """What is typed, and what a session says comes of it."""

    line: int  # of the page, 1-based
    typed: str
    output: str


def blocks(page: Path, language: str) -> Iterator[tuple[int, str]]:
    """The fenced blocks of that language, each with the line of the page that it begins on."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence" and token.info.strip() == language and token.map:
            yield token.map[0] + 2, token.content


def session(page: Path) -> list[Command]:
    """The commands of all `console` blocks, in order, each with the output under it."""
    found: list[Command] = []
    for first, text in blocks(page, "console"):
        typed, output, at, end = "", "", 0, ""
        for number, line in enumerate(text.splitlines(), start=first):
            if end or (typed.endswith("\\") and not output):
                typed += "\n" + line
                end = "" if line == end else end
            elif line.startswith("$ "):
                if typed:
                    found.append(Command(at, typed, output))
                typed, output, at = line[2:], "", number
                heredoc = _HEREDOC.search(typed)
                end = heredoc[1] if heredoc else ""
            else:
                output += line + "\n"
        if typed:
            found.append(Command(at, typed, output))
    return found


def commands(page: Path) -> Iterator[Command]:
    """The commands of `sh` blocks, without their comments, and those after a `$` in blocks that are not run."""
    for language, prompt in (("sh", ""), ("", "$ ")):
        for first, text in blocks(page, language):
            for number, line in enumerate(text.replace("\\\n", "  ").splitlines(), start=first):
                words = shlex.split(line.removeprefix(prompt), comments=True) if line.startswith(prompt) else ()
                if words:
                    yield Command(number, shlex.join(words), "")


def agrees(found: str, shown: str) -> bool:
    """Whether an output is as a page shows it: `…` stands for anything in a line, by itself for any lines."""
    parts = [
        "(?:.*\n)*?" if line == "…\n" else ".*".join(map(re.escape, line.split("…")))
        for line in shown.splitlines(keepends=True)
    ]
    return re.fullmatch("".join(parts), found) is not None

"""The commands that ask: `ask`, `search`, `show`, `verify`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from index.errors import InputError
from qa.terminal.command import DONE, FINDING
from qa.terminal.console import Console

ANSWERED, NOT_ANSWERED = DONE, FINDING


def ask(arguments: argparse.Namespace, console: Console) -> int:
    """Answer a question, those of standard input, or those typed at a prompt."""
    from qa.answering.answer import ask
    from qa.answering.scope import Scope
    from qa.record import answer_record
    from qa.service import open_library
    from qa.terminal.render import answer_lines, shorten

    words = arguments.question
    many = words == ["-"] or not words
    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    scope = Scope.of(library, arguments.document, arguments.lang)
    if not words and sys.stdin.isatty():
        from qa.terminal.prompt import questions

        source: Iterator[str] = questions()
    else:
        source = _lines() if many else iter([" ".join(words)])
    answered = False
    for question in source:
        answer = ask(library, question, arguments.top, scope)
        answered = answered or answer.answered
        if arguments.format == "json":
            console.json(answer_record(answer))
            continue
        if arguments.format == "markdown":
            from qa.page import markdown

            console.exactly(markdown.answer(answer_record(answer)) + ("\n" if many else ""))
            continue
        if words == ["-"]:
            console.line(f"» {shorten(answer.question)}")
        for line in answer_lines(answer):
            console.line(line)
        if many:
            console.line()
    return ANSWERED if answered else NOT_ANSWERED


def _lines() -> Iterator[str]:
    """Standard input line by line, whatever its bytes."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def search(arguments: argparse.Namespace, console: Console) -> int:
    """Rank passages."""
    from qa.answering.scope import Scope
    from qa.answering.search import search
    from qa.record import search_record
    from qa.service import open_library
    from qa.terminal.render import explain_lines, hit_lines

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    scope = Scope.of(library, arguments.document, arguments.lang)
    found = search(library, " ".join(arguments.query), arguments.top, scope)
    if arguments.json:
        console.json(search_record(found))
    else:
        if arguments.explain:
            for line in explain_lines(found, library):
                console.line(line)
        for line in hit_lines(found, explain=arguments.explain):
            console.line(line)
    return ANSWERED if found.hits else NOT_ANSWERED


def show(arguments: argparse.Namespace, console: Console) -> int:
    """The outline, or one paragraph."""
    from qa.answering.scope import Scope
    from qa.record import document_record
    from qa.service import open_library
    from qa.terminal.render import outline_lines, paragraph_lines

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    chosen = Scope.of(library, arguments.document).documents
    documents = [document for document in library.documents if chosen is None or document.id in chosen]
    if arguments.paragraph is None:
        if arguments.json:
            console.json({"documents": [document_record(d, d.paragraphs) for d in documents]})
        else:
            for line in outline_lines(documents):
                console.line(line)
        return ANSWERED
    id = arguments.paragraph
    document, paragraph = library.paragraph(id if len(documents) > 1 or ":" in id else f"{documents[0].id}:{id}")
    if arguments.json:
        console.json({"documents": [document_record(document, [paragraph])]})
    else:
        for line in paragraph_lines(document, paragraph, raw=arguments.raw):
            console.line(line)
    return ANSWERED


def verify(arguments: argparse.Namespace, console: Console) -> int:
    """Hold the quotes of a saved answer against the files."""
    from qa.service import originals
    from qa.verify import records, verify

    name = "standard input" if arguments.file == "-" else arguments.file
    try:
        data = sys.stdin.buffer.read() if arguments.file == "-" else Path(arguments.file).read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{name} cannot be read ({reason})", "name a file that `ask --json` wrote") from None
    saved = records(text, name)
    files = originals(arguments.index)
    try:
        verdicts = list(verify(saved, files))
    finally:
        files.close()
    wrong = [verdict for verdict in verdicts if verdict.problem]
    if arguments.json:
        quotes = [{"question": v.question, "citation": v.citation, "problem": v.problem} for v in verdicts]
        console.json({"quotes": quotes, "hold": len(verdicts) - len(wrong), "fail": len(wrong)})
    else:
        for verdict in wrong:
            console.line(f"{verdict.citation}: {verdict.problem}")
        console.line(f"{len(verdicts) - len(wrong)} of {len(verdicts)} quotes hold")
    return NOT_ANSWERED if wrong else ANSWERED

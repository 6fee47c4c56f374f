"""What both command lines share: one-line errors of usage, and exit statuses for whatever goes wrong."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import NoReturn

from index.errors import YinzhengError
from qa.terminal.console import Console

DONE, FINDING, ERROR, INTERRUPTED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """Errors of usage in one line, like every other."""

    def error(self, message: str) -> NoReturn:
        """Print and exit with status 2."""
        Console().error(f"{message}; see `{self.prog} --help`")
        raise SystemExit(ERROR)


def guarded(command: Callable[[Console], int], *, debug: bool) -> int:
    """Run a command and return its exit status; every error is one line, unless tracebacks are wanted."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty() and sys.stdout.encoding != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")  # what a program reads is UTF-8 in every locale, as what it sends is
    console = Console()
    try:
        status = command(console)
        sys.stdout.flush()
        return status
    except YinzhengError as error:
        if debug:
            raise
        console.error(error)
        return ERROR
    except BrokenPipeError:
        # the reader has gone (as in `| head`): say nothing, and keep Python from saying it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if debug:
            raise
        console.error(f"unexpected {type(error).__name__}: {error}; run again with --debug and report it")
        return ERROR


def positive(text: str) -> int:
    """A whole number of at least 1, for an option."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, found {text!r}")
    return int(text)


def port(text: str) -> int:
    """A port from 0 to 65535, for an option."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text!r}")
    return int(text)

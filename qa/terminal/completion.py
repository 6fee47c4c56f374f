"""`completion`: the script by which a shell completes commands, options, choices and file names.

shtab draws it from the whole command line. What is completed as a file is known by its name in the help.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from qa.terminal.command import DONE
from qa.terminal.console import Console

SHELLS = ("bash", "zsh", "fish", "tcsh")
_FILES = ("FILE", "PATH", "DOCUMENT", "NAME_OR_PATH")
_FOLDERS = ("DIR",)


def script(arguments: argparse.Namespace, console: Console) -> int:
    """Print the script for a shell."""
    import shtab

    for action in filter(completed, actions(arguments.tree)):
        kind = shtab.DIRECTORY if action.metavar in _FOLDERS else shtab.FILE
        action.complete = kind  # type: ignore[attr-defined] # where shtab looks for it
    console.exactly(shtab.complete(arguments.tree, arguments.shell).rstrip("\n"))
    return DONE


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of a command line and of its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from actions(command)


def completed(action: argparse.Action) -> bool:
    """Whether files or folders are offered for an argument."""
    return action.metavar in _FILES + _FOLDERS

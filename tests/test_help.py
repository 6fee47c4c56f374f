"""docs/commands.md is what the command lines say of themselves; YINZHENG_GOLDEN=write writes it anew."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.cli import parser as evaluation
from qa.terminal.parser import parser

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """# Every command

What `--help` says, of `yinzheng` and of `yinzheng-eval`. `YINZHENG_GOLDEN=write pytest tests/test_help.py` makes this
page; without that, the test holds it against the commands.
"""


def pages(one: argparse.ArgumentParser, depth: int) -> Iterator[str]:
    """The help of a command, then of each below it."""
    yield f"{'#' * depth} `{one.prog}`\n\n```\n{one.format_help().rstrip()}\n```\n"
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from pages(below, min(depth + 1, 4))


def everything() -> list[argparse.ArgumentParser]:
    def below(one: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
        yield one
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                for other in action.choices.values():
                    yield from below(other)

    return [*below(parser()), *below(evaluation())]


def test_the_page_says_what_the_commands_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    made = "\n".join([HEAD, *pages(parser(), 2), *pages(evaluation(), 2)])
    if os.environ.get("YINZHENG_GOLDEN") == "write":
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "read the difference; YINZHENG_GOLDEN=write accepts it"


@pytest.mark.parametrize("one", everything(), ids=lambda one: one.prog)
def test_every_option_says_what_it_does(one: argparse.ArgumentParser) -> None:
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            assert {listed.dest for listed in action._choices_actions if listed.help} == set(action.choices)
        else:
            named = action.option_strings or [action.metavar]
            assert action.help, f"{one.prog} {named}"

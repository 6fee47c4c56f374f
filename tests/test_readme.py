"""The README's sessions are real: each command of a console block prints what stands there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import regex

from index.library import Library
from qa.terminal.cli import main

README = Path(__file__).parent.parent / "README.md"


def sessions() -> list[tuple[str, str]]:
    """Each `$ yinzheng …` of the console blocks, with the output under it."""
    blocks = regex.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), regex.DOTALL)
    found = []
    for block in blocks:
        for part in regex.split(r"^\$ ", block, flags=regex.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_there_are_sessions() -> None:
    assert len(sessions()) >= 3


@pytest.mark.parametrize(("command", "output"), sessions())
def test_session(command: str, output: str, library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "yinzheng"
    main(arguments)
    assert capsys.readouterr().out == output

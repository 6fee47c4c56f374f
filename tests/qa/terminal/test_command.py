"""What both command lines share: every end of a command is a status, and every error one line."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from index import errors
from qa.terminal.command import DONE, ERROR, FINDING, INTERRUPTED, Parser, guarded, port, positive
from qa.terminal.console import Console

ROOT = Path(__file__).parents[3]

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("status", [DONE, FINDING, ERROR, 7])
def test_a_command_says_its_own_status(status: int, capsys: Capture) -> None:
    def command(console: Console) -> int:
        console.line("done")
        return status

    assert guarded(command, debug=False) == status
    assert capsys.readouterr() == ("done\n", "")


def test_statuses_are_those_that_scripts_know() -> None:
    assert (DONE, FINDING, ERROR, INTERRUPTED) == (0, 1, 2, 130)


def failing(error: BaseException) -> object:
    def command(console: Console) -> int:
        console.line("begun")
        raise error

    return command


OURS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.YinzhengError)]


@pytest.mark.parametrize("kind", OURS)
def test_our_errors_are_one_line(kind: type[errors.YinzhengError], capsys: Capture) -> None:
    assert guarded(failing(kind("not\n here\x1b", "look\tthere")), debug=False) == ERROR  # type: ignore[arg-type]
    assert capsys.readouterr() == ("begun\n", "yinzheng: not here�; look there\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("two\nlines [bold]"), "unexpected ValueError: two lines [bold]; run again with --debug"),
        (KeyError(1), "unexpected KeyError: 1; run again with --debug"),
        (RecursionError(), "unexpected RecursionError: ; run again with --debug"),
        (MemoryError(), "unexpected MemoryError: ; run again with --debug"),
        (FileNotFoundError(2, "No such file", "x"), "unexpected FileNotFoundError: [Errno 2] No such file: 'x'; run"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_errors_are_one_line_that_asks_for_a_report(error: Exception, said: str, capsys: Capture) -> None:
    assert guarded(failing(error), debug=False) == ERROR  # type: ignore[arg-type]
    shown = capsys.readouterr()
    assert shown.err.startswith(f"yinzheng: {said}")
    assert shown.err.endswith(" and report it\n")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("error", [errors.InputError("not here"), ValueError("x")], ids=repr)
def test_debug_lets_errors_through(error: Exception, capsys: Capture) -> None:
    with pytest.raises(type(error)) as raised:
        guarded(failing(error), debug=True)  # type: ignore[arg-type]
    assert raised.value is error
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("debug", [False, True])
def test_an_interruption_is_silent(debug: bool, capsys: Capture) -> None:
    assert guarded(failing(KeyboardInterrupt()), debug=debug) == INTERRUPTED  # type: ignore[arg-type]
    assert capsys.readouterr() == ("begun\n", "")


def test_an_exit_is_an_exit() -> None:
    with pytest.raises(SystemExit):
        guarded(failing(SystemExit(3)), debug=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("lines", [1, 100_000], ids=["at the end", "in between"])
def test_a_reader_that_has_gone_is_silent(lines: int) -> None:
    program = (
        "import sys\nfrom qa.terminal.command import guarded\n"
        "sys.stdin.read()\n"
        f"sys.exit(guarded(lambda console: print('line\\n' * {lines}) or 0, debug=False))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == ERROR


@pytest.mark.parametrize("arguments", [["--size"], ["--size", "x"], ["--other"], ["more"]], ids=" ".join)
def test_wrong_usage_is_one_line(arguments: list[str], capsys: Capture) -> None:
    parser = Parser(prog="tool")
    parser.add_argument("--size", type=positive)
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args(arguments)
    assert stopped.value.code == ERROR
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("yinzheng: ")
    assert said.err.endswith("; see `tool --help`\n")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("20", 20), ("007", 7), ("99999999999", 99999999999)])
def test_positive(text: str, value: int) -> None:
    assert positive(text) == value


@pytest.mark.parametrize("text", ["0", "00", "-1", "+1", " 1", "1 ", "1.0", "1e3", "1_000", "", "x", "３", "²", "٣"])
def test_not_positive(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a whole number of at least 1, found "):
        positive(text)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7860", 7860), ("65535", 65535)])
def test_port(text: str, value: int) -> None:
    assert port(text) == value


@pytest.mark.parametrize("text", ["-1", "65536", "80.0", "", "http", "８０"])
def test_no_port(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a port from 0 to 65535, found "):
        port(text)

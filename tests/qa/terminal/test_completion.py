"""`completion`: the scripts, and what a real bash completes by one of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.terminal.completion import SHELLS, actions, completed
from qa.terminal.parser import parser

# Completes the last of its words as bash does when Tab is pressed, by the function that is registered for the first.
PRESSED = """
source <(cat "$SCRIPT")
function=$(complete -p yinzheng | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"$function"
printf '%s\\n' "${COMPREPLY[@]}"
"""
COMMANDS = "ask search show verify index chat mcp user completion"
FILES = ["a folder", "notes.md", "paper one.pdf", "论文.txt"]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash, as the command prints it."""
    found = tmp_path_factory.mktemp("completion") / "script"
    command = [sys.executable, "-m", "qa.terminal.cli", "completion", "bash"]
    found.write_bytes(subprocess.run(command, capture_output=True, timeout=60, check=True).stdout)
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", COMMANDS.split()),
        ("co", ["completion"]),
        ("index ", "build add update remove info check".split()),
        ("index add n", ["notes.md"]),
        ("index add notes.md p", ["paper one.pdf"]),
        ("index add ", FILES),
        ("index build --sources ", ["a folder"]),
        ("index build --vectors ", ["auto", "flat", "coded", "hnsw", "ivf-sq8", "diskann"]),
        ("ask --format ", ["text", "markdown", "json"]),
        ("ask --format m", ["markdown"]),
        ("ask --index ", ["a folder"]),
        ("ask --fo", ["--format"]),
        ("ask --", "--help --index --debug --document --lang --top --format --json".split()),
        ("verify 论", ["论文.txt"]),
        ("chat --auth-file n", ["notes.md"]),
        ("chat --root-path n", []),
        ("completion ", list(SHELLS)),
    ],
)
def test_bash_completes(script: Path, tmp_path: Path, words: str, found: list[str]) -> None:
    (tmp_path / FILES[0]).mkdir()
    for name in FILES[1:]:
        (tmp_path / name).touch()
    done = subprocess.run(
        ["bash", "--norc", "-c", PRESSED, "bash", "yinzheng", *words.split(" ")],
        cwd=tmp_path,
        env={"SCRIPT": str(script), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    offered = [word for word in done.stdout.decode().splitlines() if word]
    assert offered == found if "add " not in words else sorted(offered) == sorted(found)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script_that_knows_every_command(run: Any, shell: str) -> None:
    said = run("completion", shell)
    assert (said.status, said.err) == (0, "")
    assert all(command in said.out for command in COMMANDS.split())
    assert "--format" in said.out or "-l format" in said.out


def test_another_shell_is_one_line(run: Any) -> None:
    assert "choose from 'bash', 'zsh', 'fish', 'tcsh'" in run("completion", "cmd").error


def paths() -> Iterator[tuple[str, bool]]:
    """Every argument that is a path, and whether it is completed as one."""
    for action in actions(parser()):
        if action.type is Path:
            yield "/".join(action.option_strings) or action.dest, completed(action)


def test_whatever_is_a_path_completes_as_one() -> None:
    assert len(list(paths())) > 5
    assert [name for name, complete in paths() if not complete] == []


def test_no_other_command_draws_scripts() -> None:
    code = "import sys; from qa.terminal.parser import parser; parser(); assert 'shtab' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)

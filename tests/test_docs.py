"""The documentation is true: its sessions give what stands there, its commands and links are there, its Python runs."""

from __future__ import annotations

import argparse
import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from page import Command, agrees, blocks, commands, session

from eval.cli import main as evaluate
from eval.cli import parser as evaluation
from eval.gate.gate import default_baseline
from eval.report.tables import overall
from eval.run.file import read
from index.library import Library
from qa.terminal.cli import main
from qa.terminal.parser import parser

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("qa/**/*.md"), *ROOT.glob("eval/**/*.md")])
# But for the README, they are left to `make test-all`.
RUN = [
    pytest.param(page, marks=[pytest.mark.slow] if page != ROOT / "README.md" else [])
    for page in PAGES
    if session(page)
]
PYTHON = [page for page in PAGES if page.parent in (ROOT, ROOT / "docs") and list(blocks(page, "python"))]
RUNS = {"yinzheng": main, "yinzheng-eval": evaluate}
ADDRESS = "http://127.0.0.1:7860"
SCORE = re.compile(r"\b[01]\.\d{2,4}\b")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def folder(index_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: Library) -> Path:
    """An empty folder to work in, a home of its own, and a copy of the review's index as the default one."""
    shutil.copytree(index_folder, tmp_path / "index")
    for variable, path in (("YINZHENG_INDEX", "index"), ("HOME", "home"), ("XDG_CACHE_HOME", "home/.cache")):
        monkeypatch.setenv(variable, str(tmp_path / path))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home/.config"))
    for made in ("home", "work"):
        (tmp_path / made).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.mark.parametrize("page", RUN, ids=lambda page: name(page))
def test_sessions(page: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in session(page):
        found = said(command, capsys)
        # the last digits of a chance are the processor's
        assert agrees(SCORE.sub("#", found), SCORE.sub("#", command.output)), (
            f"{name(page)}:{command.line}: {command.typed}\n{found}"
        )


def said(command: Command, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints, with its errors, without its progress."""
    words = command.typed.split(maxsplit=1)
    if words[0] in RUNS and not re.search(r"[|<>&;$`\n]", command.typed):
        capsys.readouterr()
        RUNS[words[0]](split(command.typed)[1:])
        out, err = capsys.readouterr()
    else:
        done = subprocess.run(
            ["bash", "-c", command.typed], capture_output=True, text=True, encoding="utf-8", check=False
        )
        out, err = done.stdout, done.stderr
    return out + "".join(
        line for line in err.splitlines(keepends=True) if re.match(r"yinzheng(?:-eval)?: |bash: ", line)
    )


def split(typed: str) -> list[str]:
    """The words of a command as a shell parts them, `~` and patterns in place."""
    listed = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {typed}"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    return listed.stdout.split("\0")[:-1]


@pytest.fixture
def serve(folder: Path, library: Library) -> Iterator[Callable[[str], str]]:
    """Starts the server where a text speaks of its address, and puts the real one there."""
    from qa.web.server import Place, serving

    with ExitStack() as started:

        def put(text: str) -> str:
            if ADDRESS not in text:
                return text
            return text.replace(ADDRESS, started.enter_context(serving(library, Place(port=0))))

        yield put


@pytest.mark.parametrize("page", PYTHON, ids=name)
def test_python(page: Path, folder: Path, serve: Callable[[str], str]) -> None:
    names: dict[str, object] = {}
    for line, block in blocks(page, "python"):
        text = serve(block)
        if ">>>" not in text:
            exec(compile("\n" * (line - 1) + text, name(page), "exec"), names)
            continue
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
        told: list[str] = []
        test = doctest.DocTestParser().get_doctest(text, names, name(page), name(page), line)
        runner.run(test, out=told.append, clear_globs=False)
        assert not runner.failures, "".join(told)
        names |= test.globs


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def extras() -> set[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return set(tomllib.load(file)["project"]["optional-dependencies"])


def parsed(make: Callable[[], argparse.ArgumentParser]) -> Callable[[list[str]], None]:
    def check(words: list[str]) -> None:
        make().parse_args([word.replace("…", "1") for word in words if word not in ("[…]",)])

    return check


def made(words: list[str]) -> None:
    assert {word for word in words if "=" not in word} <= targets(), words


def installed(words: list[str]) -> None:
    """What is installed by name is this project, its extras, or what is pinned."""
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").casefold()
    for word in words[1:]:
        match = re.fullmatch(r"(?:yinzheng|\.)?(?:\[([\w,]+)\])?", word)
        if match:
            assert set((match[1] or "").split(",")) - {""} <= extras(), word
        elif re.match(r"[A-Za-z]", word) and "/" not in word and not word.endswith((".txt", ".whl")):
            assert re.split(r"[=<>\[]", word)[0].casefold() in pinned, word


def there(words: list[str]) -> None:
    if words[0] == "-m":
        path = ROOT / words[1].replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file() or words[1] in ("venv", "build", "pip"), words
    elif not words[0].startswith("-"):
        assert (ROOT / words[0]).is_file(), words


# What is run nowhere but on a reader's own machine, and so is only read.
READ = {
    "cd",
    "git",
    "apt-get",
    "sudo",
    "source",
    "export",
    "curl",
    "rm",
    "uv",
    "ls",
    "du",
    "echo",
    "cat",
    ".venv/bin/pip",
}
KNOWN: dict[str, Callable[[list[str]], object]] = {
    "yinzheng": parsed(parser),
    "yinzheng-eval": parsed(evaluation),
    "make": made,
    "pip": installed,
    "python": there,
    "python3": there,
}


@pytest.mark.parametrize(
    ("page", "command"),
    [(page, command) for page in PAGES for command in commands(page)],
    ids=lambda one: one.typed[:60] if isinstance(one, Command) else name(one),
)
def test_commands(page: Path, command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command.typed)
    while re.fullmatch(r"\w+=\S*", words[0]):  # a variable for this one command
        words = words[1:]
    program = Path(words[0]).name
    if program in READ:
        return
    assert program in KNOWN, f"{name(page)}:{command.line}: what checks {program}?"
    try:
        KNOWN[program](words[1:])
    except SystemExit as stopped:
        if stopped.code:
            pytest.fail(f"{name(page)}:{command.line}: {capsys.readouterr().err}")


def links() -> list[tuple[Path, str]]:
    found = []
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not target.startswith(("http://", "https://", "#")):
                found.append((page, target))
    return found


@pytest.mark.parametrize(("page", "target"), links(), ids=str)
def test_links(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    found = page.parent / path
    assert found.exists(), f"{name(page)} links to {target}"
    if anchor:
        heads = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w\- ]", "", head.casefold()).replace(" ", "-") for head in heads}
        assert anchor in slugs, f"{name(page)} links to {target}"


@pytest.mark.parametrize("page", ["README.md", "docs/evaluation.md"])
def test_the_figures_of_the_review_are_those_of_the_baseline(page: str) -> None:
    """But for the times, which are a machine's."""
    run = read(default_baseline())
    shown = [line.split() for line in (ROOT / page).read_text(encoding="utf-8").splitlines()]
    for row in overall(run).rows:
        assert list(row[:-1]) in [words[:-1] for words in shown], row

"""`yinzheng` as a process: what was not foreseen, interruption, closed pipes, bytes, and what is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.answering import answer as answering
from qa.terminal.cli import main

WHO = "CAAR-NK 细胞是谁构建的？"
ROOT = Path(__file__).parents[3]
PROGRAM = [sys.executable, "-c", "import sys; from qa.terminal.cli import main; sys.exit(main(sys.argv[1:]))"]


def test_unexpected_errors_are_one_line_without_debug(review_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(answering, "ask", fail)
    assert review_run("ask", WHO).error == "unexpected ZeroDivisionError: oh; run again with --debug and report it"
    with pytest.raises(ZeroDivisionError):
        main(["ask", "--debug", WHO])


def test_debug_raises_our_errors(library: Any) -> None:
    from index.errors import NotFound

    with pytest.raises(NotFound):
        main(["show", "--debug", "9-P9"])


def test_interruption(review_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(answering, "ask", stop)
    said = review_run("ask", WHO)
    assert (said.status, said.out, said.err) == (130, "", "")


def process(code_or_command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(code_or_command, cwd=ROOT, capture_output=True, timeout=120, check=False, **options)


def test_a_reader_that_goes_away_is_no_error(library: Any, tmp_path: Path) -> None:
    (tmp_path / "questions").write_text(f"{WHO}\n" * 30, encoding="utf-8")
    environment = {**os.environ, "PYTHON": sys.executable, "QUESTIONS": str(tmp_path / "questions")}
    command = '"$PYTHON" -m qa.terminal.cli ask - --json < "$QUESTIONS" | head -1'
    done = process(["bash", "-c", command], env=environment)
    assert json.loads(done.stdout)["question"] == WHO
    assert done.stderr == b""


def test_bytes_in_and_out_do_not_hang_on_the_locale(library: Any) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"}
    done = process([*PROGRAM, "ask", "-", "--json"], input=WHO.encode() + b"\n\xff\n", env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line)["answered"] for line in done.stdout.splitlines()] == [True, False]


def test_asking_imports_nothing_heavy(library: Any) -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "gradio", "pandas", "sklearn", "scipy", "pyarrow"]
    code = (
        "import sys; from qa.terminal.cli import main; status = main(['ask', sys.argv[1]]); "
        f"print(status, [name for name in {heavy} if name in sys.modules])"
    )
    done = process([sys.executable, "-c", code, WHO])
    assert done.stderr == b""
    assert done.stdout.decode().splitlines()[-1] == "0 []"
    assert "Meng" in done.stdout.decode()


@pytest.mark.parametrize(("command", "opens"), [("chat", "open_library"), ("mcp", "as_it_lies")])
def test_a_server_has_one_thread_of_blas_unless_it_is_told_otherwise(command: str, opens: str) -> None:
    """numpy reads that when it is imported, so it must not be there before."""
    code = (
        "import os, sys; from qa.terminal import cli; assert 'numpy' not in sys.modules; from qa import service; "
        f"service.{opens} = lambda *rest: sys.exit(os.environ['OPENBLAS_NUM_THREADS']); cli.main(['{command}'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for given, expected in (({}, b"1"), ({"OPENBLAS_NUM_THREADS": "2"}, b"2")):
        done = process([sys.executable, "-c", code], env=environment | given)
        assert done.stderr.splitlines()[-1:] == [expected]

"""The interactive prompt: questions until Ctrl-D, blank lines skipped, a history that may fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from qa.terminal import prompt


@contextmanager
def typed(text: str) -> Iterator[None]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(text)
        yield


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prompt, "user_state_path", lambda name: tmp_path / name)
    return tmp_path / "yinzheng"


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ("什么是狼疮？\r\x04", ["什么是狼疮？"]),
        ("\r   \rwho?\r\x04", ["who?"]),
        ("\x04", []),
        ("一\r二\r\x03", ["一", "二"]),
        ("细胞\x7f胞\r\x04", ["细胞"]),
    ],
    ids=["one", "blank lines", "at once", "Ctrl-C", "editing"],
)
def test_questions(keys: str, asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with typed(keys):
        assert list(prompt.questions()) == asked
    assert "Ctrl-D" in capsys.readouterr().out


def test_the_history_is_kept_and_private(state: Path) -> None:
    with typed("什么是狼疮？\r\x04"):
        list(prompt.questions())
    assert "什么是狼疮？" in (state / "history").read_text(encoding="utf-8")
    assert (state / "history").stat().st_mode & 0o077 == 0


def test_without_a_place_for_it_the_history_lasts_as_long_as_the_prompt(state: Path) -> None:
    state.write_text("a file where the folder should be")
    with typed("who?\r\x04"):
        assert list(prompt.questions()) == ["who?"]
    assert state.is_file()


def test_ask_on_a_terminal_opens_the_prompt(
    library: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from qa.terminal.cli import main

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    with typed("CAAR-NK 细胞是谁构建的？\r个人所得税怎么申报？\r\x04"):
        assert main(["ask"]) == 0
    out = capsys.readouterr().out
    assert out.index("Meng") < out.index("个人所得税")

"""The terminal: nothing foreign acts on it, wide characters are counted, pipes get plain lines."""

from __future__ import annotations

import io
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from qa.answering.answer import ask
from qa.terminal import console
from qa.terminal.console import Console, safe
from qa.terminal.render import answer_lines, outline_lines, paragraph_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.library import Library

ESCAPE = regex.compile(r"\x1b\[[\d;]*m")


class Terminal(io.StringIO):
    """A terminal for rich."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[Console, Terminal]]:
    """A console on a colour terminal of so many columns, and what it was sent."""

    def make(columns: int) -> tuple[Console, Terminal]:
        out = Terminal()
        for name, value in {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "24"}.items():
            monkeypatch.setenv(name, value)
        for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(sys, "stdout", out)
        return Console(), out

    return make


def plain(out: Terminal) -> list[str]:
    return [ESCAPE.sub("", line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    "question",
    ["CAAR-NK 细胞是谁构建的？", "What was the clinical remission rate of MSC therapy?", "MSC 治疗的费用是多少？"],
)
def test_an_answer_fits_the_terminal(
    library: Library, terminal: Callable[[int], tuple[Console, Terminal]], question: str
) -> None:
    answer = ask(library, question)
    drawn, out = terminal(60)
    assert (drawn.is_terminal, drawn.width) == (True, 60)
    for line in answer_lines(answer):
        drawn.line(line)
    lines = plain(out)
    assert max(wcswidth(line.rstrip()) for line in lines) in range(50, 61)
    assert "\x1b[" in out.getvalue()
    shown = "".join("".join(lines).split())
    for quote in answer.quotes or answer.nearest:
        assert "".join(quote.text.split()) in shown


def test_outline_and_paragraph_fit_the_terminal(
    library: Library, terminal: Callable[[int], tuple[Console, Terminal]]
) -> None:
    document, paragraph = library.paragraph("3.1-P2")
    drawn, out = terminal(60)
    for line in [*outline_lines([document]), *paragraph_lines(document, paragraph, raw=True)]:
        drawn.line(line)
    assert all(0 <= wcswidth(line.rstrip()) <= 60 for line in plain(out))


def test_a_wide_terminal_is_not_filled(library: Library, terminal: Callable[[int], tuple[Console, Terminal]]) -> None:
    drawn, out = terminal(240)
    assert drawn.width == console.WIDTH_MAX == 100
    for line in answer_lines(ask(library, "MSC 治疗的费用是多少？")):
        drawn.line(line)
    assert max(wcswidth(line.rstrip()) for line in plain(out)) in range(90, 101)


def test_a_pipe_gets_whole_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    drawn = Console()
    assert (drawn.is_terminal, drawn.width) == (False, 0)
    drawn.line("长" * 500)
    assert capsys.readouterr().out == "长" * 500 + "\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a[bold]b[/bold]", "a[bold]b[/bold]"),
        (":smile: [link=x]y[/link]", ":smile: [link=x]y[/link]"),
        ("\x1b[31mred", "�[31mred"),
        ("a\u202eb\u200fc", "a�b�c"),
        ("\x9b31m\x07\x08", "�31m��"),
        ("\ud800", "�"),
        ("a\rb", "a�b"),
    ],
    ids=ascii,
)
def test_text_is_never_markup(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = Console()
    drawn.line(text)
    drawn.error(text)
    said = capsys.readouterr()
    assert said.out == shown + "\n"
    assert said.err == f"yinzheng: {shown}\n"


def test_a_table_shows_cells_literally(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(("名", "n"), [["[red]x\x1b", "12"], ["细胞", "3"]])
    out = capsys.readouterr().out
    assert "[red]x�" in out
    assert out.splitlines()[2].endswith(" 3")


@given(text=st.text(st.characters()))
def test_nothing_safe_can_act(text: str) -> None:
    kept = safe(text)
    assert len(kept) == len(text)
    assert not {unicodedata.category(c) for c in kept if c not in "\n\t"} & {"Cc", "Cs"}
    assert not regex.search(r"[\p{Bidi_Control}\u200b\u2060\ufeff\u00ad]", kept)
    assert safe(kept) == kept
    kept.encode()


def test_progress_says_each_stage_once_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Console().progress() as progress:
        for done in range(3):
            progress("encoding", done, 2)
        progress("writing", 0, 1)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Encoding…\nWriting the index…\n"


def test_no_progress_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Console().progress():
        pass
    assert capsys.readouterr() == ("", "")

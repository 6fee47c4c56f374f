"""The terminal: colour and wrapping for people, plain lines for pipes. The only room that prints.

Text from documents and questions is never read as markup, and its control and hidden characters are shown as
`�`, so that it cannot drive the terminal or hide there. Progress and errors go to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.text import hidden

if TYPE_CHECKING:
    from rich.text import Text

    from index.store.part import Progress

# Columns of a line on a wide terminal: more is hard to read.
WIDTH_MAX = 100
# Columns of a pipe: no table is cut.
PIPED_WIDTH = 400

# Characters of what is being read, beside a progress bar.
SUBJECT = 40
_STAGES = {
    "reading": "Reading sources",
    "terms": "Finding terms",
    "encoding": "Encoding",
    "windows": "Reading windows",
    "loading": "Loading into Milvus",
    "checking": "Counting what is there",
    "writing": "Writing the index",
    "asking": "Asking",
}


class Console:
    """Standard output and standard error."""

    def __init__(self) -> None:
        from rich.console import Console as Rich

        piped = None if sys.stdout.isatty() else PIPED_WIDTH
        self._out = Rich(highlight=False, markup=False, emoji=False, soft_wrap=piped is not None, width=piped)
        self._err = Rich(stderr=True, highlight=False, markup=False, emoji=False)
        self.is_terminal = self._out.is_terminal
        self.width = min(self._out.width, WIDTH_MAX) if self.is_terminal else 0

    def line(self, text: str | Text = "") -> None:
        """One line, or a paragraph that is wrapped on a terminal."""
        if isinstance(text, str):
            text = safe(text)
        self._out.print(text, width=self.width or None)

    def exactly(self, text: str) -> None:
        """Text that another program reads or a file keeps, neither wrapped nor changed."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def json(self, value: Any) -> None:
        """One line of JSON."""
        from qa.record import as_json

        self.exactly(as_json(value))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table without lines; numbers to the right."""
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold" if self.is_terminal else "")
        for place, column in enumerate(columns):
            numeric = bool(rows) and all(row[place][:1].isdigit() or row[place] == "–" for row in rows)
            table.add_column(column, justify="right" if numeric else "left", no_wrap=not self.is_terminal)
        for row in rows:
            table.add_row(*map(safe, row))
        self._out.print(table)

    def beside(self, left: str, before: Sequence[str], right: str, after: Sequence[str]) -> None:
        """Two lists of lines under their names: side by side on a terminal, one after the other in a pipe."""
        if not self.is_terminal:
            for name, lines in ((left, before), (right, after)):
                for line in lines:
                    self.line(f"  {name:<8}{line}")
                    name = ""
            return
        from rich.table import Table

        table = Table(box=None, pad_edge=False, width=self.width, padding=(0, 2, 0, 0))
        table.add_column(left, ratio=1, overflow="fold")
        table.add_column(right, ratio=1, overflow="fold")
        table.add_row("\n".join(map(safe, before)), "\n".join(map(safe, after)))
        self._out.print(table)

    def error(self, error: Exception | str) -> None:
        """One line on standard error."""
        self._err.print(f"yinzheng: {' '.join(safe(str(error)).split())}", soft_wrap=True)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress bar on standard error that appears with the first report and goes away."""
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        bar = Bar(*columns, console=self._err, transient=True, disable=not self._err.is_terminal)
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            stage, _, subject = stage.partition("\t")  # what is being read, for one
            said = _STAGES.get(stage, stage)
            if not bar.live.is_started:
                bar.start()
            if stage not in tasks:
                if not self._err.is_terminal:
                    self._err.print(f"{said}…")
                tasks[stage] = bar.add_task(said, total=total)
            if subject:
                said = f"{said} {safe(subject)[:SUBJECT]}"
            bar.update(tasks[stage], description=said, completed=done, total=total)

        try:
            yield report
        finally:
            bar.stop()


def count(number: int, noun: str) -> str:
    """A number of things: `1 question`, `2 questions`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def safe(text: str) -> str:
    """A text in which nothing acts and nothing hides; tabs and line ends stay."""
    return hidden.marked(text).replace("\r", hidden.MARK)

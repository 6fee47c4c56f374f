"""A table as text, the same for the terminal, Markdown and HTML, and how its cells are written.

Nothing is escaped here: whoever shows a table does that for its own language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from eval.run.record import Run
from index.records import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)

# What stands where there was nothing to judge.
NONE = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a note on how to read it, and rows of text under named columns; every row has every column."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title!r} has {len(self.columns)} columns, found a row of {len(row)}")

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column, whether it holds numbers, which stand to the right; missing ones do not count."""
        cells = [[row[place] for row in self.rows if row[place] != NONE] for place in range(len(self.columns))]
        return tuple(bool(column) and all(cell.lstrip("+-")[:1].isdigit() for cell in column) for column in cells)


def share(value: float | None) -> str:
    """A share or a measure in [0, 1] with three decimals; "1.000" and "0.000" only for all and for none."""
    if value is None:
        return NONE
    near = min(max(value, 0.001), 0.999) if 0 < value < 1 else value
    return f"{near:.3f}"


def milliseconds(value: float | None) -> str:
    """A time with one decimal."""
    return NONE if value is None else f"{value:.1f}"


def languages(run: Run) -> list[Language]:
    """The languages that a run has questions in, Chinese first."""
    return [language for language in LANGUAGES if any(o.language == language for o in run.outcomes)]


def stage_name(stage: str) -> str:
    """A stage's name in words; paragraph legs rank whole paragraphs, all others sentences."""
    return stage.replace("_", " ")

"""A file that a reader brought, on its way to a document that can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from index.records import Document
from index.store.part import Part

State = Literal["waiting", "reading", "encoding", "windows", "joining", "ready", "failed"]


@dataclass(slots=True)
class File:
    """A brought file, what is being done with it and how much of it is done; `reason` where that failed."""

    number: int
    name: str
    path: Path
    state: State = "waiting"
    done: int = 0
    total: int = 0
    reason: str = ""
    notes: tuple[str, ...] = ()
    part: Part | None = field(default=None, repr=False)

    @property
    def document(self) -> Document | None:
        """The document that was made of it, once it can be asked."""
        return self.part.document if self.part and self.state == "ready" else None

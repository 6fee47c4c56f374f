"""A server that tests talk to."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.library import Library


@dataclass
class Served:
    """A server of the chat page: its address, its feedback file, where its caches lie, what it serves, and what lets a
    slow answer go on."""

    url: str
    feedback: Path
    library: Library
    folder: Path
    app: Any = None
    go_on: threading.Event = field(default_factory=threading.Event)

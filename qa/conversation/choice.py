"""What of a library a reader chose to ask, as the page tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from index.records import Language


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to ask: documents by their ids, and a language; None for all."""

    documents: tuple[str, ...] | None = None
    language: Language | None = None

    @classmethod
    def read(cls, text: object) -> Choice:
        """A choice as the page tells it, in JSON; everything where it tells nothing that can be read."""
        try:
            value: Any = json.loads(text) if isinstance(text, str) else None
            documents, language = value["documents"], value["language"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return cls()
        if documents is not None and not (isinstance(documents, list) and all(isinstance(id, str) for id in documents)):
            return cls()
        return cls(None if documents is None else tuple(documents), language if language in ("zh", "en") else None)


EVERY = Choice()
